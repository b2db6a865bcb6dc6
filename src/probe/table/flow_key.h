#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <type_traits>

#include "wire/packet/headers.h"

namespace probe {

// What packets of one flow have in common; one direction alone. ICMP has its type and code in the
// destination port's place, so that an echo and its reply are two flows.
struct FlowKey {
  wire::IpAddress src;
  wire::IpAddress dst;
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint16_t vlan = 0;
  std::uint8_t protocol = 0;
  std::uint8_t unused = 0;  // no padding: every octet counts

  bool operator==(const FlowKey&) const = default;

  static FlowKey of(const wire::PacketHeaders& packet) {
    return {.src = packet.src,
            .dst = packet.dst,
            .src_port = packet.src_port,
            .dst_port = packet.dst_port,
            .vlan = packet.vlan,
            .protocol = packet.protocol};
  }
};
static_assert(std::has_unique_object_representations_v<FlowKey> && sizeof(FlowKey) == 40);

// Spreads keys under a seed that a stranger does not know, who could otherwise choose addresses and
// ports that meet in one place of a table.
inline std::uint32_t hash_of(const FlowKey& key, std::uint64_t seed) {
  __extension__ using Wide = unsigned __int128;
  const auto mix = [](std::uint64_t a, std::uint64_t b) {
    const Wide product = Wide{a} * b;
    return static_cast<std::uint64_t>(product) ^ static_cast<std::uint64_t>(product >> 64);
  };
  const std::uint64_t rest = std::uint64_t{key.src_port} << 48 | std::uint64_t{key.dst_port} << 32 |
                             std::uint64_t{key.vlan} << 8 | key.protocol;
  const std::uint64_t src = mix(key.src.lo ^ seed, key.src.hi ^ std::rotl(seed, 32));
  const std::uint64_t dst = mix(key.dst.lo ^ std::rotl(seed, 17), key.dst.hi ^ ~seed);
  const std::uint64_t mixed = mix(src ^ rest ^ 0x94d049bb133111eb, dst ^ seed);
  return static_cast<std::uint32_t>(mixed ^ mixed >> 32);
}

}  // namespace probe
