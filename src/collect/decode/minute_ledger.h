#pragma once

#include <utility>
#include <vector>

#include "base/clock.h"
#include "flow/ledger.h"

namespace collect {

// One exporter's ledger by minute of receipt, since it was last taken.
class MinuteLedger {
 public:
  // The counts of the minute that holds `received_ms`. Valid until the next call.
  flow::LedgerCounts& at(base::UnixMs received_ms) {
    const base::UnixMs minute = base::floor_to(received_ms, base::kMsPerMinute);
    // Nearly always the latest; a pending set's or a gap's minute lies a few before.
    for (std::size_t i = minutes_.size(); i-- > 0;) {
      if (minutes_[i].minute == minute) return minutes_[i].counts;
    }
    return minutes_.emplace_back(flow::LedgerRow{exporter_, minute, {}}).counts;
  }

  explicit MinuteLedger(const flow::Address& exporter) : exporter_(exporter) {}

  const std::vector<flow::LedgerRow>& rows() const { return minutes_; }
  std::vector<flow::LedgerRow> take() { return std::exchange(minutes_, {}); }

 private:
  flow::Address exporter_;
  std::vector<flow::LedgerRow> minutes_;
};

}  // namespace collect
