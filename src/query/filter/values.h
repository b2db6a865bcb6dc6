#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"
#include "query/filter/filter.h"
#include "query/filter/keys.h"

// One value of a condition: from text and back. write_value(read_value(x)) reads as the same value.
namespace query {

using Value = std::variant<flow::Network, NumberRange, TextPattern, BitsSet>;

struct ValueError {
  std::string message;
  std::string hint;
};

// `text` is one value without quotes. `quoted`: it stood in quotes, so that nothing in it is
// syntax.
base::Expected<Value, ValueError> read_value(const Key& key, std::string_view text, bool quoted);

std::string write_value(const Key& key, const Value& value);

// "a port number from 0 to 65535", for messages and completions.
std::string expectation(const Key& key);

// Words that may stand for a value of this key ("tcp", "L2R", "syn"); empty: only numbers or free
// text.
std::vector<std::string_view> value_words(const Key& key);

// The largest number that a key of numbers takes. Fits in a signed 64-bit integer.
std::uint64_t largest_number(const Key& key);

}  // namespace query
