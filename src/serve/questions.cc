#include "serve/questions.h"

#include <algorithm>
#include <map>
#include <utility>

namespace serve {

Questions::Questions(store::Store& store, Uncommitted uncommitted)
    : store_(store), uncommitted_(std::move(uncommitted)) {}

base::Expected<query::AnswerSummary, query::QueryError> Questions::answer(
    const query::Plan& plan, query::AnswerSink& sink, const query::Cancel& cancel) {
  auto summary = store_.query(plan, sink, cancel);
  if (!summary) return summary;

  summary->loss = {};
  for (const flow::LedgerRow& row : ledger(plan.range)) {
    const std::uint64_t not_counted = row.counts.not_counted_sum();
    summary->loss.sequence_gap += row.counts.sequence_gap;
    summary->loss.not_counted += not_counted;
    if (row.counts.sequence_gap > 0 || not_counted > 0) ++summary->loss.minutes;
  }
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
