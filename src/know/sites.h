#pragma once

#include <array>
#include <atomic>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "flow/address.h"

// Which website a remote address is: names as numbers of flow/name_pool.h, looked up per flow.
namespace know {

// AS numbers that flows showed and that have no name yet. Written by workers, read by the thread
// that makes names: a place that two numbers share is written by whoever comes again.
class AsNumbersSeen {
 public:
  static constexpr std::size_t kPlaces = 4'096;

  void note(std::uint32_t as_number) {
    auto& place = places_[as_number * 0x9e3779b1U >> 20];
    if (place.load(std::memory_order_relaxed) != as_number) {
      place.store(as_number, std::memory_order_relaxed);
    }
  }
  std::vector<std::uint32_t> take();

 private:
  std::array<std::atomic<std::uint32_t>, kPlaces> places_{};
};

// A table that is made once and then only read. Key and value beside each other; the value 0 marks
// an empty place.
template <class Key>
class NameTable {
 public:
  NameTable() = default;
  explicit NameTable(std::span<const std::pair<Key, std::uint32_t>> names);

  // 0: it has none.
  std::uint32_t find(const Key& key) const {
    if (places_.empty()) return 0;
    for (std::size_t at = std::hash<Key>{}(key)&mask_;; at = (at + 1) & mask_) {
      const Place& place = places_[at];
      if (place.name == 0 || place.key == key) return place.name;
    }
  }
  bool empty() const { return places_.empty(); }

 private:
  struct Place {
    Key key{};
    std::uint32_t name = 0;
  };
  std::vector<Place> places_;  // a power of two, at most half of them taken
  std::size_t mask_ = 0;
};

// Who asked, and which address the answer was.
struct SitePair {
  flow::Address client;
  flow::Address remote;

  bool operator==(const SitePair&) const = default;
};

// All that is known at one moment. Immutable; no answer takes a lock, allocates or asks the time.
// 0 is no name.
class Sites {
 public:
  static constexpr std::size_t kShards = 1'024;
  using Asked = NameTable<SitePair>;

  // What `client` asked for when it was told `remote`.
  std::uint32_t asked(const flow::Address& client, const flow::Address& remote) const;
  // What reverse DNS calls it.
  std::uint32_t reverse(const flow::Address& remote) const {
    return reverse_ == nullptr ? 0 : reverse_->find(remote);
  }
  // "AS64500". One that is not known yet is noted, and known a second later.
  std::uint32_t as_name(std::uint32_t as_number) const;

 private:
  friend class SiteTable;

  std::array<std::shared_ptr<const Asked>, kShards> asked_;  // null: empty
  std::shared_ptr<const NameTable<flow::Address>> reverse_;
  std::shared_ptr<const NameTable<std::uint32_t>> as_names_;
  std::shared_ptr<AsNumbersSeen> as_seen_;
};

}  // namespace know

template <>
struct std::hash<know::SitePair> {
  std::size_t operator()(const know::SitePair& pair) const noexcept {
    const std::hash<flow::Address> of;
    return of(pair.client) * 0x9e3779b97f4a7c15 ^ of(pair.remote);
  }
};

namespace know {

inline std::uint32_t Sites::asked(const flow::Address& client, const flow::Address& remote) const {
  const SitePair pair{client, remote};
  const auto& shard = asked_[std::hash<SitePair>{}(pair) >> 54];
  return shard == nullptr ? 0 : shard->find(pair);
}

inline std::uint32_t Sites::as_name(std::uint32_t as_number) const {
  if (as_seen_ == nullptr || as_number == 0) return 0;
  const std::uint32_t name = as_names_ == nullptr ? 0 : as_names_->find(as_number);
  if (name == 0) as_seen_->note(as_number);
  return name;
}

}  // namespace know
