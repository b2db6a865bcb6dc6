#pragma once

#include <cstdint>
#include <vector>

#include "base/result.h"
#include "flow/record.h"
#include "query/plan/answer.h"
#include "query/plan/plan.h"

// What a plan means, said as plainly as possible: every flow, one after the other, in memory. The
// engines are held to it.
namespace model {

// True when the flow passes.
bool passes(const query::NodePtr& root, const flow::FlowRecord& flow);

// Gives the answer's rows to `sink` and answers with its summary: of tier "model", without loss.
query::AnswerSummary answer(const query::Plan& plan, const std::vector<flow::FlowRecord>& flows,
                            query::AnswerSink& sink);

}  // namespace model
