#include <fmt/format.h>
#include <fmt/ranges.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <random>
#include <sstream>

#include "golden/query/engines.h"
#include "golden/query/random_questions.h"
#include "golden/query/script.h"
#include "serve/export/export.h"

// Every script of this folder on every engine.
namespace script {
namespace {

std::vector<std::string> cells_of(const std::string& line) {
  std::vector<std::string> cells;
  std::istringstream in(line + ",");
  for (std::string cell; std::getline(in, cell, ',');) cells.push_back(cell);
  return cells;
}

// The columns of a CSV that `head` names, in its order. Scripts have no quoted texts.
std::string only_columns(const std::string& csv, const std::string& head) {
  std::istringstream in(csv);
  std::string line;
  std::getline(in, line);
  const auto names = cells_of(line);
  std::vector<std::size_t> places;
  for (const std::string& name : cells_of(head)) {
    const auto found = std::ranges::find(names, name);
    if (found != names.end()) places.push_back(static_cast<std::size_t>(found - names.begin()));
  }
  std::string chosen = head + "\n";
  while (std::getline(in, line)) {
    const auto cells = cells_of(line);
    std::vector<std::string> kept;
    for (const std::size_t place : places) kept.push_back(cells[place]);
    chosen += fmt::format("{}\n", fmt::join(kept, ","));
  }
  return chosen;
}

void expect_error(const Question& question) {
  const auto plan = query::make_plan(question.text, kNow);
  ASSERT_FALSE(plan) << "expected the error " << question.error;
  const auto text = base::to_text(plan.error());
  const auto colon = question.error.find(": ");
  EXPECT_EQ(plan.error().where, question.error.substr(0, colon)) << text;
  EXPECT_NE(text.find(question.error.substr(colon + 2)), std::string::npos) << text;
}

void expect_answer(const Question& question, Engine& engine) {
  const auto plan = query::make_plan(question.text, kNow);
  ASSERT_TRUE(plan) << base::to_text(plan.error());
  std::string csv;
  const auto writer = serve::make_writer(serve::Format::Csv, *plan, [&](std::string_view piece) {
    csv += piece;
    return true;
  });
  const auto summary = engine.answer(*plan, *writer);
  ASSERT_TRUE(summary) << summary.error().detail;
  writer->finish(*summary);
  const std::string head = question.rows.substr(0, question.rows.find('\n'));
  EXPECT_EQ(plan->flows ? only_columns(csv, head) : csv, question.rows);
  EXPECT_EQ(summary->range, plan->range);
  EXPECT_TRUE(summary->exact);
  if (plan->flows) return;
  if (!question.totals.empty()) {
    EXPECT_EQ(fmt::format("{}", fmt::join(summary->totals, ",")), question.totals);
  }
  const auto rest = fmt::format("{}: {}", summary->rest_groups, fmt::join(summary->rest, ","));
  EXPECT_EQ(summary->rest_groups == 0 ? "" : rest, question.rest);
}

class QueryScript : public testing::Test {
 public:
  QueryScript(std::filesystem::path path, EngineKind kind)
      : path_(std::move(path)), kind_(std::move(kind)) {}

  void TestBody() override {
    const auto script = read(path_);
    ASSERT_TRUE(script) << base::to_text(script.error());
    ASSERT_FALSE(script->questions.empty());
    const auto engine = kind_.make(script->flows);
    ASSERT_NE(engine, nullptr);
    for (const Question& question : script->questions) {
      SCOPED_TRACE(fmt::format("{}:{} on {}", path_.string(), question.line, kind_.name));
      if (question.error.empty()) {
        expect_answer(question, *engine);
      } else {
        expect_error(question);
      }
    }
  }

 private:
  std::filesystem::path path_;
  EngineKind kind_;
};

std::string to_text(const query::PlanText& text) {
  return fmt::format(
      "filter `{}` by `{}` metric `{}` range `{}` step `{}` top `{}` flows `{}` limit `{}`",
      text.filter, text.by, text.metric, text.range, text.step, text.top, text.flows, text.limit);
}

// Rows as CSV, then totals and rest.
std::string whole_answer(const query::Plan& plan, Engine& engine) {
  std::string text;
  const auto writer = serve::make_writer(serve::Format::Csv, plan, [&](std::string_view piece) {
    text += piece;
    return true;
  });
  const auto summary = engine.answer(plan, *writer);
  if (!summary) return "error: " + summary.error().detail;
  writer->finish(*summary);
  if (plan.flows) return text;
  return text + fmt::format("totals {}\nrest {}: {}\n", fmt::join(summary->totals, ","),
                            summary->rest_groups, fmt::join(summary->rest, ","));
}

// The model and an engine asked the same, at random.
class RandomComparison : public testing::Test {
 public:
  RandomComparison(EngineKind model, EngineKind kind)
      : model_(std::move(model)), kind_(std::move(kind)) {}

  void TestBody() override {
    constexpr std::size_t kFlows = 300;
    constexpr int kQuestions = 40;
    const char* given = std::getenv("WEIR_SEED");
    const auto seed = given == nullptr
                          ? std::random_device{}()
                          : static_cast<std::uint32_t>(std::strtoul(given, nullptr, 0));
    RandomQuestions random(seed);
    const auto flows = random.flows(kFlows);
    const auto model = model_.make(flows);
    const auto engine = kind_.make(flows);
    for (int i = 0; i < kQuestions && !HasFailure(); ++i) {
      const query::PlanText text = random.question();
      SCOPED_TRACE(fmt::format("WEIR_SEED={} question {}: {}", seed, i, to_text(text)));
      const auto plan = query::make_plan(text, kNow);
      ASSERT_TRUE(plan) << base::to_text(plan.error());
      EXPECT_EQ(whole_answer(*plan, *engine), whole_answer(*plan, *model));
    }
  }

 private:
  EngineKind model_;
  EngineKind kind_;
};

}  // namespace
}  // namespace script

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  std::vector<std::filesystem::path> paths;
  for (const auto& entry : std::filesystem::directory_iterator(WEIR_QUERY_SCRIPTS)) {
    if (entry.path().extension() == ".test") paths.push_back(entry.path());
  }
  std::ranges::sort(paths);
  if (paths.empty()) {
    fmt::print(stderr, "no scripts in {}\n", WEIR_QUERY_SCRIPTS);
    return 1;
  }
  const auto kinds = script::engine_kinds();
  for (const auto& kind : kinds) {
    if (kind.name != kinds.front().name)
      testing::RegisterTest(
          kind.name.c_str(), "random", nullptr, nullptr, __FILE__, __LINE__,
          [=]() -> testing::Test* { return new script::RandomComparison(kinds.front(), kind); });
    for (const auto& path : paths) {
      const std::string name = path.stem().string();
      testing::RegisterTest(
          kind.name.c_str(), name.c_str(), nullptr, nullptr, __FILE__, __LINE__,
          [=]() -> testing::Test* { return new script::QueryScript(path, kind); });
    }
  }
  return RUN_ALL_TESTS();
}
