#pragma once

#include "query/plan/answer.h"
#include "query/plan/plan.h"
#include "serve/api/http.h"

// How a question that is wrong, or that could not be answered, is told.
namespace serve {

Response plan_error_response(const query::PlanError& error);
Response query_error_response(const query::QueryError& error);

}  // namespace serve
