#pragma once

#include <cstdint>
#include <span>

#include "collect/rollup/minute_sums.h"
#include "flow/address.h"
#include "flow/minute_rows.h"
#include "flow/record.h"
#include "flow/volume.h"

namespace collect {

struct HostKey {
  flow::Address host;
  std::uint32_t app = 0;
  bool peer_is_local = false;
  flow::Way way = flow::Way::In;

  bool operator==(const HostKey&) const = default;
};

struct InterfaceKey {
  flow::Address exporter;
  std::uint32_t interface = 0;
  std::uint32_t app = 0;
  flow::Way way = flow::Way::In;

  bool operator==(const InterfaceKey&) const = default;
};

std::size_t hash_value(const HostKey& key);
std::size_t hash_value(const InterfaceKey& key);

// The two minute sets of flow/minute_rows.h, of the flows of one worker since the last barrier.
// Needs enriched flows. Not thread-safe; no lock, clock or allocation but the tables' growth.
class Rollup {
 public:
  void add(std::span<const flow::FlowRecord> flows);

  // All rows since the last call, minutes that were cut with their rest row.
  flow::MinuteRows take();

 private:
  void add_to_minute(const flow::FlowRecord& flow, base::UnixMs minute, const flow::Volume& volume);
  void spread(const flow::FlowRecord& flow, const flow::Times& times);

  MinuteSums<HostKey> hosts_;
  MinuteSums<InterfaceKey> interfaces_;
};

}  // namespace collect
