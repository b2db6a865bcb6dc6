#include <fmt/format.h>

#include <algorithm>
#include <cerrno>

#include "base/log.h"
#include "store/embedded/checksum.h"
#include "store/embedded/day_folder.h"
#include "store/embedded/embedded_store.h"

// Parts that are not, or may not be, what was committed.
namespace store {

using query::QueryError;

base::Expected<bool, base::IoError> EmbeddedStore::is_intact(const PartFile& part) {
  const auto digest = digest_of(part.file());
  if (digest) return *digest == FileDigest{part.part().octets, part.part().checksum};
  const int why = digest.error().errno_value;
  if (why == ENOENT || why == EIO) return false;
  return base::Unexpected(digest.error());
}

void EmbeddedStore::set_aside(const PartPtr& file) {
  const std::lock_guard lock(changing_);
  auto next = std::make_shared<StoreView>(*view_.get());
  const auto place = std::ranges::find_if(
      next->parts, [&](const PartPtr& one) { return one->part().name == file->part().name; });
  if (place == next->parts.end() || (*place)->part().set_aside) return;
  Part part = (*place)->part();
  part.set_aside = true;
  const std::string what =
      fmt::format("part {} is damaged: {} rows set aside", part.name, part.rows);
  if (held_ != nullptr) {
    ManifestChange change{.set_aside = {part.name}};
    const auto shares = manifest_.shares(part.name);
    if (!shares) {
      spdlog::error("cannot set {} aside: {}", part.name, base::to_text(shares.error()));
      return;
    }
    for (const auto& share : *shares) {
      flow::LedgerRow row{share.exporter, share.minute, {}};
      row.counts.flows -= share.rows;
      row.counts[flow::NotCounted::PartDamaged] = share.rows;
      change.ledger.push_back(row);
    }
    if (const auto done = manifest_.apply(change); !done) {
      spdlog::error("cannot set {} aside: {}", part.name, base::to_text(done.error()));
      return;
    }
    std::error_code problem;
    std::filesystem::create_directories(folder_ / kSetAside, problem);
    if (!problem)
      std::filesystem::rename(file->file(), folder_ / set_aside_name(part.name), problem);
    if (problem && problem != std::errc::no_such_file_or_directory) {
      spdlog::error("{} stays where it is: {}", file->file().string(), problem.message());
    }
  }
  spdlog::error("{}", what);
  note_problem(what);
  *place = part_file(part);
  view_.publish(std::move(next));
}

base::Expected<bool, QueryError> EmbeddedStore::set_damaged_aside(const std::vector<PartPtr>& parts,
                                                                  const query::Cancel& cancel) {
  bool any = false;
  for (const auto& part : parts) {
    if (cancel.is_set()) return base::Unexpected(QueryError{QueryError::Kind::Cancelled, ""});
    const auto intact = is_intact(*part);
    if (!intact)
      return base::Unexpected(QueryError{QueryError::Kind::Failed, base::to_text(intact.error())});
    if (*intact) continue;
    set_aside(part);
    any = true;
  }
  return any;
}

bool EmbeddedStore::is_unverified(const Part& part) const {
  const std::lock_guard lock(unverified_mutex_);
  return unverified_.contains(part.name);
}

// After a stop that was not clean each part is read once before it is believed; a second question
// waits for the one that reads it.
base::Expected<void, QueryError> EmbeddedStore::verify_once(const std::vector<PartPtr>& parts,
                                                            const query::Cancel& cancel) {
  for (const auto& part : parts) {
    if (!is_unverified(part->part())) continue;
    const std::lock_guard one_reads(verifying_);
    if (!is_unverified(part->part())) continue;
    if (auto done = set_damaged_aside({part}, cancel); !done) {
      return base::Unexpected(std::move(done.error()));
    }
    const std::lock_guard lock(unverified_mutex_);
    unverified_.erase(part->part().name);
  }
  return {};
}

}  // namespace store
