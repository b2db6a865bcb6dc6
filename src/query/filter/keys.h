#pragma once

#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "query/filter/filter.h"

// The words that may stand before a `:` in a filter, and what kind of value follows each.
namespace query {

enum class ValueKind : std::uint8_t {
  Network,    // an address or a network
  Number,     // a plain number
  Count,      // octets or packets, with k M G T
  Duration,   // with a unit
  Time,       // Unix milliseconds or UTC text
  Mac,        // six octets in hexadecimal
  YesOrNo,    //
  Protocol,   // a name or a number
  Direction,  // ingress, egress
  Word,       // one of the words of a column
  Way,        // in, out, local, transit
  TcpFlags,   // names joined by +
  Text,       // `*` stands for any characters
};

struct Key {
  std::string_view name;
  std::vector<Subject> subjects;
  ValueKind kind;
  std::string_view meaning;
};

// The short words first, then every column of flow/columns.h by its own name. Never changes.
std::span<const Key> filter_keys();

// In any case of letters; null: no such key.
const Key* find_key(std::string_view name);

// The one key that canonical text writes for a condition.
const Key& canonical_key(const Condition& condition);

// Whether a service's name may stand for its numbers.
bool is_of_ports(const Key& key);

// A key of things Weir does not know yet: they are named in the error rather than called unknown.
bool is_future_key(std::string_view name);

// The key whose name is nearest to a mistyped one; null: none is near.
const Key* nearest_key(std::string_view name);

}  // namespace query
