#pragma once

#include <atomic>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "query/plan/plan.h"

namespace query {

// What an answer's column holds. Numbers with names of ours (locality, sampling_source, dir) and
// names (app) are Text; protocol and direction are Numbers, as exported.
enum class AnswerType : std::uint8_t {
  Number,   // int64
  Time,     // int64, Unix milliseconds
  Address,  // two uint64
  Text,
  Flag,  // bool, as a number 0 or 1
  Mac,   // the low 48 bits of a number
};

struct AnswerColumn {
  std::string name;
  AnswerType type;
};

// Values of one column. `valid[i]` 0: the exporter did not say. Which of the other members are
// filled follows from the column's type; those hold as many values as the chunk has rows. Engines
// keep one chunk and fill it again and again, so that nothing is allocated per row.
struct AnswerValues {
  std::vector<std::uint8_t> valid;
  std::vector<std::int64_t> numbers;
  std::vector<flow::Address> addresses;
  std::vector<std::string_view> texts;  // of the engine; gone once chunk() returns
};

struct AnswerChunk {
  std::size_t rows = 0;
  std::vector<AnswerValues> columns;  // as many as the head said
};

// Loss inside the asked range, from the ledger.
struct Loss {
  std::uint64_t sequence_gap = 0;  // units of the exporters' sequences
  std::uint64_t not_counted = 0;   // records
  std::uint64_t minutes = 0;       // minutes × exporters with either
};

// What an answer says of itself besides its rows.
struct AnswerSummary {
  TimeRange range;
  std::vector<std::int64_t> totals;  // per metric: all that passed the filter, cut rows included
  std::uint64_t rest_groups = 0;     // groups that `top` cut
  std::vector<std::int64_t> rest;    // per metric: their sum
  std::string tier;                  // "raw", "minute", "minute+raw"
  bool exact = true;
  std::vector<std::int64_t> bound;  // per metric: how much a row may be off; zeros when exact
  // Rows of the range from before this were dropped to make room; absent: none were.
  std::optional<base::UnixMs> kept_from;
  bool counted_only = true;         // rows of other observation points were left out
  std::uint64_t removed_bytes = 0;  // what leaving them out removed
  bool replaying = false;           // the journal is still being replayed: more will come
  Loss loss;
};

// Takes an answer as it is produced, in constant memory: head once, chunks in order. Rows come
// sorted by the first metric, falling, equal ones by their keys in the order of `by` (absent last,
// words by the number they stand for);
// with a step a group's steps follow each other, earliest first. Flows: by (received, all columns).
// Columns of sums: "time" (with a step), the keys, the metrics; of flows: those of flow/columns.h.
class AnswerSink {
 public:
  virtual ~AnswerSink() = default;
  virtual void head(const std::vector<AnswerColumn>& columns) = 0;
  // False: the receiver has gone; the query ends with Cancelled.
  virtual bool chunk(const AnswerChunk& chunk) = 0;
};

// Set by any thread; looked at before and during execution.
class Cancel {
 public:
  void set() { set_.store(true, std::memory_order_relaxed); }
  bool is_set() const { return set_.load(std::memory_order_relaxed); }

 private:
  std::atomic<bool> set_{false};
};

struct QueryError {
  enum class Kind : std::uint8_t { Cancelled, TooMuchMemory, Failed };
  Kind kind;
  std::string detail;
};

}  // namespace query
