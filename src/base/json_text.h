#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace base {

// Appends `text` as a JSON string with its quotes. Octets that are no UTF-8 become U+FFFD, so that
// what a stranger exported never makes the document invalid.
void append_json_string(std::string& out, std::string_view text);

// How many octets, from the first, are whole characters of UTF-8 (RFC 3629).
std::size_t utf8_prefix(std::string_view text);

// The text with every octet that is no UTF-8 replaced by U+FFFD.
std::string valid_utf8(std::string text);

}  // namespace base
