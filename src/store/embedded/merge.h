#pragma once

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "store/embedded/store_view.h"

namespace store {

// Parts that are to become one.
struct Merge {
  std::vector<PartPtr> sources;  // at least two, by receipt
  unsigned merges = 0;           // how often the rows will have been merged

  std::uint64_t octets() const;
};

// A part of as many rows is final; a merge makes none larger.
constexpr std::uint64_t kMergedRowsMax = 1'000'000;
// So long after the end of an hour or day its parts are merged: its last segment is then committed.
constexpr base::UnixMs kMergeLateMs = 10 * base::kMsPerMinute;
constexpr unsigned kMergesMax = 2;

// What is to be merged next, if anything: parts that were never merged and lie in one hour (of
// their newest receipt, UTC), else parts merged at most once that lie in one day. Those in
// `left_alone` are not considered, nor is what must stay by itself: FORMAT.md says what that is.
// Together they take no more than `octets_max`. `parts` are by receipt.
std::optional<Merge> next_merge(const std::vector<PartPtr>& parts, base::UnixMs now,
                                std::uint64_t octets_max, const std::set<std::string>& left_alone);

// The parts of merges that failed: each waits by itself, so that the others go first. A merge that
// fails again waits twice as long, up to the longest.
class PutOff {
 public:
  static constexpr base::UnixMs kFirstWaitMs = 2 * base::kMsPerMinute;
  static constexpr base::UnixMs kLongestWaitMs = 4 * base::kMsPerHour;

  // Forgets those that are not in `parts` any more.
  void add(const std::vector<PartPtr>& sources, base::UnixMs now,
           const std::vector<PartPtr>& parts);
  // Adds those whose time has not come.
  void add_waiting(base::UnixMs now, std::set<std::string>& names) const;

 private:
  struct Wait {
    base::UnixMs length = 0;
    base::UnixMs until = 0;
  };
  std::map<std::string, Wait> waits_;  // by part
};

}  // namespace store
