#include "store/embedded/embedded_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <cerrno>
#include <limits>

#include "base/crash_point.h"
#include "base/log.h"
#include "store/embedded/checksum.h"
#include "store/embedded/day_folder.h"
#include "store/embedded/minute_source.h"
#include "store/embedded/query_run.h"
#include "store/embedded/query_threads.h"

namespace store {

using query::QueryError;

namespace {

// What a row may take, until it is written and its size known.
constexpr std::uint64_t kOctetsPerRowMax = 64;
// A question is asked again at most this often because parts were set aside.
constexpr int kAttempts = 8;

QueryError cancelled() {
  return {QueryError::Kind::Cancelled, ""};
}

QueryError failed(const std::string& why) {
  return {QueryError::Kind::Failed, why};
}

QueryError unread_ledger(const base::IoError& error) {
  return failed("cannot read the ledger: " + base::to_text(error));
}

}  // namespace

base::Expected<std::unique_ptr<EmbeddedStore>, base::IoError> EmbeddedStore::open(
    const std::filesystem::path& given, base::DiskBudget& budget) {
  std::error_code problem;
  std::filesystem::create_directories(given, problem);
  const auto folder =
      problem ? given : std::filesystem::absolute(given, problem).lexically_normal();
  if (problem) {
    return base::Unexpected(base::IoError{"create folder", given.string(), problem.value(), ""});
  }
  auto held = FolderLock::take(folder);
  if (!held) return base::Unexpected(held.error());
  auto db = state::StateDb::open(folder / "state.db");
  if (!db) return base::Unexpected(db.error());
  auto reading_db = state::StateDb::open(folder / "state.db");
  if (!reading_db) return base::Unexpected(reading_db.error());
  auto writer = PartWriter::open(folder);
  if (!writer) return base::Unexpected(writer.error());
  std::unique_ptr<EmbeddedStore> store(
      new EmbeddedStore(folder, &budget, std::move(*db), std::move(*reading_db)));
  store->held_ = std::move(*held);
  store->writer_ = std::move(*writer);
  if (auto loaded = store->load(); !loaded) return base::Unexpected(loaded.error());
  if (auto swept = store->sweep(*store->view_.get()); !swept) {
    return base::Unexpected(swept.error());
  }
  return store;
}

base::Expected<std::unique_ptr<EmbeddedStore>, base::IoError> EmbeddedStore::open_read_only(
    const std::filesystem::path& given) {
  std::error_code problem;
  const auto folder = std::filesystem::absolute(given, problem).lexically_normal();
  {
    // Only to see whether somebody holds it: a question must not keep a server from starting.
    const auto held = FolderLock::take(folder);
    if (!held) return base::Unexpected(held.error());
  }
  auto db = state::StateDb::open_read_only(folder / "state.db");
  if (!db) return base::Unexpected(db.error());
  auto reading_db = state::StateDb::open_read_only(folder / "state.db");
  if (!reading_db) return base::Unexpected(reading_db.error());
  std::unique_ptr<EmbeddedStore> store(
      new EmbeddedStore(folder, nullptr, std::move(*db), std::move(*reading_db)));
  if (auto loaded = store->load(); !loaded) return base::Unexpected(loaded.error());
  return store;
}

EmbeddedStore::EmbeddedStore(std::filesystem::path folder, base::DiskBudget* budget,
                             state::StateDb db, state::StateDb reading_db)
    : folder_(std::move(folder)),
      budget_(budget),
      db_(std::move(db)),
      manifest_(db_),
      reading_db_(std::move(reading_db)),
      queries_(std::make_unique<QueryThreads>(folder_)) {}

EmbeddedStore::~EmbeddedStore() {
  if (held_ == nullptr) return;
  const std::lock_guard lock(changing_);
  ManifestChange closed;
  closed.facts.emplace_back(kOpenedUnclean, 0);
  if (const auto done = manifest_.apply(closed); !done) {
    spdlog::warn("the store did not close cleanly: {}", base::to_text(done.error()));
  }
}

EmbeddedStore::Done EmbeddedStore::load() {
  auto parts = manifest_.parts();
  if (!parts) return base::Unexpected(parts.error());
  auto exporters = manifest_.exporters();
  if (!exporters) return base::Unexpected(exporters.error());
  recovered_.exporters = std::move(*exporters);
  std::map<std::string, std::int64_t> facts;
  for (const char* name : {kCommittedSegment, kNextPart, kOpenedUnclean, kFlowsDroppedTo,
                           kRollupsDroppedTo, kRowsDropped}) {
    const auto fact = manifest_.fact(name);
    if (!fact) return base::Unexpected(fact.error());
    facts[name] = *fact;
  }
  recovered_.segment = static_cast<std::uint64_t>(facts[kCommittedSegment]);
  next_part_ = static_cast<std::uint64_t>(facts[kNextPart]) + 1;
  rows_dropped_.set(static_cast<std::uint64_t>(facts[kRowsDropped]));
  auto view = std::make_shared<StoreView>();
  view->flows_dropped_to = facts[kFlowsDroppedTo];
  view->rollups_dropped_to = facts[kRollupsDroppedTo];
  for (const Part& part : *parts) {
    view->parts.push_back(part_file(part));
    if (budget_ != nullptr) budget_->take_over(part.octets);
    if (facts[kOpenedUnclean] != 0 && !part.set_aside) unverified_.insert(part.name);
  }
  view_.publish(std::move(view));
  if (held_ == nullptr) return {};
  ManifestChange opened;
  opened.facts.emplace_back(kOpenedUnclean, 1);
  return manifest_.apply(opened);
}

// Removes what a crash left between a part's first octet and its commit, and old spill files.
EmbeddedStore::Done EmbeddedStore::sweep(const StoreView& view) const {
  std::set<std::filesystem::path> known;
  for (const auto& part : view.parts) known.insert(part->file());
  std::error_code problem;
  std::filesystem::remove_all(folder_ / "spill", problem);
  for (const char* top : {"flows", "rollups"}) {
    if (!std::filesystem::exists(folder_ / top, problem)) continue;
    std::vector<std::filesystem::path> unknown;
    const std::filesystem::recursive_directory_iterator end;
    for (std::filesystem::recursive_directory_iterator at(folder_ / top, problem);
         !problem && at != end; at.increment(problem)) {
      std::error_code vanished;
      if (at->is_regular_file(vanished) && !known.contains(at->path())) {
        unknown.push_back(at->path());
      }
    }
    if (problem) {
      return base::Unexpected(base::IoError{"list", (folder_ / top).string(), problem.value(), ""});
    }
    for (const auto& file : unknown) {
      spdlog::info("removing {}: it was not committed", file.string());
      if (!std::filesystem::remove(file, problem) || problem) {
        return base::Unexpected(base::IoError{"remove", file.string(), problem.value(), ""});
      }
    }
  }
  return {};
}

// A damaged part stays at its old place where it could not be moved: the process ended between the
// manifest's change and the move, or the disk is full.
PartPtr EmbeddedStore::part_file(const Part& part) const {
  std::filesystem::path file = folder_ / part.name;
  std::error_code unknown;
  if (part.set_aside && !std::filesystem::exists(file, unknown)) {
    file = folder_ / set_aside_name(part.name);
  }
  return std::make_shared<const PartFile>(part, std::move(file), budget_);
}

void EmbeddedStore::append(std::unique_ptr<flow::Batch> batch) {
  if (hot_.rows() + batch->rows() > kHotRowsMax) {
    refuse(*batch);
    return;
  }
  hot_.append(std::move(batch));
  publish_hot();
}

void EmbeddedStore::publish_hot() {
  const std::lock_guard lock(changing_);
  auto next = std::make_shared<StoreView>(*view_.get());
  next->hot = hot_.all();
  view_.publish(std::move(next));
}

// The rows were in a datagram that is committed all the same: the ledger says that they are not.
void EmbeddedStore::refuse(const flow::Batch& batch) {
  for (std::size_t row = 0; row < batch.rows(); ++row) {
    const flow::FlowRecord flow = batch.record(row);
    const auto minute = base::floor_to(flow.received, base::kMsPerMinute);
    auto& counts = refused_[{batch.segment, minute, flow.exporter}];
    --counts.flows;
    ++counts[flow::NotCounted::StoreRefused];
  }
  rows_refused_.add(batch.rows());
  publish_refused();
}

void EmbeddedStore::publish_refused() {
  auto rows = std::make_shared<std::vector<flow::LedgerRow>>();
  for (const auto& [key, counts] : refused_) {
    const auto& [segment, minute, exporter] = key;
    rows->push_back({exporter, minute, counts});
  }
  refused_rows_.publish(std::move(rows));
}

bool EmbeddedStore::has_refused_of(std::uint64_t segment) const {
  return !refused_.empty() && std::get<std::uint64_t>(refused_.begin()->first) <= segment;
}

void EmbeddedStore::forget_refused(std::uint64_t segment) {
  if (!has_refused_of(segment)) return;
  std::erase_if(refused_,
                [&](const auto& one) { return std::get<std::uint64_t>(one.first) <= segment; });
  publish_refused();
}

std::vector<flow::LedgerRow> EmbeddedStore::refused() const {
  return *refused_rows_.get();
}

base::Expected<void, base::IoError> EmbeddedStore::commit(const Commit& commit) {
  const auto batches = hot_.up_to(commit.segment);
  Written written;
  auto done = write_parts(batches, commit, written);
  if (done) {
    CRASH_POINT("between_rename_and_commit");
    ManifestChange change{.added = written,
                          .ledger = commit.ledger,
                          .exporters = commit.exporters,
                          .segment = commit.segment};
    for (const auto& [key, counts] : refused_) {
      const auto& [segment, minute, exporter] = key;
      if (segment <= commit.segment) change.ledger.push_back({exporter, minute, counts});
    }
    change.facts = {{kCommittedSegment, static_cast<std::int64_t>(commit.segment)},
                    {kNextPart, static_cast<std::int64_t>(next_part_)}};
    const std::lock_guard lock(changing_);
    done = manifest_.apply(change);
    if (done) {
      hot_.remove_up_to(commit.segment);
      forget_refused(commit.segment);
      auto next = std::make_shared<StoreView>(*view_.get());
      next->hot = hot_.all();
      for (const auto& added : written) next->parts.push_back(part_file(added.part));
      sort_by_receipt(next->parts);
      view_.publish(std::move(next));
      return {};
    }
  }
  forget(written);
  commits_failed_.add();
  note_problem(base::to_text(done.error()));
  return done;
}

EmbeddedStore::Done EmbeddedStore::write_parts(const std::vector<BatchPtr>& batches,
                                               const Commit& commit, Written& written) {
  std::uint64_t rows = commit.minutes.hosts.size() + commit.minutes.interfaces.size();
  for (const auto& batch : batches) rows += batch->rows();
  const std::uint64_t reserved = rows * kOctetsPerRowMax + 3 * kOctetsPerPartMax;
  leave_room_for_merge(reserved);
  if (auto room = reserve(reserved); !room) return room;
  auto done = [&]() -> Done {
    // Minute rows of flows that were refused would tell of what no part holds.
    const bool rolled_up = commit.rolled_up && !has_refused_of(commit.segment);
    Part like;  // what all parts of the commit have in common
    like.segment = commit.segment;
    like.min_received = std::numeric_limits<base::UnixMs>::max();
    for (auto& plan : plan_parts(batches)) {
      plan.part.segment = commit.segment;
      plan.part.rolled_up = rolled_up;
      like.min_received = std::min(like.min_received, plan.part.min_received);
      like.max_received = std::max(like.max_received, plan.part.max_received);
      auto source = std::make_shared<const OrderedRows>(batches, plan.order, plan.part.columns);
      if (auto one = write_part(source, plan.part, std::move(plan.shares), written); !one) {
        return one;
      }
    }
    if (!rolled_up) return {};
    if (auto one = write_minutes(commit.minutes.hosts, like, written); !one) return one;
    return write_minutes(commit.minutes.interfaces, like, written);
  }();
  budget_->give_back(reserved);
  budget_->take_over(octets_of(written));
  return done;
}

template <class Row>
EmbeddedStore::Done EmbeddedStore::write_minutes(std::vector<Row> rows, const Part& like,
                                                 Written& written) {
  if (rows.empty()) return {};
  merge_equal_keys(rows);
  Part part = describe(std::span<const Row>(rows));
  part.segment = like.segment;
  part.max_received = std::max(like.max_received, part.min_start);
  part.min_received = std::min(like.min_received, part.max_received);
  return write_part(std::make_shared<const MinuteSource<Row>>(rows), part, {}, written);
}

EmbeddedStore::Done EmbeddedStore::write_part(std::shared_ptr<const RowSource> rows, Part part,
                                              std::vector<PartShare> shares, Written& written) {
  part.name = part_name(part.kind, part.max_received, next_part_++);
  auto done = writer_->write(std::move(rows), std::move(part));
  if (!done) return base::Unexpected(done.error());
  written.push_back({std::move(*done), std::move(shares)});
  return {};
}

// Parts whose commit failed: the rows are still hot and will be written again.
void EmbeddedStore::forget(const Written& written) const {
  budget_->give_back(octets_of(written));
  std::error_code ignored;  // the next start sweeps what is left
  for (const auto& added : written) std::filesystem::remove(folder_ / added.part.name, ignored);
}

base::Expected<query::AnswerSummary, QueryError> EmbeddedStore::query(const query::Plan& plan,
                                                                      query::AnswerSink& sink,
                                                                      const query::Cancel& cancel) {
  for (int attempt = 0;; ++attempt) {
    if (auto read = verify_once(choose_scans(plan, *view_.get()).parts(), cancel); !read) {
      return base::Unexpected(std::move(read.error()));
    }
    const auto view = view_.get();
    const ScanChoice choice = choose_scans(plan, *view);
    base::Expected<query::AnswerSummary, QueryFailure> answer;
    const auto ran = queries_->run(cancel, [&](duck::Connection& connection, RowSources& sources) {
      answer = answer_plan(plan, choice, sink, connection, sources);
    });
    if (!ran) return base::Unexpected(ran.error());
    if (answer) {
      const auto lost = loss(plan.range);
      if (!lost) return base::Unexpected(lost.error());
      answer->loss = *lost;
      return std::move(*answer);
    }
    const QueryFailure& failure = answer.error();
    if (failure.receiver_gone || cancel.is_set() ||
        failure.error.kind == duck::Error::Kind::Interrupted) {
      return base::Unexpected(cancelled());
    }
    if (failure.error.kind == duck::Error::Kind::OutOfMemory) {
      return base::Unexpected(QueryError{QueryError::Kind::TooMuchMemory, failure.error.text});
    }
    if (failure.error.kind != duck::Error::Kind::Io) {
      return base::Unexpected(failed(failure.error.text));
    }
    // The reader says little of why; a part it could not read may not be what was committed.
    const auto damaged = set_damaged_aside(choice.parts(), cancel);
    if (!damaged) return base::Unexpected(damaged.error());
    if (!*damaged || failure.began || attempt == kAttempts) {
      return base::Unexpected(failed(failure.error.text));
    }
  }
}

// No number without its loss: a question whose loss is not known has failed.
base::Expected<query::Loss, QueryError> EmbeddedStore::loss(query::TimeRange range) const {
  const std::lock_guard lock(reading_);
  // Of whole minutes: a minute of which the range has a part counts.
  const auto lost =
      Manifest(reading_db_).loss({base::floor_to(range.from, base::kMsPerMinute), range.to});
  if (lost) return *lost;
  return base::Unexpected(unread_ledger(lost.error()));
}

base::Expected<Store::LedgerRows, QueryError> EmbeddedStore::ledger(query::TimeRange range) const {
  const std::lock_guard lock(reading_);
  return Manifest(reading_db_).ledger(range).map_error(unread_ledger);
}

base::Expected<Store::LedgerRows, QueryError> EmbeddedStore::ledger_sums(
    query::TimeRange range) const {
  const std::lock_guard lock(reading_);
  return Manifest(reading_db_).ledger_sums(range).map_error(unread_ledger);
}

std::vector<Part> EmbeddedStore::parts() const {
  std::vector<Part> parts;
  const auto view = view_.get();
  for (const auto& file : view->parts) parts.push_back(file->part());
  return parts;
}

StoreStatus EmbeddedStore::status() const {
  const auto view = view_.get();
  StoreStatus status;
  if (budget_ != nullptr) {
    status.used_octets = budget_->used_octets();
    status.budget_octets = budget_->limit_octets();
  }
  for (const auto& batch : view->hot) status.hot_rows += batch->rows();
  status.parts = view->parts.size();
  for (const auto& file : view->parts) status.parts_set_aside += file->part().set_aside ? 1 : 0;
  status.rows_dropped_by_retention = rows_dropped_.get();
  status.commits_failed = commits_failed_.get();
  status.rows_refused = rows_refused_.get();
  status.parts_merged = parts_merged_.get();
  status.rows_merged = rows_merged_.get();
  status.merges_deferred = merges_deferred_.get();
  status.merges_failed = merges_failed_.get();
  const std::lock_guard lock(problem_mutex_);
  status.last_problem = last_problem_;
  return status;
}

void EmbeddedStore::note_problem(const std::string& problem) {
  const std::lock_guard lock(problem_mutex_);
  last_problem_ = problem;
}

}  // namespace store
