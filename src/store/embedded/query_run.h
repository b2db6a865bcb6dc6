#pragma once

#include <vector>

#include "query/plan/answer.h"
#include "query/plan/plan.h"
#include "store/embedded/answer_rows.h"
#include "store/embedded/duck.h"
#include "store/embedded/groups.h"
#include "store/embedded/scan_choice.h"

namespace store {

// Why a plan could not be answered.
struct QueryFailure {
  duck::Error error;
  bool receiver_gone = false;
  bool began = false;  // the sink has got something, so the question cannot be asked again
};

// Answers one plan from what was chosen. Used once, on a query thread; all that it is given must
// outlive it.
class QueryRun {
 public:
  QueryRun(const query::Plan& plan, const ScanChoice& choice, query::AnswerSink& sink,
           duck::Connection& connection, RowSources& sources);

  // Fills all of the summary but `replaying` and `loss`.
  base::Expected<query::AnswerSummary, QueryFailure> run();

 private:
  using Done = base::Expected<void, QueryFailure>;

  Done sum_groups(TopGroups& groups);
  Done give_groups(const std::vector<Group>& groups);
  Done give_steps(const std::vector<Group>& groups);
  Done give_step_rows(duck::Rows& result, const std::vector<Group>& groups);
  base::Expected<std::uint64_t, QueryFailure> removed_bytes();
  // Every SELECT of the plan, joined.
  std::string rows_sql(const query::Plan& plan, bool uncounted_only, duck::Sql& sql) const;
  base::Expected<duck::Rows, QueryFailure> ask(const duck::Sql& sql);
  base::Expected<std::optional<duck::Chunk>, QueryFailure> next(duck::Rows& rows);
  Done give(const query::AnswerChunk& chunk);
  QueryFailure failure(duck::Error error) const { return {std::move(error), false, sink_.began()}; }

  const query::Plan& plan_;
  const ScanChoice& choice_;
  LateHead sink_;
  duck::Connection& connection_;
  std::optional<RegisteredSource> hot_;
  RowSources& sources_;
};

// Answers the plan, sums or flows.
base::Expected<query::AnswerSummary, QueryFailure> answer_plan(const query::Plan& plan,
                                                               const ScanChoice& choice,
                                                               query::AnswerSink& sink,
                                                               duck::Connection& connection,
                                                               RowSources& sources);

// "read_parquet($3, …)" of the parts.
std::string parts_sql(const std::vector<PartPtr>& parts, duck::Sql& sql);

}  // namespace store
