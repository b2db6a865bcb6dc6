#pragma once

#include <cstdint>
#include <optional>

#include "wire/bytes/byte_reader.h"

namespace wire {

// 128 bits in host order; IPv4 as IPv4-mapped.
struct IpAddress {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  bool operator==(const IpAddress&) const = default;
};

// Where a fragment lies in its packet's payload.
struct IpFragment {
  std::uint32_t id = 0;
  std::uint32_t offset = 0;  // octets
  bool is_last = false;
};

constexpr std::uint8_t kProtocolUdp = 17;  // IANA

struct IpPacket {
  IpAddress src;
  IpAddress dst;
  std::uint8_t protocol = 0;  // of the payload, behind IPv6 extension headers
  std::optional<IpFragment> fragment;
  ByteView payload;  // without link padding; less when the capture cut the packet short
};

// An IPv4 or IPv6 packet from its first octet; empty: it is neither, or its headers are cut off.
std::optional<IpPacket> parse_ip(ByteView packet);

// The IP packet inside a captured frame, by pcap's link type: Ethernet with any VLAN tags, Linux
// cooked (v1, v2), raw IP, BSD loopback. Empty: another link type or another network protocol.
std::optional<ByteView> ip_packet_of(std::uint16_t link_type, ByteView frame);

}  // namespace wire
