#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/netflow5.h"

// Datagrams for this folder's tests.
namespace collect {

// NetFlow v5, exported at `export_ms`, with `count` flows of 100 octets and 1 packet each, from
// 10.0.0.1, 10.0.0.2, … to 198.51.100.1 port 443, a second long.
inline std::vector<std::byte> netflow5_datagram(std::uint16_t count, std::uint32_t sequence,
                                                base::UnixMs export_ms) {
  constexpr std::uint32_t kUptimeMs = 100'000;
  std::vector<std::byte> octets;
  wire::ByteWriter out(octets);
  wire::Netflow5Header{
      .count = count,
      .sys_uptime_ms = kUptimeMs,
      .unix_secs = static_cast<std::uint32_t>(export_ms / base::kMsPerSecond),
      .unix_nsecs = static_cast<std::uint32_t>(export_ms % base::kMsPerSecond * base::kNsPerMs),
      .flow_sequence = sequence}
      .emit(out);
  for (std::uint16_t i = 0; i < count; ++i) {
    wire::Netflow5Record{.src = 0x0a000001u + i,
                         .dst = 0xc6336401,
                         .in_if = 1,
                         .out_if = 2,
                         .packets = 1,
                         .octets = 100,
                         .first_ms = kUptimeMs - 1'000,
                         .last_ms = kUptimeMs,
                         .src_port = 50'000,
                         .dst_port = 443,
                         .protocol = 6}
        .emit(out);
  }
  return octets;
}

}  // namespace collect
