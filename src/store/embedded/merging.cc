#include <algorithm>
#include <iterator>
#include <limits>

#include "base/crash_point.h"
#include "store/embedded/embedded_store.h"
#include "store/embedded/merge.h"
#include "store/embedded/minute_source.h"
#include "store/embedded/part_reader.h"
#include "store/embedded/seal_order.h"

// Small parts become larger ones, through the same sort and writer as a seal.
namespace store {
namespace {

// Calls `meanwhile` before each piece: the store thread then takes in what workers hand over.
class AttentiveRows final : public RowSource {
 public:
  AttentiveRows(std::unique_ptr<const RowSource> rows, const Store::Meanwhile& meanwhile)
      : rows_(std::move(rows)), meanwhile_(meanwhile) {}

  std::span<const Field> fields() const override { return rows_->fields(); }
  std::uint64_t rows() const override { return rows_->rows(); }
  std::size_t pieces() const override { return rows_->pieces(); }
  std::size_t rows_of(std::size_t piece) const override { return rows_->rows_of(piece); }
  bool goes_on() const override { return meanwhile_(); }
  void fill(std::size_t piece, std::size_t field, duckdb_vector vector) const override {
    rows_->fill(piece, field, vector);
  }

 private:
  const std::unique_ptr<const RowSource> rows_;
  const Store::Meanwhile& meanwhile_;
};

}  // namespace

base::Expected<bool, base::IoError> EmbeddedStore::merge_small_parts(base::UnixMs now,
                                                                     const Meanwhile& caller) {
  bool is_broken_off = false;
  const Meanwhile meanwhile = [&] {
    is_broken_off = is_broken_off || !caller();
    return !is_broken_off;
  };
  auto left_alone = left_alone_;
  put_off_.add_waiting(now, left_alone);
  const auto merge = next_merge(view_.get()->parts, now, merge_room(), left_alone);
  if (!merge) return false;
  auto made = carry_out(*merge, meanwhile);
  if (made) return made;
  if (is_broken_off) return false;
  merges_failed_.add();
  put_off_.add(merge->sources, now, view_.get()->parts);
  return made;
}

base::Expected<bool, base::IoError> EmbeddedStore::carry_out(const Merge& merge,
                                                             const Meanwhile& meanwhile) {
  for (const auto& source : merge.sources) {
    if (!meanwhile()) return false;
    const auto intact = is_intact(*source);
    if (!intact) return base::Unexpected(intact.error());
    if (*intact) continue;
    set_aside(source);
    left_alone_.insert(source->part().name);
    return true;  // the next one is made without it
  }
  const std::uint64_t reserved = merge.octets() + kOctetsPerPartMax;
  // Merged parts that readers still hold lie on the disk beside the budget, in the room that
  // commits leave.
  if (*merged_held_ + merge.octets() > merge_room() || !budget_->take(reserved)) {
    merges_deferred_.add();
    return false;
  }
  Written written;
  auto done = write_merged(merge, meanwhile, written);
  budget_->give_back(reserved);
  budget_->take_over(octets_of(written));
  if (done) {
    CRASH_POINT("between_merge_and_commit");
    done = replace(merge.sources, written);
  }
  if (!done) {
    forget(written);
    return base::Unexpected(done.error());
  }
  CRASH_POINT("between_merge_commit_and_unlink");
  parts_merged_.add(merge.sources.size());
  for (const auto& source : merge.sources) rows_merged_.add(source->part().rows);
  return true;
}

// Its rows cannot be had: it is left alone until the next start, unless reading was broken off.
base::IoError EmbeddedStore::cannot_read(const PartPtr& source, const duck::Error& error) {
  if (error.kind != duck::Error::Kind::Interrupted) left_alone_.insert(source->part().name);
  return {"read", source->file().string(), 0, error.text};
}

EmbeddedStore::Done EmbeddedStore::write_merged(const Merge& merge, const Meanwhile& meanwhile,
                                                Written& written) {
  const std::string& kind = merge.sources.front()->part().kind;
  if (kind == "flows") return write_merged_flows(merge, meanwhile, written);
  if (kind == "hosts") return write_merged_minutes<flow::HostMinute>(merge, meanwhile, written);
  return write_merged_minutes<flow::InterfaceMinute>(merge, meanwhile, written);
}

EmbeddedStore::Done EmbeddedStore::write_merged_flows(const Merge& merge,
                                                      const Meanwhile& meanwhile,
                                                      Written& written) {
  std::vector<std::unique_ptr<flow::Batch>> read;
  for (const auto& source : merge.sources) {
    if (const auto done = read_flows(*source, writer_->connection(), meanwhile, read); !done) {
      return base::Unexpected(cannot_read(source, done.error()));
    }
  }
  const std::vector<BatchPtr> batches(std::make_move_iterator(read.begin()),
                                      std::make_move_iterator(read.end()));
  for (auto& plan : plan_parts(batches)) {
    describe_merge(merge, plan.part);
    auto rows = std::make_unique<const OrderedRows>(batches, plan.order, plan.part.columns);
    auto source = std::make_shared<const AttentiveRows>(std::move(rows), meanwhile);
    if (auto one = write_part(source, plan.part, std::move(plan.shares), written); !one) return one;
  }
  return {};
}

template <class Row>
EmbeddedStore::Done EmbeddedStore::write_merged_minutes(const Merge& merge,
                                                        const Meanwhile& meanwhile,
                                                        Written& written) {
  std::vector<Row> rows;
  for (const auto& source : merge.sources) {
    if (const auto done = read_minutes(*source, writer_->connection(), meanwhile, rows); !done) {
      return base::Unexpected(cannot_read(source, done.error()));
    }
  }
  merge_equal_keys(rows);
  Part part = describe(std::span<const Row>(rows));
  describe_merge(merge, part);
  part.min_received = std::numeric_limits<base::UnixMs>::max();
  for (const auto& source : merge.sources) {
    part.min_received = std::min(part.min_received, source->part().min_received);
    part.max_received = std::max(part.max_received, source->part().max_received);
  }
  auto source = std::make_shared<const AttentiveRows>(
      std::make_unique<const MinuteSource<Row>>(rows), meanwhile);
  return write_part(source, part, {}, written);
}

// What the rows do not say.
void EmbeddedStore::describe_merge(const Merge& merge, Part& part) {
  part.merges = merge.merges;
  part.rolled_up = merge.sources.front()->part().rolled_up;
  for (const auto& source : merge.sources) {
    part.segment = std::max(part.segment, source->part().segment);
  }
}

EmbeddedStore::Done EmbeddedStore::replace(const std::vector<PartPtr>& sources,
                                           const Written& written) {
  ManifestChange change{.added = written};
  for (const auto& source : sources) change.removed.push_back(source->part().name);
  change.facts = {{kNextPart, static_cast<std::int64_t>(next_part_)}};
  const std::lock_guard lock(changing_);
  auto next = std::make_shared<StoreView>(*view_.get());
  for (const auto& source : sources) {
    // A question may have found one damaged in the meantime.
    if (std::erase(next->parts, source) == 0) {
      return base::Unexpected(base::IoError{"merge", source->part().name, 0, "it was set aside"});
    }
  }
  if (auto done = manifest_.apply(change); !done) return done;
  for (const auto& source : sources) source->replace(merged_held_);
  for (const auto& added : written) next->parts.push_back(part_file(added.part));
  sort_by_receipt(next->parts);
  view_.publish(std::move(next));
  return {};
}

// Commits leave room of the budget for one merge, so that merges go on where it is always full.
void EmbeddedStore::leave_room_for_merge(std::uint64_t octets) {
  // Else a merge waits; the commit asks for its own.
  static_cast<void>(make_room(octets + kOctetsPerPartMax + merge_room()));
}

// What the parts of one merge may take.
std::uint64_t EmbeddedStore::merge_room() const {
  constexpr std::uint64_t kMergeRoomMax = 64u << 20;
  constexpr std::uint64_t kMergeRoomShare = 32;
  return std::min(kMergeRoomMax, budget_->limit_octets() / kMergeRoomShare);
}

}  // namespace store
