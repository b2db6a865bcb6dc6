#include "store/embedded/merge.h"

#include <algorithm>
#include <string_view>
#include <tuple>

namespace store {
namespace {

// Rows of an exporter without a clock are a part of their own (seal_order.h), and remain so.
bool is_old(const Part& part) {
  return part.max_end < part.max_received - base::kMsPerDay;
}

// Parts of one key may be merged.
struct Key {
  std::string kind;
  base::UnixMs step_begin;
  bool is_old;
  bool rolled_up;
  auto operator<=>(const Key&) const = default;
};

struct Candidates {
  std::vector<PartPtr> parts;
  std::uint64_t rows = 0;
  std::uint64_t octets = 0;
};

// A rollup part with a rest row cannot answer for its minutes: by itself it spoils no others.
bool may_be_merged(const Part& part, unsigned merges) {
  return !part.set_aside && part.merges < merges && part.rows < kMergedRowsMax &&
         part.cut_rows == 0;
}

// Flow parts without minute rows spoil the minutes that they span, and as one part all that lie
// between them too: whether minute rows answer for some of these.
bool would_spoil_minutes(const Part& earlier, const Part& later,
                         const std::vector<PartPtr>& parts) {
  if (later.kind != "flows" || later.rolled_up) return false;
  return std::ranges::any_of(parts, [&](const PartPtr& file) {
    const Part& part = file->part();
    return part.kind == "flows" && part.rolled_up && part.max_received > earlier.min_received &&
           part.min_received < later.max_received;
  });
}

std::vector<PartPtr> of_one_step(const std::vector<PartPtr>& parts, unsigned merges,
                                 base::UnixMs now, std::uint64_t octets_max,
                                 const std::set<std::string>& left_alone) {
  const base::UnixMs step = merges == 1 ? base::kMsPerHour : base::kMsPerDay;
  std::map<Key, Candidates> all;
  for (const auto& file : parts) {
    const Part& part = file->part();
    const base::UnixMs begin = base::floor_to(part.max_received, step);
    if (begin + step + kMergeLateMs > now) break;
    if (!may_be_merged(part, merges) || left_alone.contains(part.name)) continue;
    auto& candidates = all[{part.kind, begin, is_old(part), part.rolled_up}];
    const bool fits = candidates.rows + part.rows <= kMergedRowsMax &&
                      candidates.octets + part.octets <= octets_max;
    const bool spoils = !candidates.parts.empty() &&
                        would_spoil_minutes(candidates.parts.front()->part(), part, parts);
    if (!fits || spoils) {
      if (candidates.parts.size() > 1) return candidates.parts;
      candidates = {};
    }
    candidates.parts.push_back(file);
    candidates.rows += part.rows;
    candidates.octets += part.octets;
  }
  for (auto& [key, candidates] : all) {
    if (candidates.parts.size() > 1) return std::move(candidates.parts);
  }
  return {};
}

}  // namespace

std::uint64_t Merge::octets() const {
  std::uint64_t octets = 0;
  for (const auto& source : sources) octets += source->part().octets;
  return octets;
}

void PutOff::add(const std::vector<PartPtr>& sources, base::UnixMs now,
                 const std::vector<PartPtr>& parts) {
  for (const auto& source : sources) {
    Wait& wait = waits_[source->part().name];
    wait.length = wait.length == 0 ? kFirstWaitMs : std::min(2 * wait.length, kLongestWaitMs);
    wait.until = now + wait.length;
  }
  std::set<std::string_view> names;
  for (const auto& file : parts) names.insert(file->part().name);
  std::erase_if(waits_, [&](const auto& one) { return !names.contains(one.first); });
}

void PutOff::add_waiting(base::UnixMs now, std::set<std::string>& names) const {
  for (const auto& [name, wait] : waits_) {
    if (now < wait.until) names.insert(name);
  }
}

std::optional<Merge> next_merge(const std::vector<PartPtr>& parts, base::UnixMs now,
                                std::uint64_t octets_max, const std::set<std::string>& left_alone) {
  for (unsigned merges = 1; merges <= kMergesMax; ++merges) {
    auto sources = of_one_step(parts, merges, now, octets_max, left_alone);
    if (!sources.empty()) return Merge{std::move(sources), merges};
  }
  return std::nullopt;
}

}  // namespace store
