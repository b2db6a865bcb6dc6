#include "know/services.h"

#include "flow/name_pool.h"

namespace know {
namespace {

constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kDccp = 33;
constexpr std::uint8_t kSctp = 132;
constexpr std::uint8_t kUdpLite = 136;

static_assert(flow::NamePool::kMaxNames <= 65'536, "an id is held in 16 bits");

std::uint16_t id_of(std::string_view name) {
  return static_cast<std::uint16_t>(flow::NamePool::instance().id_of(name));
}

bool is_on(const Service& service, Transport transport) {
  return (static_cast<unsigned>(service.transport) & static_cast<unsigned>(transport)) != 0;
}

}  // namespace

Services::Services(std::span<const Service> services, std::span<const ProtocolName> protocols)
    : tcp_(std::make_unique<Ports>()), udp_(std::make_unique<Ports>()) {
  for (const Service& service : services) {
    const std::uint16_t id = id_of(service.name);
    if (is_on(service, Transport::Tcp)) (*tcp_)[service.port] = id;
    if (is_on(service, Transport::Udp)) (*udp_)[service.port] = id;
  }
  for (const ProtocolName& one : protocols) protocols_[one.protocol] = id_of(one.name);
  for (const std::uint8_t protocol : {kTcp, kDccp, kSctp}) {
    ports_of_[protocol] = tcp_.get();
    protocols_[protocol] = id_of("other-tcp");
  }
  for (const std::uint8_t protocol : {kUdp, kUdpLite}) {
    ports_of_[protocol] = udp_.get();
    protocols_[protocol] = id_of("other-udp");
  }
}

}  // namespace know
