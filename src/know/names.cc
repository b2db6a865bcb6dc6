#include "know/names.h"

#include <algorithm>

#include "base/check.h"
#include "base/json_text.h"

namespace know {
namespace {

// Octets of UTF-8 by which a name could hide, or turn round, what stands beside it: C1 controls,
// zero-width characters, marks of direction, line separators.
bool has_hidden_characters(std::string_view text) {
  const auto octet = [&](std::size_t at) { return static_cast<unsigned char>(text[at]); };
  for (std::size_t at = 0; at < text.size(); ++at) {
    if (octet(at) < 0x20 || octet(at) == 0x7f) return true;
    if (octet(at) == 0xc2 && at + 1 < text.size() && octet(at + 1) < 0xa0) return true;
    if (octet(at) != 0xe2 || at + 2 >= text.size()) continue;
    const unsigned second = octet(at + 1);
    const unsigned third = octet(at + 2);
    const bool is_of_general =
        second == 0x80 && ((third >= 0x8b && third <= 0x8f) || (third >= 0xa8 && third <= 0xae));
    const bool is_isolate = second == 0x81 && third >= 0xa0 && third <= 0xaf;
    if (is_of_general || is_isolate) return true;
  }
  return false;
}

bool is_of_a_host_name(char letter) {
  return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
         (letter >= '0' && letter <= '9') || letter == '-' || letter == '_' || letter == '.';
}

}  // namespace

std::string_view to_text(NameOrigin origin) {
  switch (origin) {
    case NameOrigin::Person:
      return "person";
    case NameOrigin::HostsFile:
      return "hosts";
    case NameOrigin::Lease:
      return "dhcp";
    case NameOrigin::ReverseDns:
      return "dns";
  }
  CHECK(false);
}

std::optional<NameOrigin> parse_name_origin(std::string_view text) {
  for (const NameOrigin origin : kNameOrigins) {
    if (to_text(origin) == text) return origin;
  }
  return std::nullopt;
}

std::optional<std::string> host_name(std::string_view text) {
  if (text.ends_with('.')) text.remove_suffix(1);
  if (text.empty() || text.size() > kHostNameOctetsMax) return std::nullopt;
  if (!std::ranges::all_of(text, is_of_a_host_name)) return std::nullopt;
  if (text.starts_with('.') || text.find("..") != std::string_view::npos) return std::nullopt;
  if (flow::parse_address(text)) return std::nullopt;
  return std::string(text);
}

std::optional<std::string> persons_name(std::string_view text) {
  const std::size_t first = text.find_first_not_of(' ');
  if (first == std::string_view::npos) return std::string();
  text = text.substr(first, text.find_last_not_of(' ') - first + 1);
  if (text.size() > kPersonsNameOctetsMax || base::utf8_prefix(text) != text.size() ||
      has_hidden_characters(text)) {
    return std::nullopt;
  }
  return std::string(text);
}

}  // namespace know
