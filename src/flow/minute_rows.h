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

// `bytes`, `packets` and `flows` are each flow's raw share of the minute times its sampling rate
// (absent or 0: times 1), so that they are the same sums that raw rows give. Sums that would not
// fit stay at the largest number.
struct Volume {
  std::int64_t bytes = 0;
  std::int64_t packets = 0;
  std::int64_t flows = 0;  // counted in the minute that holds the flow's end
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
