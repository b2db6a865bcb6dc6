#pragma once

#include <memory>
#include <string>
#include <vector>

#include "flow/record.h"
#include "query/plan/answer.h"
#include "query/plan/plan.h"

// What scripts are run on.
namespace script {

class Engine {
 public:
  virtual ~Engine() = default;
  virtual base::Expected<query::AnswerSummary, query::QueryError> answer(
      const query::Plan& plan, query::AnswerSink& sink) = 0;
};

struct EngineKind {
  std::string name;
  std::unique_ptr<Engine> (*make)(const std::vector<flow::FlowRecord>& flows);
};

std::vector<EngineKind> engine_kinds();

}  // namespace script
