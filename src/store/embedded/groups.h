#pragma once

#include <compare>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "query/plan/answer.h"
#include "query/plan/plan.h"
#include "store/embedded/duck.h"
#include "store/embedded/row_source.h"

// Groups of an answer on their way from DuckDB's chunks to the sink.
namespace store {

__extension__ using Int128 = __int128;

// A volume's sum as answers hold it: sums beyond 63 bits stay at the largest number.
std::int64_t held(Int128 sum);

query::AnswerType answer_type_of(flow::Column column);
// "L2R", "header", "out": the text of a number with a name of ours.
std::string_view word_of(const query::Dimension& dimension, std::int64_t number);

// One key of a group. Which member counts follows from the key's answer type;
// a number with a name of ours has both.
struct KeyCell {
  bool valid = false;
  std::int64_t number = 0;
  flow::Address address;
  std::string text;

  bool operator==(const KeyCell&) const = default;
  // Absent ones last.
  std::strong_ordering operator<=>(const KeyCell& other) const;
};

struct Group {
  std::vector<KeyCell> keys;
  std::vector<std::int64_t> metrics;
};

// How a dimension's columns "k…" become a key.
class KeyReader {
 public:
  // `column` is the dimension's first in the chunk.
  KeyReader(const query::Dimension& dimension, std::size_t column);

  query::AnswerType type() const { return type_; }
  KeyCell read(const duck::Chunk& chunk, std::size_t row) const;

 private:
  query::Dimension dimension_;
  query::AnswerType type_;
  bool is_word_;  // a number with a name of ours
  std::size_t column_;
};

std::vector<KeyReader> key_readers(const std::vector<query::Dimension>& by);

// A number of any integer type of DuckDB's; 128-bit ones are held at 63 bits.
std::int64_t number_at(const duck::Chunk& chunk, std::size_t column, std::size_t row);

// Keeps the first `top` groups in the order of answers, and adds up all of them.
class TopGroups {
 public:
  TopGroups(const query::Plan& plan, std::size_t top);

  // Rows of keys and then metrics.
  void add(const duck::Chunk& chunk);

  // In the order of answers; once.
  std::vector<Group> take();
  std::uint64_t groups() const { return groups_; }
  const std::vector<Int128>& totals() const { return totals_; }

 private:
  void cut();

  std::vector<KeyReader> keys_;
  std::size_t first_metric_;
  std::size_t top_;
  std::vector<Group> kept_;  // at most twice top_
  std::int64_t least_ = -1;  // a group below it is not among the first
  std::uint64_t groups_ = 0;
  std::vector<Int128> totals_;
};

// The keys of chosen groups as rows "r" (their place), "k0", "k1", … to be joined with.
class ChosenKeys final : public RowSource {
 public:
  ChosenKeys(const std::vector<query::Dimension>& by, const std::vector<Group>& groups);

  std::span<const Field> fields() const override { return fields_; }
  std::uint64_t rows() const override { return groups_.size(); }
  std::size_t pieces() const override;
  std::size_t rows_of(std::size_t piece) const override;
  void fill(std::size_t piece, std::size_t field, duckdb_vector vector) const override;

 private:
  struct Source {
    std::size_t key;
    flow::ColumnType type;
    bool low;  // an address' low half
  };
  const std::vector<Group>& groups_;
  std::vector<Field> fields_;
  std::vector<Source> sources_;  // of fields_ but the first
};

}  // namespace store
