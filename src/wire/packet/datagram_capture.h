#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"
#include "wire/bytes/byte_writer.h"

// Datagrams as a capture file (classic pcap, microseconds, raw IP), each in an IPv4 packet made for
// it: what tshark and `weir decode` open.
namespace wire {

struct Ipv4Endpoint {
  std::uint32_t address = 0;  // host order
  std::uint16_t port = 0;
};

void put_capture_header(ByteWriter& out);

// A packet's record, whole. The payload fits an IP packet.
void put_captured_datagram(ByteWriter& out, const Ipv4Endpoint& from, const Ipv4Endpoint& to,
                           ByteView payload, base::UnixMs time);

}  // namespace wire
