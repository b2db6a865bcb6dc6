#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/result.h"
#include "flow/address.h"
#include "flow/columns.h"

// The filter language (docs/filter.md). Parsed here and nowhere else; every engine renders the same
// tree. Pure: knows no engine, no clock.
namespace query {

// Caps on what a stranger's text can make: octets of it and of its canonical form, parentheses
// inside parentheses, errors told at once.
constexpr std::size_t kMaxFilterOctets = 8'192;
constexpr std::size_t kMaxFilterNesting = 32;
constexpr std::size_t kMaxFilterErrors = 20;

// Which way a flow went, by its locality: R2L is in, L2R out, L2L local, R2R transit. Absent where
// the locality is.
enum class Way : std::uint8_t { In, Out, Local, Transit };
// "in", "out", "local", "transit".
std::string_view to_text(Way way);

// What a condition looks at beside plain columns.
enum class Derived : std::uint8_t {
  Duration,  // effective end - start, milliseconds
  Way,       // the number of a query::Way
};
// Either-end words (host, net, port, as, if, mac) name two subjects and hold when one matches.
using Subject = std::variant<flow::Column, Derived>;

// Both ends included. Invariant: low ≤ high ≤ the largest value of the subject, which fits in a
// signed 64-bit integer.
struct NumberRange {
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.
  auto operator<=>(const NumberRange&) const = default;
};
// `*` stands for any characters, nothing else is special. ASCII letters are in lower case here and
// match either case.
struct TextPattern {
  std::string text;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.
  auto operator<=>(const TextPattern&) const = default;
};
// All bits of `mask` are set; 0: the subject is there at all.
struct BitsSet {
  std::uint64_t mask = 0;
  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.
  auto operator<=>(const BitsSet&) const = default;
};

// Holds when any subject has any of the values. A subject the exporter did not say matches nothing,
// and therefore does match under a Not: conditions are true or false, never unknown. Values are in
// ascending order, none twice; numbers mean what flow/columns.h says (raw counters: not
// multiplied).
struct Condition {
  std::vector<Subject> subjects;
  std::variant<std::vector<flow::Network>, std::vector<NumberRange>, std::vector<TextPattern>,
               std::vector<BitsSet>>
      any_of;
  bool operator==(const Condition&) const = default;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;
// Invariant: a Not holds no Not, an And no And, an Or no Or; And and Or hold two nodes or more.
struct Not {
  NodePtr inner;
};
struct And {
  std::vector<NodePtr> all;
};
struct Or {
  std::vector<NodePtr> any;
};
struct Node {
  std::variant<Condition, Not, And, Or> what;
};

// The text of a tree that parse_filter() reads as the same tree. Null: empty.
std::string canonical_text(const NodePtr& root);

// A parsed filter. `root` null: everything passes.
struct Filter {
  NodePtr root;
  std::string canonical;  // parses to the same tree; equal trees have equal canonical text
};

// An error at characters [from, to) of the text, counted in octets.
struct FilterError {
  std::size_t from = 0;
  std::size_t to = 0;
  std::string message;  // what was expected and what came
  std::string hint;     // what to write instead; may be empty
};

// The ports that a service's name stands for; names in lower case.
using PortNames = std::map<std::string, std::vector<std::uint16_t>, std::less<>>;

// The tree, or every error found (at least one, in order of position). Nesting and length are
// bounded by the caps above. A name of `names` may stand where a port may; the tree and the
// canonical text have the numbers.
base::Expected<Filter, std::vector<FilterError>> parse_filter(std::string_view text,
                                                              const PortNames& names = {});

// The errors for a terminal: each under the line of the filter, with carets below its octets.
std::string explain(std::string_view text, const std::vector<FilterError>& errors);

struct Completion {
  std::string insert;  // what to put in at the position: the rest of the word begun before it
  std::string label;   // the whole word
  std::string detail;  // what it means; may be empty
};
// What may stand at octet `position` of `text`, in the order of the columns. A position beyond the
// end is the end.
std::vector<Completion> complete_filter(std::string_view text, std::size_t position,
                                        const PortNames& names = {});

bool same_tree(const NodePtr& left, const NodePtr& right);

// The columns whose values decide whether a flow passes.
flow::ColumnMask columns_of(const NodePtr& root);

}  // namespace query
