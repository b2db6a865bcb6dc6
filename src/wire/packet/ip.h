#pragma once

#include <cstdint>
#include <optional>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/packet/unread.h"

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
  // IPv6: extension headers go on behind the fragment's, in the first fragment alone. A later one
  // does not know the packet's protocol.
  bool has_more_headers = false;
};

constexpr std::uint8_t kProtocolUdp = 17;  // IANA

struct IpPacket {
  IpAddress src;
  IpAddress dst;
  std::uint8_t protocol = 0;  // of the payload, behind IPv6 extension headers
  std::uint8_t tos = 0;       // IPv6: its traffic class
  // Of the whole packet, as its header says, which may be more than was captured. 0: the header
  // does not say, in what a network card was to cut into packets and in a jumbogram.
  std::size_t said_octets = 0;
  std::optional<IpFragment> fragment;
  ByteView payload;  // without link padding; less when the capture cut the packet short
};

// An IPv4 or IPv6 packet from its first octet.
base::Expected<IpPacket, Unread> parse_ip(ByteView packet);

}  // namespace wire
