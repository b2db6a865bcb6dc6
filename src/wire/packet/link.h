#pragma once

#include <cstdint>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/packet/unread.h"

namespace wire {

// What link headers say of a frame that carries IP.
struct LinkFrame {
  ByteView packet;         // from the IP header's first octet to the frame's end, padding included
  std::uint16_t vlan = 0;  // id of the outermost tag; 0: none, or a tag of priority alone
};

// Reads a captured frame's link headers, by pcap's link type: Ethernet, Linux cooked (v1, v2), PPP,
// PPPoE, Cisco HDLC, raw IP, BSD loopback; behind them any VLAN tags, PPPoE sessions, MPLS labels
// and SNAP headers.
base::Expected<LinkFrame, Unread> parse_link(std::uint16_t link_type, ByteView frame);

}  // namespace wire
