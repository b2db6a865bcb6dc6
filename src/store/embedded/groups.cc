#include "store/embedded/groups.h"

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "store/embedded/flow_fields.h"
#include "store/embedded/sql_scan.h"

namespace store {
namespace {

using flow::Column;
using flow::ColumnType;
using query::AnswerType;
using query::DerivedDimension;
using query::Dimension;

ColumnType column_type(const Dimension& dimension) {
  if (const auto* column = std::get_if<Column>(&dimension)) return flow::spec(*column).type;
  switch (std::get<DerivedDimension>(dimension)) {
    case DerivedDimension::Host:
      return ColumnType::Address;
    case DerivedDimension::Interface:
      return ColumnType::U32;
    case DerivedDimension::Way:
      return ColumnType::Word;
  }
  CHECK(false);
}

AnswerType answer_type(const Dimension& dimension) {
  if (const auto* column = std::get_if<Column>(&dimension)) return answer_type_of(*column);
  return dimension == Dimension{DerivedDimension::Host}  ? AnswerType::Address
         : dimension == Dimension{DerivedDimension::Way} ? AnswerType::Text
                                                         : AnswerType::Number;
}

}  // namespace

AnswerType answer_type_of(Column column) {
  switch (flow::spec(column).type) {
    case ColumnType::Time:
      return AnswerType::Time;
    case ColumnType::Address:
      return AnswerType::Address;
    case ColumnType::U8:
    case ColumnType::U16:
    case ColumnType::U32:
    case ColumnType::Counter:
      return AnswerType::Number;
    case ColumnType::Mac:
      return AnswerType::Mac;
    case ColumnType::Flag:
      return AnswerType::Flag;
    case ColumnType::Name:
    case ColumnType::Word:
      return AnswerType::Text;
  }
  CHECK(false);
}

std::string_view word_of(const Dimension& dimension, std::int64_t number) {
  if (number < 0) return "?";
  const auto value = static_cast<std::uint64_t>(number);
  if (const auto* column = std::get_if<Column>(&dimension)) return flow::word_of(*column, value);
  return value <= 3 ? query::to_text(static_cast<query::Way>(value)) : "?";
}

std::int64_t held(Int128 sum) {
  constexpr Int128 kMax = std::numeric_limits<std::int64_t>::max();
  return static_cast<std::int64_t>(std::min(sum, kMax));
}

std::strong_ordering KeyCell::operator<=>(const KeyCell& other) const {
  if (valid != other.valid) {
    return valid ? std::strong_ordering::less : std::strong_ordering::greater;
  }
  if (const auto order = number <=> other.number; std::is_neq(order)) return order;
  if (const auto order = address <=> other.address; std::is_neq(order)) return order;
  return text.compare(other.text) <=> 0;
}

KeyReader::KeyReader(const Dimension& dimension, std::size_t column)
    : dimension_(dimension),
      type_(answer_type(dimension)),
      is_word_(column_type(dimension) == ColumnType::Word),
      column_(column) {}

std::vector<KeyReader> key_readers(const std::vector<Dimension>& by) {
  std::vector<KeyReader> readers;
  std::size_t column = 0;
  for (const auto& dimension : by) {
    readers.emplace_back(dimension, column);
    column += key_types(dimension).size();
  }
  return readers;
}

KeyCell KeyReader::read(const duck::Chunk& chunk, std::size_t row) const {
  KeyCell cell;
  if (!chunk.is_valid(column_, row)) return cell;
  cell.valid = true;
  if (type_ == AnswerType::Address) {
    cell.address = {chunk.values<std::uint64_t>(column_)[row],
                    chunk.values<std::uint64_t>(column_ + 1)[row]};
  } else if (is_word_) {
    cell.number = number_at(chunk, column_, row);
    cell.text = word_of(dimension_, cell.number);
  } else if (type_ == AnswerType::Text) {
    cell.text = chunk.text(column_, row);
  } else {
    cell.number = number_at(chunk, column_, row);
  }
  return cell;
}

std::int64_t number_at(const duck::Chunk& chunk, std::size_t column, std::size_t row) {
  switch (static_cast<int>(chunk.type(column))) {
    case DUCKDB_TYPE_BOOLEAN:
      return chunk.values<bool>(column)[row] ? 1 : 0;
    case DUCKDB_TYPE_UTINYINT:
      return chunk.values<std::uint8_t>(column)[row];
    case DUCKDB_TYPE_USMALLINT:
      return chunk.values<std::uint16_t>(column)[row];
    case DUCKDB_TYPE_UINTEGER:
      return chunk.values<std::uint32_t>(column)[row];
    case DUCKDB_TYPE_INTEGER:
      return chunk.values<std::int32_t>(column)[row];
    case DUCKDB_TYPE_UBIGINT:
      return static_cast<std::int64_t>(chunk.values<std::uint64_t>(column)[row]);
    case DUCKDB_TYPE_BIGINT:
      return chunk.values<std::int64_t>(column)[row];
    case DUCKDB_TYPE_HUGEINT: {
      const auto& huge = chunk.values<duckdb_hugeint>(column)[row];
      return held(static_cast<Int128>(huge.upper) << 64 | huge.lower);
    }
    default:
      CHECK(false);
  }
}

TopGroups::TopGroups(const query::Plan& plan, std::size_t top)
    : keys_(key_readers(plan.by)), first_metric_(0), top_(top), totals_(plan.metrics.size()) {
  for (const auto& dimension : plan.by) first_metric_ += key_types(dimension).size();
}

void TopGroups::add(const duck::Chunk& chunk) {
  std::vector<std::int64_t> metrics(totals_.size());
  for (std::size_t row = 0; row < chunk.rows(); ++row) {
    for (std::size_t i = 0; i < metrics.size(); ++i) {
      const std::size_t column = first_metric_ + i;
      metrics[i] = chunk.is_valid(column, row) ? number_at(chunk, column, row) : 0;
      totals_[i] += metrics[i];
    }
    ++groups_;
    if (metrics[0] < least_) continue;
    Group group{{}, metrics};
    for (const auto& key : keys_) group.keys.push_back(key.read(chunk, row));
    kept_.push_back(std::move(group));
    if (kept_.size() >= 2 * top_) cut();
  }
}

namespace {

bool comes_before(const Group& left, const Group& right) {
  if (left.metrics[0] != right.metrics[0]) return left.metrics[0] > right.metrics[0];
  return left.keys < right.keys;
}

}  // namespace

void TopGroups::cut() {
  if (kept_.size() <= top_) return;
  const auto border = kept_.begin() + static_cast<std::ptrdiff_t>(top_);
  std::nth_element(kept_.begin(), border - 1, kept_.end(), comes_before);
  kept_.erase(border, kept_.end());
  least_ = kept_.back().metrics[0];
}

std::vector<Group> TopGroups::take() {
  cut();
  std::ranges::sort(kept_, comes_before);
  return std::move(kept_);
}

ChosenKeys::ChosenKeys(const std::vector<Dimension>& by, const std::vector<Group>& groups)
    : groups_(groups) {
  fields_.push_back({"r", DUCKDB_TYPE_BIGINT});
  for (std::size_t key = 0; key < by.size(); ++key) {
    const ColumnType type = column_type(by[key]);
    for (std::size_t half = 0; half < key_types(by[key]).size(); ++half) {
      fields_.push_back({"k" + std::to_string(sources_.size()), type_of(type)});
      sources_.push_back({key, type, half == 1});
    }
  }
}

std::size_t ChosenKeys::pieces() const {
  const std::size_t piece_rows = duckdb_vector_size();
  return (groups_.size() + piece_rows - 1) / piece_rows;
}

std::size_t ChosenKeys::rows_of(std::size_t piece) const {
  const std::size_t piece_rows = duckdb_vector_size();
  return std::min<std::size_t>(piece_rows, groups_.size() - piece * piece_rows);
}

void ChosenKeys::fill(std::size_t piece, std::size_t field, duckdb_vector vector) const {
  const std::size_t first = piece * duckdb_vector_size();
  const std::size_t rows = rows_of(piece);
  void* out = duckdb_vector_get_data(vector);
  if (field == 0) {
    for (std::size_t row = 0; row < rows; ++row) {
      static_cast<std::int64_t*>(out)[row] = static_cast<std::int64_t>(first + row);
    }
    return;
  }
  const Source& source = sources_[field - 1];
  const auto cell = [&](std::size_t row) -> const KeyCell& {
    return groups_[first + row].keys[source.key];
  };
  set_validity(vector, rows, [&](std::size_t row) { return cell(row).valid; });
  const auto put = [&]<class T>(T* values, auto value) {
    for (std::size_t row = 0; row < rows; ++row) values[row] = static_cast<T>(value(cell(row)));
  };
  const auto number = [](const KeyCell& one) { return one.number; };
  switch (source.type) {
    case ColumnType::Address:
      return put(static_cast<std::uint64_t*>(out),
                 [&](const KeyCell& one) { return source.low ? one.address.lo : one.address.hi; });
    case ColumnType::Name:
      for (std::size_t row = 0; row < rows; ++row) {
        static_cast<duckdb_string_t*>(out)[row] = borrowed_text(cell(row).text);
      }
      return;
    case ColumnType::U8:
    case ColumnType::Word:
      return put(static_cast<std::uint8_t*>(out), number);
    case ColumnType::U16:
      return put(static_cast<std::uint16_t*>(out), number);
    case ColumnType::U32:
      return put(static_cast<std::uint32_t*>(out), number);
    case ColumnType::Flag:
      return put(static_cast<bool*>(out), number);
    case ColumnType::Time:
    case ColumnType::Counter:
      return put(static_cast<std::int64_t*>(out), number);
    case ColumnType::Mac:
      return put(static_cast<std::uint64_t*>(out), number);
  }
}

}  // namespace store
