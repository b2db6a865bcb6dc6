#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/log.h"
#include "store/embedded/embedded_store.h"

// What goes so that something may be written (FORMAT.md).
namespace store {
namespace {

// Rollup parts are kept longer than flows, unless they are more than this share of all parts.
constexpr std::uint64_t kRollupShare = 3;

base::IoError disk_full(const std::filesystem::path& folder) {
  return {"write", folder.string(), ENOSPC, ""};
}

std::uint64_t sum_of_octets(const std::vector<PartPtr>& parts) {
  std::uint64_t sum = 0;
  for (const auto& file : parts) sum += file->part().octets;
  return sum;
}

// The minute of the earliest receipt that a part other than `dropped` holds.
base::UnixMs kept_from(const std::vector<PartPtr>& parts, const PartPtr& dropped) {
  base::UnixMs earliest = std::numeric_limits<base::UnixMs>::max();
  for (const auto& file : parts) {
    if (file != dropped) earliest = std::min(earliest, file->part().min_received);
  }
  // Minutes of which only the ledger knows stay until a part after them goes.
  if (earliest > dropped->part().max_received) earliest = dropped->part().max_received;
  return base::floor_to(earliest, base::kMsPerMinute);
}

}  // namespace

base::Expected<void, base::IoError> EmbeddedStore::make_room(std::uint64_t octets) {
  if (auto done = reserve(octets); !done) return done;
  budget_->give_back(octets);
  return {};
}

EmbeddedStore::Done EmbeddedStore::reserve(std::uint64_t octets) {
  // Nothing goes for what would not fit in its place either.
  // (The view is not held: files go with the last one that names them.)
  const std::uint64_t can_go = *owed_ + sum_of_octets(view_.get()->parts);
  const std::uint64_t used = budget_->used_octets();
  if (used - std::min(used, can_go) + octets > budget_->limit_octets()) {
    return base::Unexpected(disk_full(folder_));
  }
  while (!budget_->take(octets)) {
    // Readers still hold some of what was dropped; its octets come back when they are done.
    if (budget_->used_octets() + octets <= budget_->limit_octets() + *owed_) {
      return base::Unexpected(disk_full(folder_));
    }
    if (auto dropped = drop_oldest(); !dropped) return dropped;
  }
  return {};
}

EmbeddedStore::Done EmbeddedStore::drop_oldest() {
  const std::lock_guard lock(changing_);
  auto next = std::make_shared<StoreView>(*view_.get());
  std::uint64_t all = 0;
  std::uint64_t rollups = 0;
  for (const auto& file : next->parts) {
    all += file->part().octets;
    if (file->part().kind != "flows") rollups += file->part().octets;
  }
  const bool rollups_first = rollups > all / kRollupShare;
  auto oldest = std::ranges::find_if(next->parts, [&](const PartPtr& file) {
    return (file->part().kind != "flows") == rollups_first;
  });
  if (oldest == next->parts.end()) oldest = next->parts.begin();
  if (oldest == next->parts.end()) return base::Unexpected(disk_full(folder_));
  const PartPtr file = *oldest;
  const Part& part = file->part();
  ManifestChange change{.removed = {part.name}, .ledger_from = kept_from(next->parts, *oldest)};
  auto& dropped_to = part.kind == "flows" ? next->flows_dropped_to : next->rollups_dropped_to;
  dropped_to = std::max(dropped_to, part.max_end + 1);
  change.facts = {{kFlowsDroppedTo, next->flows_dropped_to},
                  {kRollupsDroppedTo, next->rollups_dropped_to}};
  if (part.kind == "flows" && !part.set_aside) {
    change.facts.emplace_back(kRowsDropped,
                              static_cast<std::int64_t>(rows_dropped_.get() + part.rows));
  }
  if (const auto done = manifest_.apply(change); !done) return base::Unexpected(done.error());
  if (part.kind == "flows" && !part.set_aside) rows_dropped_.add(part.rows);
  spdlog::info("dropped {} ({} rows) to make room", part.name, part.rows);
  file->drop(owed_);
  next->parts.erase(oldest);
  view_.publish(std::move(next));
  return {};
}

}  // namespace store
