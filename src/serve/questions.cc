#include "serve/questions.h"

#include <algorithm>
#include <map>
#include <utility>

namespace serve {

namespace {

// Minutes that touch the range.
query::TimeRange minutes_of(query::TimeRange range) {
  return {base::floor_to(range.from, base::kMsPerMinute), range.to};
}

// A row may take back what an earlier one counted (see flow/ledger.h), so that sums are signed.
struct SignedLoss {
  std::int64_t sequence_gap = 0;
  std::int64_t not_counted = 0;
  std::int64_t minutes = 0;
};

SignedLoss loss_of(const std::vector<flow::LedgerRow>& rows) {
  SignedLoss loss;
  for (const flow::LedgerRow& row : rows) {
    const auto gap = static_cast<std::int64_t>(row.counts.sequence_gap);
    const auto not_counted = static_cast<std::int64_t>(row.counts.not_counted_sum());
    loss.sequence_gap += gap;
    loss.not_counted += not_counted;
    if (gap > 0 || not_counted > 0) ++loss.minutes;
  }
  return loss;
}

// `value` changed from `before` to `after`; never below 0.
std::uint64_t changed(std::uint64_t value, std::int64_t before, std::int64_t after) {
  const std::int64_t result = static_cast<std::int64_t>(value) - before + after;
  return static_cast<std::uint64_t>(std::max(result, std::int64_t{0}));
}

}  // namespace

Questions::Questions(store::Store& store, Uncommitted uncommitted)
    : store_(store), uncommitted_(std::move(uncommitted)) {}

base::Expected<query::AnswerSummary, query::QueryError> Questions::answer(
    const query::Plan& plan, query::AnswerSink& sink, const query::Cancel& cancel) {
  std::vector<flow::LedgerRow> rows = uncommitted(plan.range);
  counters_.begun.add();
  auto summary = store_.query(plan, sink, cancel);
  counters_.ended.add();
  if (!summary) {
    if (summary.error().kind == query::QueryError::Kind::Cancelled) counters_.cancelled.add();
    return summary;
  }
  const auto loss = with_uncommitted(summary->loss, std::move(rows), plan.range);
  if (!loss) return base::Unexpected(loss.error());
  summary->loss = *loss;
  summary->replaying = uncommitted_.replaying();
  return summary;
}

// Only the minutes from the first uncommitted row on are looked at one by one: these are few.
base::Expected<query::Loss, query::QueryError> Questions::with_uncommitted(
    query::Loss committed, std::vector<flow::LedgerRow> rows, query::TimeRange range) const {
  if (rows.empty()) return committed;
  const auto first = std::min_element(
      rows.begin(), rows.end(),
      [](const auto& left, const auto& right) { return left.minute < right.minute; });
  const auto tail = store_.ledger({first->minute, range.to});
  if (!tail) return base::Unexpected(tail.error());
  const SignedLoss before = loss_of(*tail);
  rows.insert(rows.end(), tail->begin(), tail->end());
  const SignedLoss after = loss_of(flow::merged(rows));
  return query::Loss{changed(committed.sequence_gap, before.sequence_gap, after.sequence_gap),
                     changed(committed.not_counted, before.not_counted, after.not_counted),
                     changed(committed.minutes, before.minutes, after.minutes)};
}

std::vector<flow::LedgerRow> Questions::uncommitted(query::TimeRange range) const {
  const query::TimeRange minutes = minutes_of(range);
  std::vector<flow::LedgerRow> rows = uncommitted_.ledger();
  const std::vector<flow::LedgerRow> refused = store_.refused();
  rows.insert(rows.end(), refused.begin(), refused.end());
  std::erase_if(rows, [&](const flow::LedgerRow& row) {
    return row.minute < minutes.from || row.minute >= minutes.to;
  });
  return rows;
}

// Below, the uncommitted rows are asked for first: a barrier in between shows its rows twice for a
// moment, never as missing.

base::Expected<store::Store::LedgerRows, query::QueryError> Questions::ledger(
    query::TimeRange range) const {
  std::vector<flow::LedgerRow> rows = uncommitted(range);
  auto committed = store_.ledger(minutes_of(range));
  if (!committed) return committed;
  rows.insert(rows.end(), committed->begin(), committed->end());
  return flow::merged(rows);
}

base::Expected<Questions::Sums, query::QueryError> Questions::ledger_sums(
    query::TimeRange range) const {
  Sums sums;
  for (const flow::LedgerRow& row : uncommitted(range)) sums[row.exporter] += row.counts;
  const auto committed = store_.ledger_sums(minutes_of(range));
  if (!committed) return base::Unexpected(committed.error());
  for (const flow::LedgerRow& row : *committed) sums[row.exporter] += row.counts;
  return sums;
}

}  // namespace serve
