#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <unordered_map>
#include <vector>

#include "know/heard_answer.h"
#include "know/names.h"
#include "know/sites.h"

namespace know {

// What was heard from query logs, and from others who know names of remote addresses, and the
// `Sites` made of it. What has changed since the last one is made anew, the rest is shared. One
// thread.
//
// Bounded: `pairs_max` pairs of client and address, spread over shards by their hash: in a full one
// goes whose time is over first. A pair stays kKeptMs after the last answer, longer where the
// answer lives longer: flows are told of when they are over, and clients ask seldom.
class SiteTable {
 public:
  static constexpr std::int64_t kKeptMs = base::kMsPerDay;
  static constexpr std::int64_t kKeptMostMs = 7 * base::kMsPerDay;
  static constexpr std::size_t kPairsLeast = Sites::kShards;
  static constexpr std::size_t kAsNumbersMax = 16'384;

  struct Counts {
    std::size_t pairs = 0;
    std::size_t reverse = 0;
    std::size_t as_numbers = 0;
    std::uint64_t heard = 0;          // answers
    std::uint64_t pairs_cut = 0;      // that went before their time because of pairs_max
    std::uint64_t as_cut = 0;         // AS numbers that found no room
    std::uint64_t names_refused = 0;  // answers whose name found no room among all names
  };

  explicit SiteTable(std::size_t pairs_max);

  void hear(const HeardAnswer& answer, base::UnixMs now);
  // Takes what reverse DNS calls addresses. Cheap where it is the one of last time.
  void take_names(const std::shared_ptr<const Names>& names);
  // Gives names to AS numbers that workers have noted.
  void take_as_numbers();
  // Forgets some of what is over; all of it within kShards / 4 calls.
  void expire(base::UnixMs now);

  // Null: nothing has changed since the last one.
  std::shared_ptr<const Sites> changed();
  const Counts& counts() const { return counts_; }

 private:
  struct Entry {
    SitePair pair;
    std::uint32_t name = 0;
    base::UnixMs until = 0;
  };
  struct Shard {
    std::vector<Entry> entries;
    bool is_changed = false;
  };

  // 0: there is no room for it.
  std::uint32_t id_of(const std::string& name);
  void expire_shard(Shard& shard, base::UnixMs now);

  const std::size_t shard_max_;
  std::vector<Shard> shards_{Sites::kShards};
  std::size_t next_expired_ = 0;
  std::shared_ptr<const Names> names_;
  std::unordered_map<std::uint32_t, std::uint32_t> as_names_;
  std::shared_ptr<Sites> made_;  // the last one, to be copied from
  bool is_changed_ = true;
  Counts counts_;
};

}  // namespace know
