#include "base/json_text.h"

#include <cstddef>

namespace base {
namespace {

constexpr std::string_view kReplacement = "\xef\xbf\xbd";  // U+FFFD

unsigned octet_at(std::string_view text, std::size_t at) {
  return at < text.size() ? static_cast<unsigned char>(text[at]) : 0u;
}
bool is_continuation(unsigned octet) {
  return (octet & 0xc0) == 0x80;
}

// Length of the UTF-8 sequence at `at`, which is not ASCII; 0 when it is none (RFC 3629: overlong
// forms, surrogates and values above U+10FFFF are none).
std::size_t sequence_length(std::string_view text, std::size_t at) {
  const unsigned first = octet_at(text, at);
  const unsigned second = octet_at(text, at + 1);
  if (!is_continuation(second)) return 0;
  if (first >= 0xc2 && first <= 0xdf) return 2;
  if (!is_continuation(octet_at(text, at + 2))) return 0;
  if (first >= 0xe0 && first <= 0xef) {
    if (first == 0xe0 && second < 0xa0) return 0;
    if (first == 0xed && second > 0x9f) return 0;
    return 3;
  }
  if (!is_continuation(octet_at(text, at + 3))) return 0;
  if (first < 0xf0 || first > 0xf4) return 0;
  if (first == 0xf0 && second < 0x90) return 0;
  if (first == 0xf4 && second > 0x8f) return 0;
  return 4;
}

void append_escaped(std::string& out, char c) {
  constexpr std::string_view kHex = "0123456789abcdef";
  switch (c) {
    case '"':
      out += "\\\"";
      return;
    case '\\':
      out += "\\\\";
      return;
    case '\n':
      out += "\\n";
      return;
    case '\r':
      out += "\\r";
      return;
    case '\t':
      out += "\\t";
      return;
    default:
      out += "\\u00";
      out += kHex[static_cast<unsigned char>(c) >> 4];
      out += kHex[static_cast<unsigned char>(c) & 15];
  }
}

}  // namespace

void append_json_string(std::string& out, std::string_view text) {
  out += '"';
  for (std::size_t at = 0; at < text.size();) {
    const unsigned octet = octet_at(text, at);
    if (octet >= 0x80) {
      const std::size_t length = sequence_length(text, at);
      out += length == 0 ? kReplacement : text.substr(at, length);
      at += length == 0 ? 1 : length;
      continue;
    }
    if (octet < 0x20 || octet == 0x7f || octet == '"' || octet == '\\') {
      append_escaped(out, text[at]);
    } else {
      out += text[at];
    }
    ++at;
  }
  out += '"';
}

std::size_t utf8_prefix(std::string_view text) {
  std::size_t at = 0;
  while (at < text.size()) {
    const std::size_t length = octet_at(text, at) < 0x80 ? 1 : sequence_length(text, at);
    if (length == 0) return at;
    at += length;
  }
  return at;
}

std::string valid_utf8(std::string text) {
  std::string valid;
  std::string_view rest = text;
  for (std::size_t good = utf8_prefix(rest); good < rest.size(); good = utf8_prefix(rest)) {
    valid.append(rest.substr(0, good)).append(kReplacement);
    rest.remove_prefix(good + 1);
  }
  if (valid.empty()) return text;
  return valid.append(rest);
}

}  // namespace base
