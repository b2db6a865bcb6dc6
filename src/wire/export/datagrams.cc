#include "wire/export/datagrams.h"

#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"

namespace wire {
namespace {

// What the first header says; 0: nothing.
std::size_t announced_octets(ByteView octets) {
  ByteReader reader(octets);
  const auto head = reader.take<4>();
  if (!head) return 0;
  const auto field = load_be<std::uint16_t, 2>(*head);
  switch (load_be<std::uint16_t, 0>(*head)) {
    case IpfixHeader::kVersion:
      return field < IpfixHeader::kSize ? 0 : field;
    case Netflow5Header::kVersion:
      return Netflow5Header::kSize + field * Netflow5Record::kSize;
    default:
      return 0;
  }
}

}  // namespace

std::size_t first_datagram_octets(ByteView octets) {
  const std::size_t announced = announced_octets(octets);
  if (announced == 0 || announced + 2 > octets.size()) return octets.size();
  const bool same_follows = octets[announced] == octets[0] && octets[announced + 1] == octets[1];
  return same_follows ? announced : octets.size();
}

}  // namespace wire
