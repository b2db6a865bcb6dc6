#pragma once

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

#include "wire/bytes/byte_writer.h"

// Packets put together header by header, for tests and fuzz seeds: from the inside out, each
// function wraps what it is given.
namespace wire::testing {

using Octets = std::vector<std::byte>;

inline Octets words(std::initializer_list<std::uint16_t> values, const Octets& rest = {}) {
  Octets octets;
  ByteWriter out(octets);
  for (const std::uint16_t value : values) out.put(value);
  out.put(ByteView(rest));
  return octets;
}

inline Octets tcp(std::uint16_t src_port, std::uint16_t dst_port, std::uint8_t flags,
                  std::size_t payload = 0) {
  const auto header_and_flags = static_cast<std::uint16_t>(0x5000 | flags);
  return words({src_port, dst_port, 0, 1, 0, 2, header_and_flags, 512, 0, 0},
               Octets(payload, std::byte{'x'}));
}

inline Octets udp(std::uint16_t src_port, std::uint16_t dst_port, std::size_t payload = 0) {
  return words({src_port, dst_port, static_cast<std::uint16_t>(8 + payload), 0},
               Octets(payload, std::byte{'x'}));
}

inline Octets icmp(std::uint8_t type, std::uint8_t code) {
  return words({static_cast<std::uint16_t>(type << 8 | code), 0, 1, 1});
}

struct Ipv4 {
  std::uint32_t src = 0x0a00'0001;
  std::uint32_t dst = 0x0a00'0002;
  std::uint8_t protocol = 17;
  std::uint16_t id = 77;
  std::uint16_t flags_and_offset = 0;  // 0x2000: more fragments; offset in units of 8 octets
  std::size_t option_words = 0;
  std::uint8_t tos = 0;
};
inline Octets ipv4(const Ipv4& header, const Octets& payload) {
  Octets octets;
  ByteWriter out(octets);
  const std::size_t header_octets = 20 + 4 * header.option_words;
  out.put(static_cast<std::uint8_t>(0x40 | header_octets / 4));
  out.put(header.tos);
  out.put(static_cast<std::uint16_t>(header_octets + payload.size()));
  out.put(header.id);
  out.put(header.flags_and_offset);
  out.put(std::uint8_t{64});
  out.put(header.protocol);
  out.put(std::uint16_t{0});
  out.put(header.src);
  out.put(header.dst);
  for (std::size_t i = 0; i < 4 * header.option_words; ++i) out.put(std::uint8_t{1});  // no-ops
  out.put(ByteView(payload));
  return octets;
}

struct Ipv6 {
  std::uint64_t src = 1;  // the lower half, behind 2001:db8::
  std::uint64_t dst = 2;
  std::uint8_t next_header = 17;
  std::uint8_t traffic_class = 0;
};
inline Octets ipv6(const Ipv6& header, const Octets& payload) {
  constexpr std::uint64_t kDocumentation = 0x2001'0db8'0000'0000;
  Octets octets;
  ByteWriter out(octets);
  out.put(std::uint32_t{6} << 28 | std::uint32_t{header.traffic_class} << 20);
  out.put(static_cast<std::uint16_t>(payload.size()));
  out.put(header.next_header);
  out.put(std::uint8_t{64});
  out.put(kDocumentation);
  out.put(header.src);
  out.put(kDocumentation);
  out.put(header.dst);
  out.put(ByteView(payload));
  return octets;
}

// A hop-by-hop, routing or destination options header of 8 octets, or an authentication header of
// 12 where `is_authentication`.
inline Octets extension(std::uint8_t next_header, const Octets& payload,
                        bool is_authentication = false) {
  const auto next = static_cast<std::uint16_t>(next_header << 8);
  if (!is_authentication) return words({next, 0, 0, 0}, payload);
  return words({static_cast<std::uint16_t>(next | 1), 0, 0, 1, 0, 1}, payload);
}

// `offset` in octets, a multiple of 8.
inline Octets fragment(std::uint8_t next_header, std::uint16_t offset, bool more,
                       const Octets& payload) {
  return words({static_cast<std::uint16_t>(next_header << 8),
                static_cast<std::uint16_t>(offset | (more ? 1 : 0)), 0, 9},
               payload);
}

constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86dd;

inline Octets ethernet(std::uint16_t type, const Octets& payload) {
  return words({0x0200, 0, 2, 0x0200, 0, 1, type}, payload);
}
// What follows an Ethernet type of 0x8100, 0x88a8.
inline Octets vlan(std::uint16_t id, std::uint16_t type, const Octets& payload) {
  return words({id, type}, payload);
}
// What follows 0x8864; `protocol` is PPP's: 0x0021, 0x0057.
inline Octets pppoe(std::uint16_t protocol, const Octets& payload) {
  return words({0x1100, 5, static_cast<std::uint16_t>(2 + payload.size()), protocol}, payload);
}
// What follows 0x8847: two labels.
inline Octets mpls(const Octets& payload) {
  return words({0x0001, 0x0040, 0x0002, 0x0140}, payload);
}

}  // namespace wire::testing
