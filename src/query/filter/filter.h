#pragma once

#include <cstdint>
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

// What a condition looks at. Either-end words (host, port, as, if, net) name two columns and hold
// when one of them matches.
enum class Derived : std::uint8_t {
  Duration,  // effective end - start, milliseconds
  Way,       // 0 in (remote to local), 1 out (local to remote), 2 local, 3 transit
};
using Subject = std::variant<flow::Column, Derived>;

struct NumberRange {  // both ends included
  std::uint64_t low = 0;
  std::uint64_t high = 0;
  bool operator==(const NumberRange&) const = default;
};
struct TextPattern {  // case-insensitive; `*` stands for any characters
  std::string text;
  bool operator==(const TextPattern&) const = default;
};
struct BitsSet {  // all bits of `mask` are set
  std::uint64_t mask = 0;
  bool operator==(const BitsSet&) const = default;
};

// Holds when any subject has any of the values. A subject the exporter did not say matches nothing,
// and therefore does match under a Not.
struct Condition {
  std::vector<Subject> subjects;
  std::variant<std::vector<flow::Network>, std::vector<NumberRange>, std::vector<TextPattern>,
               std::vector<BitsSet>>
      any_of;
  bool operator==(const Condition&) const = default;
};

struct Node;
using NodePtr = std::shared_ptr<const Node>;
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

// The tree, or every error found (at least one). Nesting and length are bounded.
base::Expected<Filter, std::vector<FilterError>> parse_filter(std::string_view text);

struct Completion {
  std::string insert;
  std::string label;
  std::string detail;
};
// What may stand at octet `position` of `text`.
std::vector<Completion> complete_filter(std::string_view text, std::size_t position);

bool same_tree(const NodePtr& left, const NodePtr& right);

}  // namespace query
