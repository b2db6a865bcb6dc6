#include "golden/query/engines.h"

#include <algorithm>
#include <cstdlib>
#include <filesystem>

#include "base/check.h"
#include "base/disk_budget.h"
#include "collect/rollup/rollup.h"
#include "golden/query/model.h"
#include "store/embedded/embedded_store.h"

namespace script {
namespace {

using Flows = std::vector<flow::FlowRecord>;
using Answered = base::Expected<query::AnswerSummary, query::QueryError>;

class Model final : public Engine {
 public:
  explicit Model(Flows flows) : flows_(std::move(flows)) {}
  Answered answer(const query::Plan& plan, query::AnswerSink& sink) override {
    return model::answer(plan, flows_, sink);
  }

 private:
  Flows flows_;
};

std::unique_ptr<Engine> make_model(const Flows& flows) {
  return std::make_unique<Model>(flows);
}

// Minute rows are made of enriched flows, which have these.
bool is_enriched(const flow::FlowRecord& flow) {
  return flow.has(flow::Column::locality) && flow.has(flow::Column::app) &&
         flow.has(flow::Column::counted);
}

// The embedded store on a folder of its own.
class Embedded final : public Engine {
 public:
  Embedded() : folder_(make_folder()), budget_(std::uint64_t{1} << 30) {
    auto opened = store::EmbeddedStore::open(folder_, budget_);
    CHECK(opened.has_value());
    store_ = std::move(*opened);
  }
  ~Embedded() override {
    store_.reset();
    std::filesystem::remove_all(folder_);
  }
  Embedded(const Embedded&) = delete;
  Embedded& operator=(const Embedded&) = delete;

  void append(const Flows& flows, std::uint64_t segment) {
    if (flows.empty()) return;
    auto batch = std::make_unique<flow::Batch>(flows.size());
    batch->segment = segment;
    batch->append(flows);
    store_->append(std::move(batch));
  }
  void append_and_commit(const Flows& flows, std::uint64_t segment,
                         const collect::Rollup::SpreadBudget& budget = {}) {
    append(flows, segment);
    collect::Rollup rollup(budget);
    rollup.add(flows);
    store::Commit commit;
    commit.segment = segment;
    commit.minutes = rollup.take();
    commit.rolled_up = std::ranges::all_of(flows, is_enriched);
    CHECK(store_->commit(commit).has_value());
  }

  // Every hour and day is over.
  void merge() {
    constexpr base::UnixMs kFarAway = 3'650'000 * base::kMsPerDay;
    for (;;) {
      const auto more = store_->merge_small_parts(kFarAway, [] { return true; });
      CHECK(more.has_value());
      if (!*more) return;
    }
  }

  Answered answer(const query::Plan& plan, query::AnswerSink& sink) override {
    return store_->query(plan, sink, query::Cancel{});
  }

 private:
  static std::filesystem::path make_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "weir_query_XXXXXX";
    CHECK(mkdtemp(pattern.data()) != nullptr);
    return pattern;
  }

  std::filesystem::path folder_;
  base::DiskBudget budget_;
  std::unique_ptr<store::EmbeddedStore> store_;
};

std::unique_ptr<Engine> make_hot(const Flows& flows) {
  auto engine = std::make_unique<Embedded>();
  engine->append(flows, 1);
  return engine;
}

std::unique_ptr<Engine> make_sealed(const Flows& flows) {
  auto engine = std::make_unique<Embedded>();
  engine->append_and_commit(flows, 1);
  return engine;
}

// Every third flow in a part of its own, every third in another, the rest hot.
std::unique_ptr<Engine> make_mixed(const Flows& flows) {
  auto engine = std::make_unique<Embedded>();
  Flows thirds[3];
  for (std::size_t i = 0; i < flows.size(); ++i) thirds[i % 3].push_back(flows[i]);
  engine->append_and_commit(thirds[0], 1);
  engine->append_and_commit(thirds[1], 2);
  engine->append(thirds[2], 3);
  return engine;
}

// Every third flow in a part of its own, then merged as far as they can be.
std::unique_ptr<Engine> make_merged(const Flows& flows) {
  auto engine = std::make_unique<Embedded>();
  Flows thirds[3];
  for (std::size_t i = 0; i < flows.size(); ++i) thirds[i % 3].push_back(flows[i]);
  for (std::size_t i = 0; i < 3; ++i) engine->append_and_commit(thirds[i], i + 1);
  engine->merge();
  return engine;
}

// Parts whose minute rows do not tell the flows that cross minutes: a rollup without its budget.
std::unique_ptr<Engine> make_unspread(const Flows& flows) {
  auto engine = std::make_unique<Embedded>();
  const auto half = flows.begin() + static_cast<std::ptrdiff_t>(flows.size() / 2);
  engine->append_and_commit(Flows(flows.begin(), half), 1, {.minutes = 0, .minutes_per_flow = 0});
  engine->append_and_commit(Flows(half, flows.end()), 2);
  return engine;
}

}  // namespace

std::vector<EngineKind> engine_kinds() {
  return {{"model", make_model},
          {"embedded_hot", make_hot},
          {"embedded_sealed", make_sealed},
          {"embedded_mixed", make_mixed},
          {"embedded_merged", make_merged},
          {"embedded_unspread", make_unspread}};
}

}  // namespace script
