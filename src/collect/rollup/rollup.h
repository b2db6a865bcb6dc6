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
//
// A flow of a day costs 1,440 times what a short one does, and anybody can send such. So flows that
// cross minutes draw on a budget of minutes; without it they go, untold by minute, into the
// rests of their first and last minutes: questions about these are then answered from the flows.
class Rollup {
 public:
  // The budget after each take(), and what each flow adds to it.
  static constexpr std::int64_t kSpreadMinutes = 1'000'000;
  static constexpr std::int64_t kSpreadMinutesPerFlow = 16;
  struct SpreadBudget {
    std::int64_t minutes = kSpreadMinutes;
    std::int64_t minutes_per_flow = kSpreadMinutesPerFlow;
  };

  Rollup() : Rollup(SpreadBudget{}) {}
  explicit Rollup(const SpreadBudget& budget)
      : budget_(budget), spread_minutes_left_(budget.minutes) {}

  void add(std::span<const flow::FlowRecord> flows);

  // All rows since the last call, minutes that were cut with their rest row.
  flow::MinuteRows take();

 private:
  // Calls `add(sums, key)` for each key that the flow counts for.
  template <class Add>
  void for_each_key(const flow::FlowRecord& flow, Add add);
  void add_to_minute(const flow::FlowRecord& flow, base::UnixMs minute, const flow::Volume& volume);
  void add_crossing(const flow::FlowRecord& flow, const flow::Times& times);
  void spread(const flow::FlowRecord& flow, const flow::Times& times);

  const SpreadBudget budget_;
  std::int64_t spread_minutes_left_;
  MinuteSums<HostKey> hosts_;
  MinuteSums<InterfaceKey> interfaces_;
};

}  // namespace collect
