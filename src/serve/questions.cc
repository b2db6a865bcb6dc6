#include "serve/questions.h"

#include <algorithm>
#include <map>
#include <utility>

namespace serve {

namespace {

// Rows may take back what others of the range counted, so the sums are made before anything is
// called loss. What was counted before the range and taken back in it is none.
query::Loss loss_of(const std::vector<flow::LedgerRow>& rows) {
  std::int64_t gap_sum = 0;
  std::int64_t not_counted_sum = 0;
  query::Loss loss;
  for (const flow::LedgerRow& row : rows) {
    const auto gap = static_cast<std::int64_t>(row.counts.sequence_gap);
    const auto not_counted = static_cast<std::int64_t>(row.counts.not_counted_sum());
    gap_sum += gap;
    not_counted_sum += not_counted;
    if (gap > 0 || not_counted > 0) ++loss.minutes;
  }
  loss.sequence_gap = static_cast<std::uint64_t>(std::max(gap_sum, std::int64_t{0}));
  loss.not_counted = static_cast<std::uint64_t>(std::max(not_counted_sum, std::int64_t{0}));
  return loss;
}

}  // namespace

Questions::Questions(store::Store& store, Uncommitted uncommitted)
    : store_(store), uncommitted_(std::move(uncommitted)) {}

base::Expected<query::AnswerSummary, query::QueryError> Questions::answer(
    const query::Plan& plan, query::AnswerSink& sink, const query::Cancel& cancel) {
  auto summary = store_.query(plan, sink, cancel);
  if (!summary) return summary;

  summary->loss = loss_of(ledger(plan.range));
  summary->replaying = uncommitted_.replaying();
  return summary;
}

std::vector<flow::LedgerRow> Questions::ledger(query::TimeRange range) const {
  range.from = base::floor_to(range.from, base::kMsPerMinute);
  // The uncommitted rows are asked for first: a barrier in between shows its rows twice for a
  // moment, never as missing.
  std::vector<flow::LedgerRow> rows = uncommitted_.ledger();
  std::erase_if(rows, [&](const flow::LedgerRow& row) {
    return row.minute < range.from || row.minute >= range.to;
  });
  const std::vector<flow::LedgerRow> committed = store_.ledger(range);
  rows.insert(rows.end(), committed.begin(), committed.end());

  std::map<std::pair<base::UnixMs, flow::Address>, flow::LedgerCounts> sums;
  for (const flow::LedgerRow& row : rows) sums[{row.minute, row.exporter}] += row.counts;
  rows.clear();
  for (const auto& [key, counts] : sums) rows.push_back({key.second, key.first, counts});
  return rows;
}

}  // namespace serve
