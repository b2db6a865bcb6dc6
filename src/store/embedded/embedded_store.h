#pragma once

#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <string>
#include <tuple>
#include <vector>

#include "base/counters.h"
#include "base/disk_budget.h"
#include "base/snapshot.h"
#include "store/embedded/folder_lock.h"
#include "store/embedded/hot_batches.h"
#include "store/embedded/manifest.h"
#include "store/embedded/merge.h"
#include "store/embedded/part_writer.h"
#include "store/embedded/store_view.h"
#include "store/store.h"

namespace store {

class QueryThreads;

// The store of one data folder: Parquet parts below flows/ and rollups/, state.db, and hot batches
// in memory, read and written by DuckDB. See README.md for its threads and bounds.
class EmbeddedStore final : public Store {
 public:
  // Rows kept in memory while they cannot be committed; further ones are refused and counted.
  static constexpr std::uint64_t kHotRowsMax = 4'000'000;

  // Creates the folder when it is absent, holds it (flock) against other processes, sweeps files
  // that the manifest does not name. `budget` must outlive the store and already counts nothing of
  // it. An error with errno EWOULDBLOCK: another process holds the folder.
  static base::Expected<std::unique_ptr<EmbeddedStore>, base::IoError> open(
      const std::filesystem::path& folder, base::DiskBudget& budget);
  // Of a folder that nobody holds; writes nothing. Rows may be appended, never committed.
  static base::Expected<std::unique_ptr<EmbeddedStore>, base::IoError> open_read_only(
      const std::filesystem::path& folder);

  ~EmbeddedStore() override;

  // What the last committed barrier left; moved out.
  Recovered take_recovered() { return std::move(recovered_); }

  void append(std::unique_ptr<flow::Batch> batch) override;
  base::Expected<void, base::IoError> commit(const Commit& commit) override;
  base::Expected<bool, base::IoError> merge_small_parts(base::UnixMs now,
                                                        const Meanwhile& meanwhile) override;
  base::Expected<query::AnswerSummary, query::QueryError> query(
      const query::Plan& plan, query::AnswerSink& sink, const query::Cancel& cancel) override;
  base::Expected<LedgerRows, query::QueryError> ledger(query::TimeRange range) const override;
  base::Expected<LedgerRows, query::QueryError> ledger_sums(query::TimeRange range) const override;
  std::vector<flow::LedgerRow> refused() const override;
  std::vector<Part> parts() const override;
  StoreStatus status() const override;

  // Drops the oldest parts (FORMAT.md says which) until `octets` of the budget are free, or answers
  // ENOSPC. Store thread: what a commit does before it writes.
  base::Expected<void, base::IoError> make_room(std::uint64_t octets);

  // Reads all of a part. False: it is not what was committed, or the disk does not give it back. An
  // error says nothing of the part: this process is short of descriptors, say.
  static base::Expected<bool, base::IoError> is_intact(const PartFile& part);
  // Counts a damaged part's rows as lost in the ledger, reads it no more, and moves it to
  // set_aside/ where that can be. Any thread.
  void set_aside(const PartPtr& part);

 private:
  using Done = base::Expected<void, base::IoError>;
  using Written = std::vector<ManifestChange::Added>;
  // What a part may take beside its rows, until it is written and its size known.
  static constexpr std::uint64_t kOctetsPerPartMax = 256u << 10;

  EmbeddedStore(std::filesystem::path folder, base::DiskBudget* budget, state::StateDb db,
                state::StateDb reading_db);

  // embedded_store.cc
  Done load();
  Done sweep(const StoreView& view) const;
  Done write_parts(const std::vector<BatchPtr>& batches, const Commit& commit, Written& written);
  Done write_part(std::shared_ptr<const RowSource> rows, Part part, std::vector<PartShare> shares,
                  Written& written);
  template <class Row>
  Done write_minutes(std::vector<Row> rows, const Part& like, Written& written);
  void forget(const Written& written) const;
  PartPtr part_file(const Part& part) const;
  void publish_hot();
  void publish_refused();
  bool has_refused_of(std::uint64_t segment) const;  // or of one before
  void forget_refused(std::uint64_t segment);        // and those before
  void refuse(const flow::Batch& batch);
  void note_problem(const std::string& problem);
  base::Expected<query::Loss, query::QueryError> loss(query::TimeRange range) const;

  // merging.cc; carry_out() as merge_small_parts()
  base::Expected<bool, base::IoError> carry_out(const Merge& merge, const Meanwhile& meanwhile);
  Done write_merged(const Merge& merge, const Meanwhile& meanwhile, Written& written);
  Done write_merged_flows(const Merge& merge, const Meanwhile& meanwhile, Written& written);
  template <class Row>
  Done write_merged_minutes(const Merge& merge, const Meanwhile& meanwhile, Written& written);
  base::IoError cannot_read(const PartPtr& source, const duck::Error& error);
  static void describe_merge(const Merge& merge, Part& part);
  Done replace(const std::vector<PartPtr>& sources, const Written& written);
  void leave_room_for_merge(std::uint64_t octets);
  std::uint64_t merge_room() const;

  // retention.cc; reserve() takes the octets from the budget, dropping the oldest parts for them
  Done reserve(std::uint64_t octets);
  Done drop_oldest();

  // damaged_parts.cc
  base::Expected<void, query::QueryError> verify_once(const std::vector<PartPtr>& parts,
                                                      const query::Cancel& cancel);
  bool is_unverified(const Part& part) const;
  // Whether any was.
  base::Expected<bool, query::QueryError> set_damaged_aside(const std::vector<PartPtr>& parts,
                                                            const query::Cancel& cancel);

  const std::filesystem::path folder_;
  base::DiskBudget* const budget_;    // null: read only
  std::unique_ptr<FolderLock> held_;  // null: read only
  std::unique_ptr<PartWriter> writer_;
  Recovered recovered_;

  // Store thread only.
  HotBatches hot_;
  using RefusedKey = std::tuple<std::uint64_t, base::UnixMs, flow::Address>;  // segment, minute, of
  std::map<RefusedKey, flow::LedgerCounts> refused_;  // of segments that are not committed
  // Of parts that readers still hold: dropped ones, and merged ones.
  const std::shared_ptr<HeldOctets> owed_ = std::make_shared<HeldOctets>(0);
  const std::shared_ptr<HeldOctets> merged_held_ = std::make_shared<HeldOctets>(0);
  std::uint64_t next_part_ = 1;
  std::set<std::string> left_alone_;  // parts that could not be read; until the next start
  PutOff put_off_;                    // parts whose merge failed

  mutable std::mutex changing_;  // guards db_, and the publishing of views
  state::StateDb db_;
  Manifest manifest_;
  base::Snapshot<StoreView> view_;
  base::Snapshot<std::vector<flow::LedgerRow>> refused_rows_;  // what refused_ says, for any thread

  mutable std::mutex reading_;  // guards reading_db_
  state::StateDb reading_db_;

  std::mutex verifying_;                 // held while one of them is read, before unverified_mutex_
  mutable std::mutex unverified_mutex_;  // guards unverified_
  std::set<std::string> unverified_;     // parts not read since a stop that was not clean

  base::Counter commits_failed_;
  base::Counter rows_refused_;
  base::Counter rows_dropped_;
  base::Counter parts_merged_;
  base::Counter rows_merged_;
  base::Counter merges_deferred_;
  base::Counter merges_failed_;
  mutable std::mutex problem_mutex_;  // guards last_problem_
  std::string last_problem_;

  std::unique_ptr<QueryThreads> queries_;
};

}  // namespace store
