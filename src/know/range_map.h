#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <vector>

#include "flow/address.h"

namespace know {

// Values of disjoint ranges of addresses; Value{} stands for none. Filled once, in order, then only
// asked: a few steps of a binary search, no allocation.
template <class Value>
class RangeMap {
 public:
  // All IPv4 ranges (as IPv4-mapped addresses) among themselves and all others among themselves
  // come in ascending order.
  void put(const flow::Address& first, const flow::Address& last, Value value) {
    if (first.is_v4()) {
      v4_.put(first.as_v4(), last.as_v4(), value);
    } else {
      v6_.put(first, last, value);
    }
  }
  // To be called once, after the last range.
  void finish() {
    v4_.finish();
    v6_.finish();
  }

  Value at(const flow::Address& address) const {
    return address.is_v4() ? v4_.at(address.as_v4()) : v6_.at(address);
  }
  std::size_t ranges() const { return v4_.ranges() + v6_.ranges(); }

 private:
  static std::uint32_t head(std::uint32_t key) { return key >> 16; }
  static std::uint32_t head(const flow::Address& key) {
    return static_cast<std::uint32_t>(key.hi >> 48);
  }
  static std::uint32_t after(std::uint32_t key) { return key + 1; }
  static flow::Address after(const flow::Address& key) {
    return {key.hi + (key.lo == UINT64_MAX ? 1 : 0), key.lo + 1};
  }

  // Each value holds from its start to the next one's. Where the ranges with the same upper 16 bits
  // begin is kept apart, so that a search looks at few of them.
  template <class Key>
  class Family {
   public:
    void put(const Key& first, const Key& last, Value value) {
      start(first, value);
      if (const Key next = after(last); next != Key{}) start(next, Value{});
    }
    void finish() {
      starts_.shrink_to_fit();
      values_.shrink_to_fit();
      if (starts_.empty()) return;
      begins_.assign(kHeads + 1, 0);
      for (std::uint32_t at = 0, of_head = 0; of_head < kHeads; ++of_head) {
        while (at < starts_.size() && head(starts_[at]) < of_head) ++at;
        begins_[of_head] = at;
      }
      begins_[kHeads] = static_cast<std::uint32_t>(starts_.size());
    }
    Value at(const Key& key) const {
      if (starts_.empty()) return Value{};
      const auto first = starts_.begin() + begins_[head(key)];
      const auto end = starts_.begin() + begins_[head(key) + 1];
      const auto next = std::upper_bound(first, end, key);
      return next == starts_.begin()
                 ? Value{}
                 : values_[static_cast<std::size_t>(next - starts_.begin()) - 1];
    }
    std::size_t ranges() const { return starts_.size(); }

   private:
    static constexpr std::uint32_t kHeads = 65'536;

    void start(const Key& key, Value value) {
      if (!starts_.empty() && starts_.back() == key) {
        values_.back() = value;
        const bool goes_on = values_.size() > 1 && values_[values_.size() - 2] == value;
        if (!goes_on) return;
        starts_.pop_back();
        values_.pop_back();
      } else if ((starts_.empty() ? Value{} : values_.back()) != value) {
        starts_.push_back(key);
        values_.push_back(value);
      }
    }

    std::vector<Key> starts_;
    std::vector<Value> values_;
    std::vector<std::uint32_t> begins_;  // the first start with that head or a larger one
  };

  Family<std::uint32_t> v4_;
  Family<flow::Address> v6_;
};

}  // namespace know
