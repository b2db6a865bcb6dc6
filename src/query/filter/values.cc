#include "query/filter/values.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <optional>
#include <span>

#include "base/check.h"
#include "base/letters.h"
#include "flow/mac.h"
#include "query/filter/quote.h"
#include "query/time_text.h"

namespace query {
namespace {

using base::Expected;
using base::Unexpected;

struct NamedNumber {
  std::string_view name;
  std::uint64_t number;
};

// Names from IANA's registry of protocol numbers, the ones that flows commonly show; the first name
// of a number is the canonical one.
constexpr auto kProtocols = std::to_array<NamedNumber>({
    {"icmp", 1},    {"igmp", 2},       {"ipip", 4},      {"tcp", 6},   {"egp", 8},   {"udp", 17},
    {"ipv6", 41},   {"rsvp", 46},      {"gre", 47},      {"esp", 50},  {"ah", 51},   {"icmp6", 58},
    {"icmpv6", 58}, {"ipv6-icmp", 58}, {"eigrp", 88},    {"ospf", 89}, {"pim", 103}, {"vrrp", 112},
    {"l2tp", 115},  {"sctp", 132},     {"udplite", 136},
});
constexpr auto kDirections = std::to_array<NamedNumber>({{"ingress", 0}, {"egress", 1}});
constexpr auto kYesOrNo =
    std::to_array<NamedNumber>({{"no", 0}, {"yes", 1}, {"false", 0}, {"true", 1}});
constexpr auto kWays =
    std::to_array<NamedNumber>({{"in", 0}, {"out", 1}, {"local", 2}, {"transit", 3}});
// RFC 9293 section 3.1 and RFC 3540 (ns), lowest bit first.
constexpr auto kTcpFlags = std::to_array<NamedNumber>({
    {"fin", 1},
    {"syn", 2},
    {"rst", 4},
    {"psh", 8},
    {"ack", 16},
    {"urg", 32},
    {"ece", 64},
    {"cwr", 128},
    {"ns", 256},
});

std::vector<NamedNumber> numbered(std::span<const std::string_view> words) {
  std::vector<NamedNumber> named;
  for (const std::string_view word : words) named.push_back({word, named.size()});
  return named;
}

std::span<const NamedNumber> words_of_column(flow::Column column) {
  static const auto words = [] {
    std::array<std::vector<NamedNumber>, flow::kColumnCount> of;
    for (const auto& spec : flow::kColumns) {
      of[static_cast<std::size_t>(spec.column)] = numbered(flow::words_of(spec.column));
    }
    return of;
  }();
  return words[static_cast<std::size_t>(column)];
}

std::span<const NamedNumber> names_of(const Key& key) {
  switch (key.kind) {
    case ValueKind::Protocol:
      return kProtocols;
    case ValueKind::Direction:
      return kDirections;
    case ValueKind::YesOrNo:
      return kYesOrNo;
    case ValueKind::Word:
      return words_of_column(std::get<flow::Column>(key.subjects.front()));
    case ValueKind::Way:
      return kWays;
    case ValueKind::TcpFlags:
      return kTcpFlags;
    case ValueKind::Network:
    case ValueKind::Number:
    case ValueKind::Count:
    case ValueKind::Duration:
    case ValueKind::Time:
    case ValueKind::Mac:
    case ValueKind::Text:
      return {};
  }
  CHECK(false);
}

// Kinds whose numbers are ours and mean nothing to a person.
bool takes_names_only(ValueKind kind) {
  return kind == ValueKind::Word || kind == ValueKind::Way || kind == ValueKind::YesOrNo;
}

std::optional<std::uint64_t> number_of_name(const Key& key, std::string_view text) {
  for (const NamedNumber& named : names_of(key)) {
    if (base::lower(named.name) == base::lower(text)) return named.number;
  }
  return std::nullopt;
}

std::optional<std::uint64_t> plain_number(std::string_view text) {
  int base = 10;
  if (text.starts_with("0x") || text.starts_with("0X")) {
    text.remove_prefix(2);
    base = 16;
  }
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number, base);
  if (error != std::errc{} || parsed != end) return std::nullopt;
  return number;
}

// "1500", "64k", "1.5M": decimal, so k is 1,000. A fraction must come out whole.
std::optional<std::uint64_t> count_of(std::string_view text) {
  std::uint64_t scale = 1;
  if (!text.empty()) {
    constexpr std::string_view kSuffixes = "kmgt";
    const auto power = kSuffixes.find(base::lower(text.back()));
    if (power != std::string_view::npos) {
      for (std::size_t i = 0; i <= power; ++i) scale *= 1000;
      text.remove_suffix(1);
    }
  }
  const auto point = text.find('.');
  const auto whole = plain_number(text.substr(0, point));
  if (!whole) return std::nullopt;
  if (*whole > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()) / scale) {
    return std::nullopt;
  }
  std::uint64_t count = *whole * scale;
  if (point == std::string_view::npos) return count;
  const auto fraction_text = text.substr(point + 1);
  if (fraction_text.empty()) return std::nullopt;
  for (const char c : fraction_text) {
    if (c < '0' || c > '9' || scale % 10 != 0) return std::nullopt;
    scale /= 10;
    count += static_cast<std::uint64_t>(c - '0') * scale;
  }
  return count;
}

std::optional<std::uint64_t> time_number_of(std::string_view text) {
  if (const auto time = utc_time_of(text)) return static_cast<std::uint64_t>(*time);
  return plain_number(text);
}

std::optional<std::uint64_t> duration_number_of(std::string_view text) {
  if (text == "0") return 0;
  const auto duration = duration_ms_of(text);
  if (!duration) return std::nullopt;
  return static_cast<std::uint64_t>(*duration);
}

// One number of a key, without its operator.
std::optional<std::uint64_t> number_of(const Key& key, std::string_view text) {
  if (const auto named = number_of_name(key, text)) return named;
  if (takes_names_only(key.kind)) return std::nullopt;
  switch (key.kind) {
    case ValueKind::Count:
      return count_of(text);
    case ValueKind::Duration:
      return duration_number_of(text);
    case ValueKind::Time:
      return time_number_of(text);
    case ValueKind::Mac:
      return flow::parse_mac(text);
    case ValueKind::Network:
    case ValueKind::Number:
    case ValueKind::YesOrNo:
    case ValueKind::Protocol:
    case ValueKind::Direction:
    case ValueKind::Word:
    case ValueKind::Way:
    case ValueKind::TcpFlags:
    case ValueKind::Text:
      return plain_number(text);
  }
  CHECK(false);
}

ValueError wrong(const Key& key, std::string_view text, std::string hint = {}) {
  return {fmt::format("expected {}, came `{}`", expectation(key), text), std::move(hint)};
}

std::string hint_for_number(const Key& key, std::string_view text) {
  if (key.kind == ValueKind::Duration && plain_number(text)) {
    return fmt::format("with a unit: {}s, {}m or {}h", text, text, text);
  }
  const auto dash = text.find('-');
  if (dash != std::string_view::npos && dash > 0 && number_of(key, text.substr(0, dash)) &&
      number_of(key, text.substr(dash + 1))) {
    return fmt::format("a range is written {}..{}", text.substr(0, dash), text.substr(dash + 1));
  }
  if (text.starts_with('-')) return fmt::format("`-` stands before the key: -{}:…", key.name);
  if (key.name == "tcp_flags") return "names of flags go with flag:, as in flag:syn";
  return {};
}

Expected<std::uint64_t, ValueError> bounded_number(const Key& key, std::string_view text,
                                                   std::string_view whole) {
  const auto number = number_of(key, text);
  if (!number) return Unexpected(wrong(key, whole, hint_for_number(key, text)));
  if (*number > largest_number(key)) return Unexpected(wrong(key, whole));
  return *number;
}

struct Comparison {
  std::string_view sign;
  bool below;     // `<`: the range ends at the number
  bool included;  // with `=`
};
// Longer signs first: ">=" begins with ">".
constexpr auto kComparisons = std::to_array<Comparison>(
    {{">=", false, true}, {"<=", true, true}, {">", false, false}, {"<", true, false}});

Expected<NumberRange, ValueError> read_comparison(const Key& key, const Comparison& comparison,
                                                  std::string_view text) {
  const auto number = bounded_number(key, text.substr(comparison.sign.size()), text);
  if (!number) return Unexpected(number.error());
  const std::uint64_t largest = largest_number(key);
  if (comparison.below) {
    if (comparison.included) return NumberRange{0, *number};
    if (*number == 0) return Unexpected(ValueError{"nothing is below 0", {}});
    return NumberRange{0, *number - 1};
  }
  if (comparison.included) return NumberRange{*number, largest};
  if (*number == largest) {
    return Unexpected(ValueError{fmt::format("nothing is above {}", largest), {}});
  }
  return NumberRange{*number + 1, largest};
}

Expected<Value, ValueError> read_number_range(const Key& key, std::string_view text) {
  if (text == "*") return NumberRange{0, largest_number(key)};
  for (const Comparison& comparison : kComparisons) {
    if (!text.starts_with(comparison.sign)) continue;
    if (takes_names_only(key.kind)) return Unexpected(wrong(key, text));
    const auto range = read_comparison(key, comparison, text);
    if (!range) return Unexpected(range.error());
    return *range;
  }
  const auto dots = takes_names_only(key.kind) ? std::string_view::npos : text.find("..");
  if (dots == std::string_view::npos) {
    const auto number = bounded_number(key, text, text);
    if (!number) return Unexpected(number.error());
    return NumberRange{*number, *number};
  }
  const auto low = bounded_number(key, text.substr(0, dots), text);
  if (!low) return Unexpected(low.error());
  const auto high = bounded_number(key, text.substr(dots + 2), text);
  if (!high) return Unexpected(high.error());
  if (*low > *high) {
    return Unexpected(
        ValueError{fmt::format("the range `{}` begins above its end", text),
                   fmt::format("{}..{}", text.substr(dots + 2), text.substr(0, dots))});
  }
  return NumberRange{*low, *high};
}

Expected<Value, ValueError> read_flags(const Key& key, std::string_view text) {
  if (text == "*") return BitsSet{0};
  BitsSet bits;
  for (std::string_view rest = text;;) {
    const auto plus = rest.find('+');
    const auto name = rest.substr(0, plus);
    auto bit = number_of_name(key, name);
    if (!bit) bit = plain_number(name);
    if (!bit || *bit == 0 || *bit > largest_number(key)) return Unexpected(wrong(key, text));
    bits.mask |= *bit;
    if (plus == std::string_view::npos) return bits;
    rest.remove_prefix(plus + 1);
  }
}

Expected<Value, ValueError> read_network(const Key& key, std::string_view text) {
  if (text == "*") return flow::Network{};
  const auto network = flow::parse_network(text);
  if (network) return *network;
  return Unexpected(wrong(key, text));
}

// The shortest text that count_of() reads back.
std::string count_text(std::uint64_t count) {
  std::string_view suffixes = "kMGT";
  std::string_view suffix;
  for (; count != 0 && count % 1000 == 0 && !suffixes.empty(); suffixes.remove_prefix(1)) {
    suffix = suffixes.substr(0, 1);
    count /= 1000;
  }
  return fmt::format("{}{}", count, suffix);
}

std::string write_number(const Key& key, std::uint64_t number) {
  for (const NamedNumber& named : names_of(key)) {
    if (named.number == number) return std::string(named.name);
  }
  if (key.kind == ValueKind::Duration) return duration_text(static_cast<std::int64_t>(number));
  if (key.kind == ValueKind::Mac) return flow::mac_text(number);
  if (key.kind == ValueKind::Count) return count_text(number);
  return fmt::format("{}", number);
}

// ">1M" rather than ">=1000001": the bound that is the shorter number, the included one if equal.
std::string write_bound(const Key& key, std::string_view sign, std::uint64_t included,
                        std::uint64_t excluded) {
  std::string with = write_number(key, included);
  std::string without = write_number(key, excluded);
  const bool scaled = key.kind == ValueKind::Count || key.kind == ValueKind::Duration;
  if (scaled && without.size() < with.size()) return fmt::format("{}{}", sign, without);
  return fmt::format("{}={}", sign, with);
}

std::string write(const Key& key, const NumberRange& range) {
  const std::uint64_t largest = largest_number(key);
  if (range.low == 0 && range.high == largest) return "*";
  if (range.low == range.high) return write_number(key, range.low);
  if (range.high == largest) return write_bound(key, ">", range.low, range.low - 1);
  if (range.low == 0) return write_bound(key, "<", range.high, range.high + 1);
  return write_number(key, range.low) + ".." + write_number(key, range.high);
}

std::string write(const Key& key, const BitsSet& bits) {
  if (bits.mask == 0) return "*";
  std::string text;
  std::uint64_t rest = bits.mask;
  for (const NamedNumber& named : names_of(key)) {
    if ((rest & named.number) == 0) continue;
    text += (text.empty() ? "" : "+") + std::string(named.name);
    rest &= ~named.number;
  }
  if (rest != 0) text += fmt::format("{}0x{:x}", text.empty() ? "" : "+", rest);
  return text;
}

std::string write(const Key&, const flow::Network& network) {
  if (network.length == 0) return "*";
  return network.length == 128 ? flow::to_text(network.address) : flow::to_text(network);
}

std::string write(const Key&, const TextPattern& pattern) {
  return quote_if_needed(pattern.text);
}

std::string join_words(std::span<const NamedNumber> names) {
  std::string text;
  for (const NamedNumber& named : names) {
    text += (text.empty() ? "" : ", ") + std::string(named.name);
  }
  return text;
}

}  // namespace

Expected<Value, ValueError> read_value(const Key& key, std::string_view text, bool quoted) {
  switch (key.kind) {
    case ValueKind::Network:
      return read_network(key, text);
    case ValueKind::TcpFlags:
      return read_flags(key, text);
    case ValueKind::Text:
      if (text.empty() && !quoted) return Unexpected(wrong(key, text));
      return TextPattern{base::lower(text)};
    case ValueKind::Number:
    case ValueKind::Count:
    case ValueKind::Duration:
    case ValueKind::Time:
    case ValueKind::Mac:
    case ValueKind::YesOrNo:
    case ValueKind::Protocol:
    case ValueKind::Direction:
    case ValueKind::Word:
    case ValueKind::Way:
      return read_number_range(key, text);
  }
  CHECK(false);
}

std::string write_value(const Key& key, const Value& value) {
  return std::visit([&](const auto& held) { return write(key, held); }, value);
}

std::string expectation(const Key& key) {
  switch (key.kind) {
    case ValueKind::Network:
      return "an address or a network (10.0.0.5, 10.0.0.0/8, 2001:db8::/32)";
    case ValueKind::Number:
      return fmt::format("a number from 0 to {}", largest_number(key));
    case ValueKind::Count:
      return "a count such as 1500, 64k, >1M or 1k..2k";
    case ValueKind::Duration:
      return "a duration with its unit, such as >10m or 1s..5s";
    case ValueKind::Time:
      return "a time in UTC, such as 2026-08-13T20:00Z, or Unix milliseconds";
    case ValueKind::Mac:
      return "a MAC address such as 00:0c:29:4f:8e:35";
    case ValueKind::Protocol:
      return "a protocol's name (tcp, udp, icmp, …) or a number from 0 to 255";
    case ValueKind::TcpFlags:
      return fmt::format("names of TCP flags joined by + ({})", join_words(kTcpFlags));
    case ValueKind::Text:
      return "text, in which * stands for any characters";
    case ValueKind::YesOrNo:
      return "yes or no";
    case ValueKind::Direction:
    case ValueKind::Word:
    case ValueKind::Way:
      return "one of " + join_words(names_of(key));
  }
  CHECK(false);
}

std::vector<std::string_view> value_words(const Key& key) {
  std::vector<std::string_view> words;
  for (const NamedNumber& named : names_of(key)) words.push_back(named.name);
  return words;
}

std::uint64_t largest_number(const Key& key) {
  constexpr auto kLargestSigned =
      static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  const auto* column = std::get_if<flow::Column>(&key.subjects.front());
  if (column == nullptr) {
    return key.kind == ValueKind::Way ? 3 : static_cast<std::uint64_t>(kLongestDurationMs);
  }
  if (key.kind == ValueKind::Word) return names_of(key).size() - 1;
  switch (flow::spec(*column).type) {
    case flow::ColumnType::U8:
    case flow::ColumnType::Word:
      return std::numeric_limits<std::uint8_t>::max();
    case flow::ColumnType::U16:
      return std::numeric_limits<std::uint16_t>::max();
    case flow::ColumnType::U32:
      return std::numeric_limits<std::uint32_t>::max();
    case flow::ColumnType::Mac:
      return (std::uint64_t{1} << 48) - 1;
    case flow::ColumnType::Flag:
      return 1;
    case flow::ColumnType::Time:
    case flow::ColumnType::Counter:
    case flow::ColumnType::Address:
    case flow::ColumnType::Name:
      return kLargestSigned;
  }
  CHECK(false);
}

}  // namespace query
