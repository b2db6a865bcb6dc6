#include "store/embedded/scan_choice.h"

#include <algorithm>
#include <map>
#include <tuple>

namespace store {
namespace {

using query::TimeRange;

bool is_empty(const TimeRange& range) {
  return range.from >= range.to;
}

bool touches(const Part& part, const TimeRange& range) {
  return part.max_end >= range.from && part.min_start < range.to;
}

// The whole minutes inside the range.
TimeRange whole_minutes(const TimeRange& range) {
  return {base::floor_to(range.from + base::kMsPerMinute - 1, base::kMsPerMinute),
          base::floor_to(range.to, base::kMsPerMinute)};
}

// The rollup parts of the set, or nothing where they cannot give the exact answer: something of
// them was cut or never made, is damaged, or was dropped while the flows are still there.
std::optional<std::vector<PartPtr>> minute_parts(const char* kind, const TimeRange& range,
                                                 const StoreView& view) {
  if (view.rollups_dropped_to > std::max(range.from, view.flows_dropped_to)) return std::nullopt;
  std::vector<PartPtr> parts;
  for (const auto& file : view.parts) {
    const Part& part = file->part();
    if (!touches(part, range)) continue;
    if (part.kind == "flows" && !part.rolled_up) return std::nullopt;
    if (part.kind != kind) continue;
    if (part.set_aside || part.cut_rows > 0) return std::nullopt;
    parts.push_back(file);
  }
  return parts;
}

void choose_flows(const TimeRange& range, const StoreView& view, ScanChoice& choice) {
  if (is_empty(range)) return;
  if (view.flows_dropped_to > range.from) choice.kept_from = view.flows_dropped_to;
  using Likeness = std::tuple<flow::ColumnMask, bool, bool, bool, bool, bool>;
  std::map<Likeness, ScanChoice::PartGroup> groups;
  for (const auto& file : view.parts) {
    const Part& part = file->part();
    if (part.kind != "flows" || part.set_aside || !touches(part, range)) continue;
    const bool cuts_from = part.min_start < range.from;
    const bool cuts_to = part.max_end >= range.to;
    auto& group = groups[{part.columns, part.plain_times, part.all_counted, part.small_volumes,
                          cuts_from, cuts_to}];
    group.scan = {.columns = part.columns,
                  .plain_times = part.plain_times,
                  .all_counted = part.all_counted,
                  .small_volumes = part.small_volumes,
                  .range = range,
                  .cuts_from = cuts_from,
                  .cuts_to = cuts_to};
    group.parts.push_back(file);
  }
  for (auto& [likeness, group] : groups) choice.flows.push_back(std::move(group));
}

bool all_counted(const flow::Batch& batch) {
  constexpr flow::ColumnMask kCounted = flow::bit(flow::Column::counted);
  if ((batch.filled() & kCounted) == 0) return true;
  const auto counted = batch.values<bool>(flow::Column::counted);
  const auto presence = batch.presence();
  for (std::size_t row = 0; row < counted.size(); ++row) {
    if (!counted[row] && (presence[row] & kCounted) != 0) return false;
  }
  return true;
}

void choose_hot(const TimeRange& range, const StoreView& view, ScanChoice& choice) {
  auto hot = std::make_shared<const HotRows>(view.hot, range.from, range.to);
  if (hot->rows() == 0) return;
  choice.hot = std::move(hot);
  choice.hot_scan = {.has_effective_times = true, .range = range};
  choice.hot_scan.all_counted = true;
  for (const auto& batch : choice.hot->batches()) {
    choice.hot_scan.columns |= batch->filled();
    choice.hot_scan.all_counted = choice.hot_scan.all_counted && all_counted(*batch);
  }
}

}  // namespace

std::vector<PartPtr> ScanChoice::parts() const {
  std::vector<PartPtr> all = minutes;
  for (const auto& group : flows) all.insert(all.end(), group.parts.begin(), group.parts.end());
  return all;
}

std::string ScanChoice::tier() const {
  if (!uses_minutes()) return "raw";
  return flows.empty() && hot == nullptr ? "minute" : "minute+raw";
}

ScanChoice choose_scans(const query::Plan& plan, const StoreView& view) {
  ScanChoice choice;
  choose_hot(plan.range, view, choice);
  const MinuteSet set = minute_set_for(plan);
  const TimeRange minutes = whole_minutes(plan.range);
  if (set != MinuteSet::None && !is_empty(minutes)) {
    auto parts = minute_parts(set == MinuteSet::Hosts ? "hosts" : "interfaces", minutes, view);
    if (parts) {
      choice.minutes = std::move(*parts);
      choice.minutes_range = minutes;
      choose_flows({plan.range.from, minutes.from}, view, choice);
      choose_flows({minutes.to, plan.range.to}, view, choice);
      if (view.rollups_dropped_to > minutes.from) {
        choice.kept_from = std::max(choice.kept_from.value_or(0), view.rollups_dropped_to);
      }
      return choice;
    }
  }
  choose_flows(plan.range, view, choice);
  return choice;
}

}  // namespace store
