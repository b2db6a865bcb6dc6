#include "state/setting_values.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cmath>
#include <limits>
#include <vector>

#include "base/letters.h"

namespace state {
namespace {

std::optional<flow::Address> parse_host(std::string_view host) {
  if (host.empty() || host == "*") return flow::Address{};
  if (host == "localhost") return flow::Address::v4(0x7f000001);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
    return host.find(':') == std::string_view::npos ? std::nullopt : flow::parse_address(host);
  }
  // An IPv6 address without brackets would leave its last group to be read as the port.
  return host.find(':') == std::string_view::npos ? flow::parse_address(host) : std::nullopt;
}

struct Unit {
  std::string_view name;
  std::uint64_t octets;
};
constexpr std::uint64_t kKilo = 1'000;
constexpr std::uint64_t kKibi = 1'024;
constexpr Unit kUnits[] = {
    {"", 1},
    {"b", 1},
    {"k", kKilo},
    {"kb", kKilo},
    {"m", kKilo* kKilo},
    {"mb", kKilo* kKilo},
    {"g", kKilo* kKilo* kKilo},
    {"gb", kKilo* kKilo* kKilo},
    {"t", kKilo* kKilo* kKilo* kKilo},
    {"tb", kKilo* kKilo* kKilo* kKilo},
    {"kib", kKibi},
    {"mib", kKibi* kKibi},
    {"gib", kKibi* kKibi* kKibi},
    {"tib", kKibi* kKibi* kKibi* kKibi},
};

}  // namespace

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const auto colon = text.rfind(':');
  const auto digits = colon == std::string_view::npos ? text : text.substr(colon + 1);
  const auto host = colon == std::string_view::npos ? std::string_view{} : text.substr(0, colon);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc{} || end != digits.data() + digits.size()) return std::nullopt;
  const auto address = parse_host(host);
  if (!address) return std::nullopt;
  return Endpoint{*address, port};
}

std::string to_text(const Endpoint& endpoint) {
  if (endpoint.address == flow::Address{}) return fmt::format(":{}", endpoint.port);
  const auto host = flow::to_text(endpoint.address);
  return endpoint.address.is_v4() ? fmt::format("{}:{}", host, endpoint.port)
                                  : fmt::format("[{}]:{}", host, endpoint.port);
}

std::optional<std::uint64_t> parse_octets(std::string_view text) {
  std::uint64_t count = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), count);
  if (error != std::errc{}) return std::nullopt;
  std::string unit = base::lower({end, text.data() + text.size()});
  unit.erase(0, unit.find_first_not_of(' '));
  const auto found = std::ranges::find(kUnits, unit, &Unit::name);
  if (found == std::end(kUnits)) return std::nullopt;
  if (count > std::numeric_limits<std::uint64_t>::max() / found->octets) return std::nullopt;
  return count * found->octets;
}

std::optional<std::uint64_t> parse_whole_number(std::string_view text) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  if (text.empty() || error != std::errc{} || parsed != end) return std::nullopt;
  return number;
}

std::optional<std::uint64_t> parse_bits_per_s(std::string_view text) {
  constexpr double kMost = 1e15;
  double number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  if (error != std::errc{}) return std::nullopt;
  std::string unit = base::lower({parsed, end});
  unit.erase(0, unit.find_first_not_of(' '));
  for (const std::string_view written : {"bit/s", "bps"}) {
    if (unit.ends_with(written)) unit.erase(unit.size() - written.size());
  }
  constexpr std::string_view kPowers = "kmgt";
  if (unit.size() > 1) return std::nullopt;
  if (!unit.empty()) {
    const auto power = kPowers.find(unit.front());
    if (power == std::string_view::npos) return std::nullopt;
    for (std::size_t i = 0; i <= power; ++i) number *= 1e3;
  }
  if (!(number >= 1) || number > kMost) return std::nullopt;
  return static_cast<std::uint64_t>(std::llround(number));
}

std::size_t edit_distance(std::string_view from, std::string_view to) {
  std::vector<std::size_t> row(to.size() + 1);
  for (std::size_t j = 0; j < row.size(); ++j) row[j] = j;
  for (std::size_t i = 1; i <= from.size(); ++i) {
    std::size_t diagonal = row[0];
    row[0] = i;
    for (std::size_t j = 1; j <= to.size(); ++j) {
      const std::size_t replaced = diagonal + (from[i - 1] == to[j - 1] ? 0 : 1);
      diagonal = row[j];
      row[j] = std::min({replaced, row[j] + 1, row[j - 1] + 1});
    }
  }
  return row.back();
}

}  // namespace state
