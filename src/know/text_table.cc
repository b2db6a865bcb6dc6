#include "know/text_table.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/json_text.h"

namespace know {
namespace {

constexpr std::string_view kBlanks = " \t\v\f\r";

bool is_control(char c) {
  return static_cast<unsigned char>(c) < ' ' || c == 0x7f;
}

std::string shown(std::string_view item) {
  constexpr std::size_t kShown = 60;
  const bool is_long = item.size() > kShown;
  if (is_long) item = item.substr(0, kShown);
  if (is_long) item = item.substr(0, base::utf8_prefix(item));
  std::string text = base::valid_utf8(std::string(item));
  std::ranges::replace_if(text, is_control, '?');
  return is_long ? text + "…" : text;
}

}  // namespace

std::string to_text(const Warning& warning) {
  return fmt::format("{}: {}: {}", warning.line, warning.item, warning.reason);
}

void Warnings::add(std::uint32_t line, std::string_view item, std::string reason) {
  if (listed_.size() == kListedMax) {
    ++left_out_;
    return;
  }
  listed_.push_back({line, shown(item), std::move(reason)});
}

std::string_view trimmed(std::string_view text) {
  const std::size_t first = text.find_first_not_of(kBlanks);
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(kBlanks) - first + 1);
}

Commented without_comment(std::string_view line) {
  const std::size_t hash = line.find('#');
  if (hash == std::string_view::npos) return {line, {}};
  return {line.substr(0, hash), trimmed(line.substr(hash + 1))};
}

void for_each_line(std::string_view text,
                   const std::function<void(std::uint32_t, std::string_view)>& take) {
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (text.starts_with(kByteOrderMark)) text.remove_prefix(kByteOrderMark.size());
  for (std::uint32_t line = 1; !text.empty(); ++line) {
    const std::size_t end = std::min(text.find_first_of("\r\n"), text.size());
    take(line, text.substr(0, end));
    const bool is_cr_lf = text.substr(end).starts_with("\r\n");
    text.remove_prefix(std::min(text.size(), end + (is_cr_lf ? 2 : 1)));
  }
}

std::string refusal_of_name(std::string_view name) {
  if (name.empty()) return "it has no name";
  if (name.size() > kTableNameOctetsMax) {
    return fmt::format("a name is at most {} octets long", kTableNameOctetsMax);
  }
  if (base::utf8_prefix(name) != name.size()) return "a name is UTF-8 text";
  if (std::ranges::any_of(name, is_control)) return "a name has no control characters";
  return {};
}

}  // namespace know
