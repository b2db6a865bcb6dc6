#pragma once

#include <cstdint>
#include <map>
#include <mutex>
#include <vector>

#include "flow/ledger.h"

namespace collect {

// The ledger rows that are on their way from the workers to the store's next commit. Thread-safe.
class UncommittedLedger {
 public:
  void add(std::uint64_t segment, const std::vector<flow::LedgerRow>& rows) {
    const std::lock_guard lock(mutex_);
    auto& of_segment = rows_[segment];
    of_segment.insert(of_segment.end(), rows.begin(), rows.end());
  }
  void committed(std::uint64_t segment) {
    const std::lock_guard lock(mutex_);
    rows_.erase(rows_.begin(), rows_.upper_bound(segment));
  }
  void append_to(std::vector<flow::LedgerRow>& rows) const {
    const std::lock_guard lock(mutex_);
    for (const auto& [segment, some] : rows_) rows.insert(rows.end(), some.begin(), some.end());
  }

 private:
  mutable std::mutex mutex_;  // guards rows_
  std::map<std::uint64_t, std::vector<flow::LedgerRow>> rows_;
};

}  // namespace collect
