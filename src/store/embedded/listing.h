#pragma once

#include "store/embedded/query_run.h"

namespace store {

// Answers a plan that lists flows: each row, by (received, all columns in order).
base::Expected<query::AnswerSummary, QueryFailure> list_flows(const query::Plan& plan,
                                                              const ScanChoice& choice,
                                                              query::AnswerSink& sink,
                                                              duck::Connection& connection,
                                                              RowSources& sources);

}  // namespace store
