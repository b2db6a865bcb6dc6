#include <fmt/format.h>

#include <algorithm>

#include "query/filter/filter.h"

namespace query {
namespace {

// A filter stands on one line here, and control characters must not move the carets.
std::string on_one_line(std::string_view text) {
  std::string line(text);
  std::ranges::replace_if(
      line, [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7f; }, ' ');
  return line;
}

// Characters rather than octets: continuation octets of UTF-8 take no place.
std::size_t width_of(std::string_view text) {
  return static_cast<std::size_t>(std::ranges::count_if(
      text, [](char c) { return (static_cast<unsigned char>(c) & 0xc0) != 0x80; }));
}

}  // namespace

std::string explain(std::string_view text, const std::vector<FilterError>& errors) {
  std::string lines;
  for (const FilterError& error : errors) {
    const std::size_t before = width_of(text.substr(0, error.from));
    const std::size_t under = width_of(text.substr(0, error.to)) - before;
    lines += fmt::format("filter, character {}: {}\n  {}\n  {:{}}{}\n", before + 1, error.message,
                         on_one_line(text), "", before,
                         std::string(std::max<std::size_t>(under, 1), '^'));
    if (!error.hint.empty()) lines += fmt::format("  hint: {}\n", error.hint);
  }
  return lines;
}

}  // namespace query
