#pragma once

#include <cstdint>
#include <mutex>

namespace base {

// The one purse from which journal, parts, rollups and spill take octets before they write them.
// Thread-safe. Invariant: used ≤ limit, except by octets that were already on disk at the start.
class DiskBudget {
 public:
  explicit DiskBudget(std::uint64_t limit_octets) : limit_octets_(limit_octets) {}

  // Takes `octets`, or takes nothing and answers false: the caller makes room or sheds, and counts.
  bool take(std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    if (octets > limit_octets_ || used_octets_ > limit_octets_ - octets) return false;
    used_octets_ += octets;
    return true;
  }
  // For what is on disk already (found at start, or written larger than was taken).
  void take_over(std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    used_octets_ += octets;
  }
  void give_back(std::uint64_t octets) {
    const std::lock_guard lock(mutex_);
    used_octets_ -= octets < used_octets_ ? octets : used_octets_;
  }
  std::uint64_t used_octets() const {
    const std::lock_guard lock(mutex_);
    return used_octets_;
  }
  std::uint64_t limit_octets() const { return limit_octets_; }

 private:
  const std::uint64_t limit_octets_;
  mutable std::mutex mutex_;  // guards used_octets_
  std::uint64_t used_octets_ = 0;
};

}  // namespace base
