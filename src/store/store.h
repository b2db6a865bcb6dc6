#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/result.h"
#include "flow/handover.h"
#include "query/plan/answer.h"
#include "query/plan/plan.h"

namespace store {

// Everything that one segment's barrier commits together.
struct Commit {
  std::uint64_t segment = 0;  // the newest segment covered; older uncommitted ones are covered too
  flow::MinuteRows minutes;
  bool rolled_up = false;  // `minutes` holds all minute rows of the rows committed
  std::vector<flow::LedgerRow> ledger;
  std::vector<flow::ExporterState> exporters;
};

struct Part {
  std::string name;  // path below the data folder
  std::string kind;  // "flows", "hosts", "interfaces"
  std::uint64_t rows = 0;
  std::uint64_t octets = 0;
  std::uint64_t checksum = 0;  // XXH3 of the file
  base::UnixMs min_start = 0;  // effective times of its rows
  base::UnixMs max_end = 0;
  base::UnixMs min_received = 0;
  base::UnixMs max_received = 0;
  flow::ColumnMask columns = 0;  // of a flow part: the columns it holds
  // Of a flow part, what lets a question over it take the shorter way.
  bool plain_times = false;    // every row's start and end were said and are its effective times
  bool all_counted = false;    // no row has counted = false
  bool small_volumes = false;  // no row's bytes or packets × its sampling rate leave 63 bits
  bool rolled_up = false;      // its rows are also in minute rows
  std::uint64_t cut_rows = 0;  // of a rollup part: rows that are the rest of their minute
  std::uint64_t segment = 0;   // the newest journal segment it covers
  unsigned merges = 0;         // how often its rows were merged into a larger part
  bool set_aside = false;      // found damaged; not read any more
};

// What the last committed barrier left.
struct Recovered {
  std::uint64_t segment = 0;  // every segment up to and with this one is committed
  std::vector<flow::ExporterState> exporters;
};

struct StoreStatus {
  std::uint64_t used_octets = 0;
  std::uint64_t budget_octets = 0;
  std::uint64_t hot_rows = 0;
  std::uint64_t parts = 0;
  std::uint64_t parts_set_aside = 0;
  std::uint64_t rows_dropped_by_retention = 0;
  std::uint64_t commits_failed = 0;  // tried again; rows stay hot meanwhile
  std::uint64_t rows_refused = 0;    // given up because the disk stayed full
  std::uint64_t parts_merged = 0;    // into fewer, since the start
  std::uint64_t rows_merged = 0;
  std::uint64_t merges_deferred = 0;  // there was no room for the larger part yet
  std::uint64_t merges_failed = 0;    // tried again later, after others
  std::string last_problem;           // empty: none
};

// The one seam to an engine: the embedded one (Parquet parts and DuckDB), later ClickHouse.
// append(), commit() and merge_small_parts() are called by the store thread
// alone; the rest by any thread.
class Store {
 public:
  virtual ~Store() = default;

  // Makes the rows visible to queries at once.
  virtual void append(std::unique_ptr<flow::Batch> batch) = 0;

  // Makes all appended rows of segments ≤ commit.segment durable, with the rest of `commit`, in one
  // step: before it nothing of them counts after a crash, after it everything does. An error leaves
  // everything as it was; the caller tries again.
  virtual base::Expected<void, base::IoError> commit(const Commit& commit) = 0;

  // Makes one larger part of some small ones, of at most a million rows together, in one step like
  // a commit. False: none is to be made now. An error leaves everything as it was, and these parts
  // are tried again later, others first. `meanwhile` is
  // called every few thousand rows and may append(); when it answers false the merge is broken off,
  // and everything stays as it was.
  using Meanwhile = std::function<bool()>;
  virtual base::Expected<bool, base::IoError> merge_small_parts(base::UnixMs now,
                                                                const Meanwhile& meanwhile) = 0;

  // Runs a plan over one immutable view of hot rows and parts. The summary's `loss` is that of the
  // committed ledger.
  virtual base::Expected<query::AnswerSummary, query::QueryError> query(
      const query::Plan& plan, query::AnswerSink& sink, const query::Cancel& cancel) = 0;

  // An error of the next two: the ledger cannot be read, so no number of the range is to be told.
  using LedgerRows = std::vector<flow::LedgerRow>;
  // Committed ledger rows with from ≤ minute < to, summed per exporter and minute.
  virtual base::Expected<LedgerRows, query::QueryError> ledger(query::TimeRange range) const = 0;
  // The same summed per exporter, whatever the range's length; each row's minute is range.from.
  virtual base::Expected<LedgerRows, query::QueryError> ledger_sums(
      query::TimeRange range) const = 0;
  // What append() refused of segments that are not committed yet: the rows that correct what their
  // workers counted as flows. A commit takes them into the committed ledger.
  virtual std::vector<flow::LedgerRow> refused() const = 0;

  virtual std::vector<Part> parts() const = 0;
  virtual StoreStatus status() const = 0;
};

}  // namespace store
