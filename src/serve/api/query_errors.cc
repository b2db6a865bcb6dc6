#include "serve/api/query_errors.h"

#include <fmt/format.h>
#include <spdlog/spdlog.h>

namespace serve {

Response plan_error_response(const query::PlanError& error) {
  if (error.filter.empty()) return error_response(400, error);
  return error_response(400, error, Span{error.filter.front().from, error.filter.front().to});
}

Response query_error_response(const query::QueryError& error) {
  switch (error.kind) {
    case query::QueryError::Kind::Cancelled:
      return error_response(503, {"query", "it was cancelled", ""});
    case query::QueryError::Kind::TooMuchMemory:
      return error_response(
          503,
          {"query", fmt::format("it needs more memory than queries may have: {}", error.detail),
           "ask for a shorter range or fewer keys"});
    case query::QueryError::Kind::Failed:
      break;
  }
  // Only who is logged in can ask: no stranger fills the log with it.
  spdlog::error("a question could not be answered: {}", error.detail);
  return error_response(503, {"query", error.detail, "see the server's log"});
}

}  // namespace serve
