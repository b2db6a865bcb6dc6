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

}  // namespace

std::string shown_text(std::string_view text) {
  constexpr std::size_t kShown = 60;
  const bool is_long = text.size() > kShown;
  if (is_long) text = text.substr(0, kShown);
  if (is_long) text = text.substr(0, base::utf8_prefix(text));
  std::string shown = base::valid_utf8(std::string(text));
  std::ranges::replace_if(shown, is_control, '?');
  return is_long ? shown + "…" : shown;
}

FieldText text_of_field(std::string_view octets, std::size_t most) {
  std::string plain(octets.substr(0, std::min(octets.find('\0'), 4 * most)));
  std::ranges::replace_if(plain, is_control, ' ');
  // U+FFFD takes three octets, so that it is cut afterwards.
  std::string text = base::valid_utf8(std::string(trimmed(plain)));
  const bool is_cut = text.size() > most;
  if (is_cut) text.resize(base::utf8_prefix(std::string_view(text).substr(0, most)));
  return {std::move(text), is_cut};
}

std::vector<std::string_view> words_of(std::string_view text, std::size_t most) {
  std::vector<std::string_view> words;
  for (std::size_t at = text.find_first_not_of(kBlanks);
       at != std::string_view::npos && words.size() < most;) {
    const std::size_t end = std::min(text.find_first_of(kBlanks, at), text.size());
    words.push_back(text.substr(at, end - at));
    at = text.find_first_not_of(kBlanks, end);
  }
  return words;
}

std::string to_text(const Warning& warning) {
  return fmt::format("{}: {}: {}", warning.line, warning.item, warning.reason);
}

void Warnings::add(std::uint32_t line, std::string_view item, std::string reason) {
  if (listed_.size() == kListedMax) {
    ++left_out_;
    return;
  }
  listed_.push_back({line, shown_text(item), std::move(reason)});
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
