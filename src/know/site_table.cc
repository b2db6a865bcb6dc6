#include "know/site_table.h"

#include <fmt/format.h>

#include <algorithm>

#include "base/letters.h"
#include "flow/name_pool.h"

namespace know {

SiteTable::SiteTable(std::size_t pairs_max)
    : shard_max_(std::max(pairs_max, kPairsLeast) / Sites::kShards),
      made_(std::make_shared<Sites>()) {
  made_->as_seen_ = std::make_shared<AsNumbersSeen>();
}

std::uint32_t SiteTable::id_of(const std::string& name) {
  const std::uint32_t id = flow::NamePool::instance().id_of(flow::NameKind::Heard, name);
  if (id == flow::NamePool::kOther) ++counts_.names_refused;
  return id;
}

void SiteTable::hear(const HeardAnswer& answer, base::UnixMs now) {
  ++counts_.heard;
  const std::uint32_t name = id_of(answer.name);
  if (name == 0) return;
  const SitePair pair{answer.client, answer.address};
  Shard& shard = shards_[std::hash<SitePair>{}(pair) >> 54];
  const base::UnixMs until =
      now + std::clamp(answer.ttl_s * base::kMsPerSecond, kKeptMs, kKeptMostMs);
  auto known = std::ranges::find(shard.entries, pair, &Entry::pair);
  if (known != shard.entries.end()) {
    known->until = until;
    if (known->name == name) return;
    known->name = name;
  } else if (shard.entries.size() < shard_max_) {
    shard.entries.push_back({pair, name, until});
    ++counts_.pairs;
  } else {
    known = std::ranges::min_element(shard.entries, {}, &Entry::until);
    if (known->until > now) ++counts_.pairs_cut;
    *known = {pair, name, until};
  }
  shard.is_changed = true;
}

void SiteTable::take_names(const std::shared_ptr<const Names>& names) {
  if (names == names_) return;
  names_ = names;
  std::vector<std::pair<flow::Address, std::uint32_t>> reverse;
  names->each([&](const flow::Address& address, const Named& named) {
    if (named.origin != NameOrigin::ReverseDns) return;
    const std::uint32_t id = id_of(base::lower(named.name));
    if (id != 0) reverse.emplace_back(address, id);
  });
  counts_.reverse = reverse.size();
  made_->reverse_ = std::make_shared<const NameTable<flow::Address>>(reverse);
  is_changed_ = true;
}

void SiteTable::take_as_numbers() {
  bool is_new = false;
  for (const std::uint32_t as_number : made_->as_seen_->take()) {
    if (as_names_.contains(as_number)) continue;
    if (as_names_.size() == kAsNumbersMax) {
      ++counts_.as_cut;
      continue;
    }
    const std::uint32_t id = id_of(fmt::format("AS{}", as_number));
    if (id == 0) continue;
    as_names_.emplace(as_number, id);
    is_new = true;
  }
  if (!is_new) return;
  const std::vector<std::pair<std::uint32_t, std::uint32_t>> names(as_names_.begin(),
                                                                   as_names_.end());
  counts_.as_numbers = names.size();
  made_->as_names_ = std::make_shared<const NameTable<std::uint32_t>>(names);
  is_changed_ = true;
}

void SiteTable::expire_shard(Shard& shard, base::UnixMs now) {
  const std::size_t gone =
      std::erase_if(shard.entries, [&](const Entry& one) { return one.until <= now; });
  if (gone == 0) return;
  counts_.pairs -= gone;
  shard.is_changed = true;
}

void SiteTable::expire(base::UnixMs now) {
  for (std::size_t i = 0; i < 4; ++i) {
    expire_shard(shards_[next_expired_], now);
    next_expired_ = (next_expired_ + 1) % Sites::kShards;
  }
}

std::shared_ptr<const Sites> SiteTable::changed() {
  std::vector<std::pair<SitePair, std::uint32_t>> names;
  for (std::size_t i = 0; i < shards_.size(); ++i) {
    if (!shards_[i].is_changed) continue;
    shards_[i].is_changed = false;
    is_changed_ = true;
    names.clear();
    for (const Entry& one : shards_[i].entries) names.emplace_back(one.pair, one.name);
    made_->asked_[i] = names.empty() ? nullptr : std::make_shared<const Sites::Asked>(names);
  }
  if (!is_changed_) return nullptr;
  is_changed_ = false;
  return std::make_shared<const Sites>(*made_);
}

}  // namespace know
