#pragma once

#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "flow/address.h"
#include "flow/columns.h"

// What the rollups hand over: a flow's volume, spread over the minutes it crosses, added up by key.
namespace flow {

// Which way, seen from the host or interface of the row.
enum class Way : std::uint8_t { In, Out };

struct Volume {
  std::int64_t bytes = 0;    // multiplied by each flow's sampling rate
  std::int64_t packets = 0;  // multiplied by each flow's sampling rate
  std::int64_t flows = 0;    // multiplied likewise; counted in the minute that holds the flow's end
  std::int64_t raw_bytes = 0;
  std::int64_t raw_packets = 0;
  std::int64_t raw_flows = 0;
};

// Local host × peer's locality × way × application. A flow between two local hosts makes two.
struct HostMinute {
  base::UnixMs minute;
  Address host;
  bool peer_is_local;
  Way way;
  std::uint32_t app;  // flow/name_pool.h
  Volume volume;
  // 0: an ordinary row. Else the row is the rest of its minute: what the cap cut off, `cut_keys`
  // keys together; host, peer, way and app then mean nothing.
  std::uint32_t cut_keys = 0;
};

// Exporter × interface × way × application. `In`: what the interface received.
struct InterfaceMinute {
  base::UnixMs minute;
  Address exporter;
  std::uint32_t interface;
  Way way;
  std::uint32_t app;
  Volume volume;
  std::uint32_t cut_keys = 0;  // as above
};

struct MinuteRows {
  std::vector<HostMinute> hosts;
  std::vector<InterfaceMinute> interfaces;
};

}  // namespace flow
