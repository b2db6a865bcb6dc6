#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/record.h"
#include "query/plan/plan.h"

// A query script: flows, then questions with their answers. tests/golden/query/README.md shows the
// form.
namespace script {

// What times in scripts count from, and `now` of every question: 2026-08-13T20:00Z.
constexpr base::UnixMs kNow = 1'786'651'200'000;

struct Question {
  std::size_t line = 0;  // where it stands in the script
  query::PlanText text;
  std::string rows;    // as CSV
  std::string totals;  // "1,2"; empty: not looked at
  std::string rest;    // "3: 1,2", groups and sums; empty: nothing may be cut
  std::string error;   // "where: a part of the message"; empty: there must be rows
};

struct Script {
  std::vector<flow::FlowRecord> flows;
  std::vector<Question> questions;
};

// An error names the line.
base::Expected<Script, base::UserError> read(const std::filesystem::path& path);

}  // namespace script
