#include "know/services.h"

#include "flow/name_pool.h"

namespace know {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kDccp = 33;
constexpr std::uint8_t kSctp = 132;
constexpr std::uint8_t kUdpLite = 136;

static_assert(flow::NamePool::kMaxKnown <= 65'536, "an id is held in 16 bits");

std::uint16_t id_of(std::string_view name) {
  return static_cast<std::uint16_t>(flow::NamePool::instance().id_of(flow::NameKind::Known, name));
}

bool is_on(Transport one, Transport transport) {
  return (static_cast<unsigned>(one) & static_cast<unsigned>(transport)) != 0;
}

}  // namespace

Services::Services(const ServicesFile& own, const ProtocolsList& list)
    : tcp_(std::make_unique<Ports>()), udp_(std::make_unique<Ports>()) {
  for (const Service& service : shipped_services()) {
    const std::uint16_t id = id_of(service.name);
    if (is_on(service.transport, Transport::Tcp)) tcp_->names[service.port] = id;
    if (is_on(service.transport, Transport::Udp)) udp_->names[service.port] = id;
  }
  take(own);
  take(list);
  for (const ProtocolName& one : shipped_protocols()) protocols_[one.protocol] = id_of(one.name);
  for (const std::uint8_t protocol : {kTcp, kDccp, kSctp}) {
    ports_of_[protocol] = tcp_.get();
    protocols_[protocol] = id_of("other-tcp");
  }
  for (const std::uint8_t protocol : {kUdp, kUdpLite}) {
    ports_of_[protocol] = udp_.get();
    protocols_[protocol] = id_of("other-udp");
  }
}

// From the last line to the first, so that the first stays.
void Services::take(const ServicesFile& own) {
  for (auto line = own.lines.rbegin(); line != own.lines.rend(); ++line) {
    const std::uint16_t id = id_of(line->name);
    if (is_on(line->transport, Transport::Tcp)) tcp_->names[line->port] = id;
    if (is_on(line->transport, Transport::Udp)) udp_->names[line->port] = id;
  }
}

void Services::Ports::list(const PortRange& range, std::uint16_t id) {
  for (std::uint32_t port = range.first; port <= range.last; ++port) {
    names[port] = id;
    listed.set(port);
  }
}

void Services::take(const ProtocolsList& list) {
  for (const ProtocolEntry& entry : list.entries) {
    const std::uint16_t id = id_of(entry.name);
    for (const PortRange& range : entry.ports) {
      has_list_ = true;
      if (is_on(range.transport, Transport::Tcp)) tcp_->list(range, id);
      if (is_on(range.transport, Transport::Udp)) udp_->list(range, id);
    }
  }
}

}  // namespace know
