#pragma once

#include <algorithm>
#include <string>
#include <string_view>

namespace query {

// Octets that mean nothing to the grammar, so that a text of them needs no quotes. Letters beyond
// ASCII are among them.
constexpr bool is_plain(char c) {
  const bool letter = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  const bool digit = c >= '0' && c <= '9';
  return letter || digit || static_cast<unsigned char>(c) >= 0x80 ||
         std::string_view("_.*-/").find(c) != std::string_view::npos;
}

// `text` as a value of a filter: in quotes, with `"` and `\` escaped, where it would not be read
// back as it is.
inline std::string quote_if_needed(std::string_view text) {
  if (!text.empty() && std::ranges::all_of(text, is_plain)) return std::string(text);
  std::string quoted = "\"";
  for (const char c : text) {
    if (c == '"' || c == '\\') quoted += '\\';
    quoted += c;
  }
  return quoted + '"';
}

}  // namespace query
