#pragma once

#include <array>
#include <bitset>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

#include "flow/columns.h"
#include "know/protocols_list.h"
#include "know/services_file.h"

// What a port means. The shipped table is services_table.cc.
namespace know {

struct Service {
  std::uint16_t port;
  Transport transport;
  std::string_view name;
};
std::span<const Service> shipped_services();

struct ProtocolName {
  std::uint8_t protocol;
  std::string_view name;
};
std::span<const ProtocolName> shipped_protocols();

// An application and what named it.
struct App {
  std::uint32_t name;  // of flow::NamePool
  flow::AppEvidence evidence;
};

// Names a flow's application by its port. Immutable; published as a snapshot and fetched once per
// burst. Names are ids of flow::NamePool.
//
// The rule: for TCP, UDP, SCTP, DCCP and UDP-Lite, the port that is in the protocols list; where
// both are, the lower. Where neither is, the port that has a service's name, and again the lower of
// two. Where none has, "other-tcp" or "other-udp" (by which the protocol's ports are read: SCTP and
// DCCP as TCP's). A flow that says port 0 at one end is not the list's, unless the list has port 0.
// Every other protocol is its own application: "icmp", "gre", and "other" where the table has no
// name.
class Services {
 public:
  // The shipped names, over them those of the user's services file, over them the entries of a
  // protocols list.
  explicit Services(const ServicesFile& own = {}, const ProtocolsList& list = {});

  // Of a port that was not exported, the other one stands here too; where neither was, 0. No
  // allocation, no lock.
  App app(std::uint8_t protocol, std::uint16_t src_port, std::uint16_t dst_port) const {
    const Ports* ports = ports_of_[protocol];
    const App unnamed{protocols_[protocol], flow::AppEvidence::Protocol};
    if (ports == nullptr) return unnamed;
    const std::uint16_t low = src_port < dst_port ? src_port : dst_port;
    const std::uint16_t high = src_port < dst_port ? dst_port : src_port;
    if (has_list_ && ports->listed[high] && !ports->listed[low]) {
      return low == 0 ? unnamed : ports->app(high);
    }
    if (ports->names[low] != kNoName) return ports->app(low);
    if (ports->names[high] != kNoName) return ports->app(high);
    return unnamed;
  }

 private:
  // Ids fit 16 bits (NamePool::kMaxKnown); 128 KiB and 8 KiB per transport stay in a core's cache.
  struct Ports {
    void list(const PortRange& range, std::uint16_t id);
    App app(std::uint16_t port) const {
      return {names[port], listed[port] ? flow::AppEvidence::List : flow::AppEvidence::Service};
    }

    std::array<std::uint16_t, 65'536> names{};
    std::bitset<65'536> listed;  // whose names are the protocols list's
  };
  static constexpr std::uint16_t kNoName = 0;  // NamePool::kOther names no service

  void take(const ServicesFile& own);
  void take(const ProtocolsList& list);

  std::unique_ptr<Ports> tcp_;
  std::unique_ptr<Ports> udp_;
  std::array<const Ports*, 256> ports_of_{};  // null: a protocol without ports
  std::array<std::uint16_t, 256> protocols_{};
  bool has_list_ = false;
};

}  // namespace know
