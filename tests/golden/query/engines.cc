#include "golden/query/engines.h"

#include "golden/query/model.h"

namespace script {
namespace {

class Model final : public Engine {
 public:
  explicit Model(std::vector<flow::FlowRecord> flows) : flows_(std::move(flows)) {}
  base::Expected<query::AnswerSummary, query::QueryError> answer(const query::Plan& plan,
                                                                 query::AnswerSink& sink) override {
    return model::answer(plan, flows_, sink);
  }

 private:
  std::vector<flow::FlowRecord> flows_;
};

std::unique_ptr<Engine> make_model(const std::vector<flow::FlowRecord>& flows) {
  return std::make_unique<Model>(flows);
}

}  // namespace

std::vector<EngineKind> engine_kinds() {
  return {{"model", make_model}};
}

}  // namespace script
