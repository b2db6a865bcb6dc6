#include "collect/receive/admission.h"

#include <algorithm>

#include "base/check.h"
#include "wire/bytes/byte_reader.h"

namespace collect {
namespace {

bool holds(const std::vector<flow::Network>& networks, const flow::Address& address) {
  return std::ranges::any_of(networks,
                             [&](const flow::Network& one) { return one.contains(address); });
}

// NetFlow v5 and v9 and IPFIX: the first 16 bits. Here is where sFlow and the rest come in.
bool is_known_version(wire::ByteView payload) {
  wire::ByteReader reader(payload);
  const auto head = reader.take<2>();
  if (!head) return false;
  const auto version = wire::load_be<std::uint16_t, 0>(*head);
  return version == 5 || version == 9 || version == 10;
}

}  // namespace

std::string_view to_text(Refusal refusal) {
  switch (refusal) {
    case Refusal::Sender:
      return "its sender is not taken: see exporters.learn, exporters.allow and exporters.deny";
    case Refusal::Version:
      return "its first octets name no export protocol Weir reads";
  }
  CHECK(false);
}

bool Admission::takes(const flow::Address& sender) const {
  if (holds(senders_.deny, sender)) return false;
  return senders_.learn || holds(senders_.allow, sender);
}

std::optional<Refusal> Admission::refusal_of(const Datagram& datagram) const {
  if (!takes(datagram.exporter)) return Refusal::Sender;
  if (!is_known_version(datagram.payload)) return Refusal::Version;
  return std::nullopt;
}

}  // namespace collect
