#include "know/syslog_line.h"

#include <algorithm>

namespace know {
namespace {

constexpr std::size_t kPrefixOctetsMax = 300;  // a tag that comes later is part of the message
constexpr std::string_view kPrograms[] = {"dnsmasq", "pihole-FTL"};

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_of_a_word(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '-' || c == '_' ||
         c == '.';
}

std::string_view without_priority(std::string_view line) {
  if (!line.starts_with('<')) return line;
  const std::size_t end = line.find('>');
  const bool is_priority = end != std::string_view::npos && end >= 2 && end <= 4 &&
                           std::ranges::all_of(line.substr(1, end - 1), is_digit);
  return is_priority ? line.substr(end + 1) : line;
}

// The word before the next space; the space goes with it.
std::string_view take_field(std::string_view& line) {
  const std::size_t end = std::min(line.find(' '), line.size());
  const std::string_view field = line.substr(0, end);
  line.remove_prefix(std::min(line.size(), end + 1));
  return field;
}

// "-" or "[id name="value"][…]", in whose values a bracket may stand behind a backslash.
void skip_structured_data(std::string_view& line) {
  while (line.starts_with('[')) {
    std::size_t at = 1;
    while (at < line.size() && line[at] != ']') at += line[at] == '\\' ? 2 : 1;
    line.remove_prefix(std::min(line.size(), at + 1));
  }
  if (line.starts_with('-')) line.remove_prefix(1);
  if (line.starts_with(' ')) line.remove_prefix(1);
  constexpr std::string_view kByteOrderMark = "\xef\xbb\xbf";
  if (line.starts_with(kByteOrderMark)) line.remove_prefix(kByteOrderMark.size());
}

// "dnsmasq[123]: " or "dnsmasq: " wherever it stands at the beginning of a word.
bool take_tag(std::string_view text, std::string_view program, LogLine& out) {
  const std::string_view head = text.substr(0, kPrefixOctetsMax);
  for (std::size_t at = head.find(program); at != std::string_view::npos;
       at = head.find(program, at + 1)) {
    if (at > 0 && is_of_a_word(text[at - 1])) continue;
    std::string_view rest = text.substr(at + program.size());
    std::string_view process;
    if (rest.starts_with('[')) {
      const std::size_t end = std::min(rest.find(']'), rest.size() - 1);
      process = rest.substr(1, end == 0 ? 0 : end - 1);
      rest.remove_prefix(end + 1);
    } else if (rest.starts_with('-')) {  // "dnsmasq-dhcp[123]:"
      out = {program, {}, {}};
      return true;
    }
    if (!rest.starts_with(": ")) continue;
    out = {program, process, rest.substr(2)};
    return true;
  }
  return false;
}

}  // namespace

LogLine without_prefix(std::string_view line) {
  line = without_priority(line);
  LogLine out{{}, {}, line};
  if (line.starts_with("1 ")) {  // RFC 5424: version, time, host, program, process, kind, data
    std::string_view rest = line.substr(2);
    take_field(rest);
    take_field(rest);
    const std::string_view program = take_field(rest);
    const std::string_view process = take_field(rest);
    take_field(rest);
    skip_structured_data(rest);
    const bool is_known = std::ranges::find(kPrograms, program) != std::end(kPrograms);
    out = {is_known ? program : std::string_view(), process, rest};
    line = rest;
  }
  for (const std::string_view program : kPrograms) {
    if (take_tag(line, program, out)) break;
  }
  return out;
}

}  // namespace know
