#pragma once

#include <functional>
#include <map>
#include <vector>

#include "base/counters.h"
#include "base/result.h"
#include "flow/ledger.h"
#include "query/plan/answer.h"
#include "query/plan/plan.h"
#include "store/store.h"

namespace serve {

// What has been received but not yet committed, as main knows it from the collector. Called by any
// thread.
struct Uncommitted {
  std::function<std::vector<flow::LedgerRow>()> ledger;
  std::function<bool()> replaying;
};

// Questions to the store since the start; those begun and not ended run now.
struct QuestionCounters {
  base::Counter begun;
  base::Counter ended;
  base::Counter cancelled;  // ended because nobody waited for the answer any more
};

// Questions to the store, answered together with what the ledger says of the same range: no number
// without its loss. Thread-safe; the store must outlive it.
class Questions {
 public:
  Questions(store::Store& store, Uncommitted uncommitted);

  // As Store::query(); the summary's `loss` and `replaying` are filled.
  base::Expected<query::AnswerSummary, query::QueryError> answer(const query::Plan& plan,
                                                                 query::AnswerSink& sink,
                                                                 const query::Cancel& cancel);

  // Committed and uncommitted rows of minutes that touch the range: one per exporter and minute,
  // by minute, then exporter. Each keeps both of the ledger's equalities, so their sums do too.
  // As many as the range has: ask for a short one.
  base::Expected<store::Store::LedgerRows, query::QueryError> ledger(query::TimeRange range) const;
  // The same summed per exporter, for ranges of any length.
  using Sums = std::map<flow::Address, flow::LedgerCounts>;
  base::Expected<Sums, query::QueryError> ledger_sums(query::TimeRange range) const;

  const QuestionCounters& counters() const { return counters_; }

 private:
  std::vector<flow::LedgerRow> uncommitted(query::TimeRange range) const;
  base::Expected<query::Loss, query::QueryError> with_uncommitted(query::Loss committed,
                                                                  std::vector<flow::LedgerRow> rows,
                                                                  query::TimeRange range) const;

  store::Store& store_;
  const Uncommitted uncommitted_;
  QuestionCounters counters_;
};

}  // namespace serve
