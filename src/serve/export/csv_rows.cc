#include "serve/export/csv_rows.h"

#include <algorithm>
#include <utility>

#include "base/check.h"
#include "serve/export/writers.h"

namespace serve {

using query::AnswerType;

CsvRows::CsvRows(std::vector<query::AnswerColumn> columns)
    : columns_(std::move(columns)), writer_(make_csv_writer([this](std::string_view piece) {
        text_ += piece;
        return true;
      })) {
  writer_->head(columns_);
  begin_row();
}

void CsvRows::begin_row() {
  row_.rows = 1;
  row_.columns.assign(columns_.size(), {});
  for (query::AnswerValues& values : row_.columns) {
    values.valid = {0};
    values.numbers = {0};
    values.addresses = {{}};
    values.texts = {{}};
  }
  texts_.assign(columns_.size(), {});
}

query::AnswerValues& CsvRows::at(std::string_view column, AnswerType type) {
  const auto found = std::ranges::find(columns_, column, &query::AnswerColumn::name);
  CHECK(found != columns_.end() && found->type == type);
  query::AnswerValues& values = row_.columns[static_cast<std::size_t>(found - columns_.begin())];
  values.valid = {1};
  return values;
}

void CsvRows::set(std::string_view column, std::int64_t number) {
  at(column, AnswerType::Number).numbers = {number};
}

void CsvRows::set(std::string_view column, const flow::Address& address) {
  at(column, AnswerType::Address).addresses = {address};
}

void CsvRows::set(std::string_view column, std::string_view text) {
  query::AnswerValues& values = at(column, AnswerType::Text);
  std::string& kept = texts_[static_cast<std::size_t>(&values - row_.columns.data())];
  kept = text;
  values.texts = {kept};
}

void CsvRows::set_flag(std::string_view column, bool flag) {
  at(column, AnswerType::Flag).numbers = {flag ? 1 : 0};
}

void CsvRows::end_row() {
  writer_->chunk(row_);
  begin_row();
}

std::string CsvRows::text() {
  writer_->finish({});
  return std::move(text_);
}

}  // namespace serve
