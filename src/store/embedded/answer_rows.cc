#include "store/embedded/answer_rows.h"

#include "base/check.h"

namespace store {
namespace {

using query::AnswerType;
using query::AnswerValues;

void put_number(AnswerValues& values, std::int64_t number) {
  values.valid.push_back(1);
  values.numbers.push_back(number);
}

void put(AnswerValues& values, AnswerType type, const KeyCell& cell) {
  values.valid.push_back(cell.valid ? 1 : 0);
  switch (type) {
    case AnswerType::Address:
      values.addresses.push_back(cell.address);
      return;
    case AnswerType::Text:
      values.texts.emplace_back(cell.text);
      return;
    case AnswerType::Number:
    case AnswerType::Time:
    case AnswerType::Flag:
    case AnswerType::Mac:
      values.numbers.push_back(cell.number);
      return;
  }
  CHECK(false);
}

}  // namespace

std::vector<query::AnswerColumn> answer_columns(const query::Plan& plan) {
  std::vector<query::AnswerColumn> columns;
  if (plan.flows) {
    for (const auto& spec : flow::kColumns) {
      columns.push_back({std::string(spec.name), answer_type_of(spec.column)});
    }
    return columns;
  }
  if (plan.step_ms != 0) columns.push_back({"time", AnswerType::Time});
  for (const auto& dimension : plan.by) {
    columns.push_back({std::string(name_of(dimension)), KeyReader(dimension, 0).type()});
  }
  for (const auto metric : plan.metrics) {
    columns.push_back({std::string(name_of(metric)), AnswerType::Number});
  }
  return columns;
}

AnswerRows::AnswerRows(const query::Plan& plan) : columns_(answer_columns(plan)) {
  chunk_.columns.resize(columns_.size());
}

void AnswerRows::add(const std::vector<KeyCell>& keys, const std::vector<std::int64_t>& metrics) {
  std::size_t column = columns_.size() - keys.size() - metrics.size();
  for (const auto& key : keys) {
    put(chunk_.columns[column], columns_[column].type, key);
    ++column;
  }
  for (const auto metric : metrics) put_number(chunk_.columns[column++], metric);
  ++chunk_.rows;
}

void AnswerRows::add_step(base::UnixMs time, const std::vector<KeyCell>& keys,
                          const std::vector<std::int64_t>& metrics) {
  put_number(chunk_.columns.front(), time);
  add(keys, metrics);
}

void AnswerRows::clear() {
  chunk_.rows = 0;
  for (auto& values : chunk_.columns) {
    values.valid.clear();
    values.numbers.clear();
    values.addresses.clear();
    values.texts.clear();
  }
}

}  // namespace store
