#include "store/embedded/listing_chunk.h"

#include <algorithm>

#include "base/check.h"
#include "store/embedded/groups.h"

namespace store {
namespace {

using flow::ColumnType;
using query::AnswerValues;

template <class T>
void widen(const duck::Chunk& chunk, std::size_t field, AnswerValues& values) {
  const T* from = chunk.values<T>(field);
  values.numbers.resize(chunk.rows());
  std::transform(from, from + chunk.rows(), values.numbers.begin(),
                 [](T value) { return static_cast<std::int64_t>(value); });
}

void fill_validity(const duck::Chunk& chunk, std::size_t field, AnswerValues& values) {
  values.valid.assign(chunk.rows(), 1);
  if (chunk.validity(field) == nullptr) return;
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    values.valid[row] = chunk.is_valid(field, row) ? 1 : 0;
  }
}

void fill_words(const duck::Chunk& chunk, std::size_t field, flow::Column column,
                AnswerValues& values) {
  const auto* numbers = chunk.values<std::uint8_t>(field);
  values.texts.resize(chunk.rows());
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    values.texts[row] = values.valid[row] != 0 ? word_of(column, numbers[row]) : std::string_view();
  }
}

void fill_texts(const duck::Chunk& chunk, std::size_t field, AnswerValues& values) {
  values.texts.resize(chunk.rows());
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    values.texts[row] = values.valid[row] != 0 ? chunk.text(field, row) : std::string_view();
  }
}

void fill_addresses(const duck::Chunk& chunk, std::size_t field, AnswerValues& values) {
  const auto* high = chunk.values<std::uint64_t>(field);
  const auto* low = chunk.values<std::uint64_t>(field + 1);
  values.addresses.resize(chunk.rows());
  for (std::size_t row = 0; row < chunk.rows(); ++row)
    values.addresses[row] = {high[row], low[row]};
}

void fill_times(const duck::Chunk& chunk, std::size_t field, AnswerValues& values) {
  const auto* micros = chunk.values<std::int64_t>(field);
  values.numbers.resize(chunk.rows());
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    values.numbers[row] = values.valid[row] != 0 ? base::floor_to(micros[row], 1000) / 1000 : 0;
  }
}

// Whatever its type, no value is looked at.
void fill_absent(std::size_t rows, AnswerValues& values) {
  values.valid.assign(rows, 0);
  values.numbers.resize(rows);
  values.addresses.resize(rows);
  values.texts.resize(rows);
}

}  // namespace

ListingChunk::ListingChunk() {
  answer_.columns.resize(flow::kColumnCount);
}

const query::AnswerChunk& ListingChunk::fill(const duck::Chunk& chunk, flow::ColumnMask columns) {
  answer_.rows = chunk.rows();
  std::size_t field = 0;
  for (std::size_t i = 0; i < flow::kColumnCount; ++i) {
    if ((columns & flow::bit(flow::kColumns[i].column)) == 0) {
      fill_absent(chunk.rows(), answer_.columns[i]);
      continue;
    }
    fill_column(chunk, field, flow::kColumns[i].column, answer_.columns[i]);
    field += flow::kColumns[i].type == ColumnType::Address ? 2 : 1;
  }
  return answer_;
}

void ListingChunk::fill_column(const duck::Chunk& chunk, std::size_t field, flow::Column column,
                               AnswerValues& values) {
  fill_validity(chunk, field, values);
  switch (flow::spec(column).type) {
    case ColumnType::Time:
      return fill_times(chunk, field, values);
    case ColumnType::Address:
      return fill_addresses(chunk, field, values);
    case ColumnType::Word:
      return fill_words(chunk, field, column, values);
    case ColumnType::U8:
      return widen<std::uint8_t>(chunk, field, values);
    case ColumnType::U16:
      return widen<std::uint16_t>(chunk, field, values);
    case ColumnType::U32:
      return widen<std::uint32_t>(chunk, field, values);
    case ColumnType::Counter:
      return widen<std::int64_t>(chunk, field, values);
    case ColumnType::Mac:
      return widen<std::uint64_t>(chunk, field, values);
    case ColumnType::Flag:
      return widen<bool>(chunk, field, values);
    case ColumnType::Name:
      return fill_texts(chunk, field, values);
  }
  CHECK(false);
}

}  // namespace store
