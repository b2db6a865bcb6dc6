#pragma once

#include <array>
#include <cstdint>
#include <memory>
#include <span>
#include <string_view>

// What a port means. The shipped table is services_table.cc.
namespace know {

enum class Transport : std::uint8_t { Tcp = 1, Udp = 2, Both = 3 };

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

// Names a flow's application by its port. Immutable; published as a snapshot and fetched once per
// burst. Names are ids of flow::NamePool.
//
// The rule: for TCP, UDP, SCTP, DCCP and UDP-Lite, the port that has a name in the table; where
// both have one, the lower; where neither has, "other-tcp" or "other-udp" (by which the protocol's
// ports are read: SCTP and DCCP as TCP's). Every other protocol is its own application: "icmp",
// "gre", and "other" where the table has no name.
class Services {
 public:
  explicit Services(std::span<const Service> services = shipped_services(),
                    std::span<const ProtocolName> protocols = shipped_protocols());

  // A port that was not exported is 0. No allocation, no lock.
  std::uint32_t app(std::uint8_t protocol, std::uint16_t src_port, std::uint16_t dst_port) const {
    const Ports* ports = ports_of_[protocol];
    if (ports == nullptr) return protocols_[protocol];
    const std::uint16_t low = src_port < dst_port ? src_port : dst_port;
    const std::uint16_t high = src_port < dst_port ? dst_port : src_port;
    if ((*ports)[low] != kNoName) return (*ports)[low];
    if ((*ports)[high] != kNoName) return (*ports)[high];
    return protocols_[protocol];
  }

 private:
  // Ids fit 16 bits (NamePool::kMaxNames); 128 KiB per transport stay in a core's cache.
  using Ports = std::array<std::uint16_t, 65'536>;
  static constexpr std::uint16_t kNoName = 0;  // NamePool::kOther names no service

  std::unique_ptr<Ports> tcp_;
  std::unique_ptr<Ports> udp_;
  std::array<const Ports*, 256> ports_of_{};  // null: a protocol without ports
  std::array<std::uint16_t, 256> protocols_{};
};

}  // namespace know
