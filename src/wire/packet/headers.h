#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/packet/ip.h"
#include "wire/packet/unread.h"

namespace wire {

// What a packet tells of its ports, or in their place its ICMP type and code.
enum class Ports : std::uint8_t {
  None,  // its protocol has none
  Known,
  BeyondSnaplen,  // the capture kept too little of it
  Truncated,      // the packet itself ends before them
  LaterFragment,  // only the packet's first fragment has them
  LaterUnknown,   // the same, and only that one tells the protocol
};

// What a flow is made of, of one packet.
struct PacketHeaders {
  IpAddress src;
  IpAddress dst;
  std::uint64_t octets = 0;  // of the IP packet, header included, as it says
  std::uint32_t fragment_id = 0;
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;  // ICMP: type * 256 + code
  std::uint16_t vlan = 0;      // of the outermost tag; 0: none
  std::uint8_t protocol = 0;
  std::uint8_t tos = 0;
  std::uint8_t tcp_flags = 0;
  Ports ports = Ports::None;
  bool is_first_fragment = false;  // others follow, which have no ports
  bool says_too_much = false;      // more octets than the frame had on the wire
};

// Whether packets of the protocol begin with a source and a destination port.
bool has_ports(std::uint8_t protocol);

// Reads a captured frame from its link header to its ports. `wire_octets` is the frame's length on
// the wire, at least what was captured of it.
base::Expected<PacketHeaders, Unread> parse_headers(std::uint16_t link_type, ByteView frame,
                                                    std::size_t wire_octets);

}  // namespace wire
