#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

#include "query/plan/answer.h"
#include "serve/export/export.h"

namespace serve {

// Rows that are no query's answer as CSV, by the same rules. Cells that are not set are empty.
class CsvRows {
 public:
  explicit CsvRows(std::vector<query::AnswerColumn> columns);

  void set(std::string_view column, std::int64_t number);  // times too
  void set(std::string_view column, const flow::Address& address);
  void set(std::string_view column, std::string_view text);
  void set_flag(std::string_view column, bool flag);
  void end_row();

  // Everything. Ends this object's work.
  std::string text();

 private:
  query::AnswerValues& at(std::string_view column, query::AnswerType type);
  void begin_row();

  const std::vector<query::AnswerColumn> columns_;
  std::string text_;
  std::vector<std::string> texts_;  // of the row at hand
  query::AnswerChunk row_;
  std::unique_ptr<AnswerWriter> writer_;
};

}  // namespace serve
