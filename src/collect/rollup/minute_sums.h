#pragma once

#include <algorithm>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <limits>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "flow/minute_rows.h"

namespace collect {

// Adds without wrapping round: a lying exporter's counters stay at the largest number.
inline void add_saturated(std::int64_t& sum, std::int64_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}
inline std::int64_t multiply_saturated(std::int64_t count, std::int64_t factor) {
  std::int64_t product = 0;
  if (!__builtin_mul_overflow(count, factor, &product)) return product;
  return std::numeric_limits<std::int64_t>::max();
}
inline void add(flow::Volume& sum, const flow::Volume& more) {
  add_saturated(sum.bytes, more.bytes);
  add_saturated(sum.packets, more.packets);
  add_saturated(sum.flows, more.flows);
  add_saturated(sum.raw_bytes, more.raw_bytes);
  add_saturated(sum.raw_packets, more.raw_packets);
  add_saturated(sum.raw_flows, more.raw_flows);
}

// Volumes by minute and key, in bounded memory. One thread.
//
// When a minute holds twice kKeysPerMinute keys, or all minutes together hold kKeysMax, the keys of
// the fewest bytes are cut: their volumes move into the minute's rest. A key that comes again after
// it was cut begins at 0. So, of each minute:
//
// 1. The rows and the rest together are exactly what was added.
// 2. A key's true volume is at least its row's and at most its row's plus the rest's.
// 3. A minute that was never cut is exact.
//
// When there are kMinutesMax minutes the older half is folded into one stretch, where what comes
// for older minutes goes too, and what was never told by minute (add_to_stretch). Of the stretch:
//
// 4. Its volume is the rest of its first minute.
// 5. Its first and its last minute have a rest, so that what looks at the minutes from the first
//    row to the last one knows that they are not whole.
template <class Key>
class MinuteSums {
 public:
  static constexpr std::size_t kKeysPerMinute = 20'000;
  static constexpr std::size_t kKeysMax = 400'000;
  // A day, which flows are spread over, and the late minutes of many exporters besides.
  static constexpr std::size_t kMinutesMax = 4'096;

  void add(base::UnixMs minute, const Key& key, const flow::Volume& volume) {
    Minute* sums = minute_of(minute);
    if (sums == nullptr) return add_to_stretch(minute, minute, volume);
    const auto [place, is_new] = sums->by_key.try_emplace(key);
    collect::add(place->second, volume);
    if (is_new) bound(*sums);
  }

  // A volume that lies somewhere in the minutes from `first` to `last`.
  void add_to_stretch(base::UnixMs first, base::UnixMs last, const flow::Volume& volume) {
    stretch_.add(first, last, 1, volume);
  }

  // Calls `row(minute, key, volume)` for each sum and `rest(minute, cut_keys, volume)` for each
  // minute that was cut; then all is empty.
  template <class Row, class Rest>
  void take(Row row, Rest rest) {
    for (auto& [minute, sums] : minutes_) {
      cut(*sums, kKeysPerMinute);
      for (const auto& [key, volume] : sums->by_key) row(minute, key, volume);
      if (sums->cut_keys > 0) rest(minute, sums->cut_keys, sums->rest);
    }
    if (stretch_.keys > 0) {
      rest(stretch_.first, stretch_.keys, stretch_.volume);
      if (stretch_.last != stretch_.first) rest(stretch_.last, 1, flow::Volume());
    }
    minutes_.clear();
    last_ = nullptr;
    keys_ = 0;
    stretch_ = {};
    kept_from_ = std::numeric_limits<base::UnixMs>::min();
  }

  std::size_t keys() const { return keys_; }
  std::size_t minutes() const { return minutes_.size(); }

 private:
  struct Minute {
    boost::unordered_flat_map<Key, flow::Volume> by_key;
    flow::Volume rest;
    std::uint32_t cut_keys = 0;
  };

  struct Stretch {
    base::UnixMs first = 0;
    base::UnixMs last = 0;
    std::uint32_t keys = 0;  // added; 0: there is none
    flow::Volume volume;

    void add(base::UnixMs from, base::UnixMs to, std::uint32_t keys_added,
             const flow::Volume& more) {
      first = keys == 0 ? from : std::min(first, from);
      last = keys == 0 ? to : std::max(last, to);
      const std::uint32_t room = std::numeric_limits<std::uint32_t>::max() - keys;
      keys += std::min(keys_added, room);
      collect::add(volume, more);
    }
  };

  // Flows come mostly for the minute the one before came for. Null: it is in the stretch.
  Minute* minute_of(base::UnixMs minute) {
    if (last_ != nullptr && minute == last_minute_) return last_;
    if (minutes_.size() >= kMinutesMax && !minutes_.contains(minute)) fold_older_half();
    if (minute < kept_from_) return nullptr;
    auto& sums = minutes_[minute];
    if (!sums) sums = std::make_unique<Minute>();
    last_minute_ = minute;
    last_ = sums.get();
    return last_;
  }

  // Half at once: so a minute is folded for each that comes, however they come.
  void fold_older_half() {
    std::vector<base::UnixMs> all;
    all.reserve(minutes_.size());
    for (const auto& [minute, sums] : minutes_) all.push_back(minute);
    const auto middle = all.begin() + static_cast<std::ptrdiff_t>(all.size() / 2);
    std::nth_element(all.begin(), middle, all.end());
    kept_from_ = *middle;
    for (auto at = minutes_.begin(); at != minutes_.end();) {
      if (at->first >= kept_from_) {
        ++at;
        continue;
      }
      fold(at->first, *at->second);
      minutes_.erase(at++);
    }
    last_ = nullptr;
  }

  void fold(base::UnixMs minute, const Minute& sums) {
    for (const auto& [key, volume] : sums.by_key) stretch_.add(minute, minute, 1, volume);
    if (sums.cut_keys > 0) stretch_.add(minute, minute, sums.cut_keys, sums.rest);
    keys_ -= sums.by_key.size();
  }

  void bound(Minute& sums) {
    ++keys_;
    if (sums.by_key.size() >= 2 * kKeysPerMinute) cut(sums, kKeysPerMinute);
    if (keys_ < kKeysMax) return;
    const std::size_t keep = kKeysMax / 2 / minutes_.size();
    for (auto& [minute, one] : minutes_) {
      cut(*one, keep);
      one->by_key.rehash(0);  // gives the memory of what was cut back
    }
  }

  // Keeps the `keep` keys of the most bytes.
  void cut(Minute& sums, std::size_t keep) {
    if (sums.by_key.size() <= keep) return;
    std::vector<std::int64_t> bytes;
    bytes.reserve(sums.by_key.size());
    for (const auto& [key, volume] : sums.by_key) bytes.push_back(volume.bytes);
    const auto border = bytes.begin() + static_cast<std::ptrdiff_t>(bytes.size() - keep);
    std::nth_element(bytes.begin(), border, bytes.end());
    const std::int64_t least_kept = keep == 0 ? std::numeric_limits<std::int64_t>::max() : *border;
    // Of several keys with exactly that many bytes, as many go as must.
    std::size_t to_cut = sums.by_key.size() - keep;
    std::size_t ties = to_cut - static_cast<std::size_t>(std::ranges::count_if(
                                    bytes, [&](std::int64_t one) { return one < least_kept; }));
    for (auto at = sums.by_key.begin(); at != sums.by_key.end() && to_cut > 0;) {
      const bool is_tie = at->second.bytes == least_kept && ties > 0;
      if (at->second.bytes >= least_kept && !is_tie) {
        ++at;
        continue;
      }
      if (is_tie) --ties;
      --to_cut;
      collect::add(sums.rest, at->second);
      ++sums.cut_keys;
      --keys_;
      sums.by_key.erase(at++);
    }
  }

  boost::unordered_flat_map<base::UnixMs, std::unique_ptr<Minute>> minutes_;
  base::UnixMs last_minute_ = 0;
  Minute* last_ = nullptr;  // what minutes_ holds for last_minute_
  std::size_t keys_ = 0;    // of all minutes together
  Stretch stretch_;
  base::UnixMs kept_from_ = std::numeric_limits<base::UnixMs>::min();  // older: in the stretch
};

}  // namespace collect
