#pragma once

#include <cstdint>
#include <random>
#include <string>
#include <vector>

#include "flow/record.h"
#include "query/plan/plan.h"

// Flows and questions made at random from a seed: what engines are compared with the model on
// beyond what somebody thought of.
namespace script {

class RandomQuestions {
 public:
  explicit RandomQuestions(std::uint32_t seed) : random_(seed), some_have_no_ends_(one_in(2)) {}

  // Enriched flows of the two hours before script::kNow: few hosts, ports and applications, so that
  // groups meet; columns come and go; many cross minutes.
  std::vector<flow::FlowRecord> flows(std::size_t count);

  // A question that make_plan() takes.
  query::PlanText question();

 private:
  std::uint32_t below(std::uint32_t bound) { return static_cast<std::uint32_t>(random_()) % bound; }
  bool one_in(std::uint32_t n) { return below(n) == 0; }
  const std::string& one_of(const std::vector<std::string>& words) {
    return words[below(static_cast<std::uint32_t>(words.size()))];
  }
  std::string some_of(std::vector<std::string> words, std::uint32_t most);
  std::string filter(int depth);
  std::string term(int depth);
  flow::FlowRecord flow();
  void set_times(flow::FlowRecord& flow);
  void set_ends(flow::FlowRecord& flow);
  void set_meanings(flow::FlowRecord& flow);

  std::mt19937 random_;
  bool some_have_no_ends_;  // else the store may answer from its rollups
};

}  // namespace script
