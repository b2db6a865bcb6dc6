#include "query/filter/keys.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <string>

#include "base/check.h"
#include "base/letters.h"

namespace query {
namespace {

using flow::Column;

ValueKind kind_of(const flow::ColumnSpec& spec) {
  if (spec.column == Column::protocol) return ValueKind::Protocol;
  if (spec.column == Column::direction) return ValueKind::Direction;
  switch (spec.type) {
    case flow::ColumnType::Time:
      return ValueKind::Time;
    case flow::ColumnType::Address:
      return ValueKind::Network;
    case flow::ColumnType::U8:
    case flow::ColumnType::U16:
    case flow::ColumnType::U32:
      return ValueKind::Number;
    case flow::ColumnType::Counter:
      return ValueKind::Count;
    case flow::ColumnType::Mac:
      return ValueKind::Mac;
    case flow::ColumnType::Flag:
      return ValueKind::YesOrNo;
    case flow::ColumnType::Name:
      return ValueKind::Text;
    case flow::ColumnType::Word:
      return ValueKind::Word;
  }
  CHECK(false);
}

std::vector<Key> all_keys() {
  std::vector<Key> keys = {
      {"host", {Column::src, Column::dst}, ValueKind::Network, "address at either end"},
      {"net", {Column::src, Column::dst}, ValueKind::Network, "network of either end"},
      {"port", {Column::src_port, Column::dst_port}, ValueKind::Number, "port at either end"},
      {"sport", {Column::src_port}, ValueKind::Number, "source port"},
      {"dport", {Column::dst_port}, ValueKind::Number, "destination port"},
      {"proto", {Column::protocol}, ValueKind::Protocol, "IP protocol, name or number"},
      {"as", {Column::src_as, Column::dst_as}, ValueKind::Number, "AS number of either end"},
      {"if", {Column::in_if, Column::out_if}, ValueKind::Number, "ifIndex, ingress or egress"},
      {"mac", {Column::src_mac, Column::dst_mac}, ValueKind::Mac, "MAC address at either end"},
      {"dir", {Derived::Way}, ValueKind::Way, "in, out, local or transit, by the local networks"},
      {"pkts", {Column::packets}, ValueKind::Count, "packets as exported"},
      {"dur", {Derived::Duration}, ValueKind::Duration, "from first to last packet"},
      {"flag", {Column::tcp_flags}, ValueKind::TcpFlags, "TCP flags seen, joined by + all of them"},
      {"country",
       {Column::src_country, Column::dst_country},
       ValueKind::Text,
       "country of either end, two letters"},
      {"evidence", {Column::site_evidence}, ValueKind::Word, "what named the site"},
  };
  for (const auto& spec : flow::kColumns) {
    keys.push_back({spec.name, {spec.column}, kind_of(spec), spec.meaning});
  }
  return keys;
}

// Edits (insert, delete, replace, swap of neighbours) that turn one word into another.
std::size_t edits_between(std::string_view left, std::string_view right) {
  std::vector<std::size_t> before_last;
  std::vector<std::size_t> last(right.size() + 1);
  std::iota(last.begin(), last.end(), std::size_t{0});
  for (std::size_t i = 1; i <= left.size(); ++i) {
    std::vector<std::size_t> row(right.size() + 1, i);
    for (std::size_t j = 1; j <= right.size(); ++j) {
      const std::size_t replaced = last[j - 1] + (left[i - 1] == right[j - 1] ? 0 : 1);
      row[j] = std::min({replaced, last[j] + 1, row[j - 1] + 1});
      if (i > 1 && j > 1 && left[i - 1] == right[j - 2] && left[i - 2] == right[j - 1]) {
        row[j] = std::min(row[j], before_last[j - 2] + 1);
      }
    }
    before_last = std::move(last);
    last = std::move(row);
  }
  return last.back();
}

bool is_one_address(const flow::Network& network) {
  return network.length == 128;
}

std::size_t value_type_of(ValueKind kind) {
  using Values = decltype(Condition::any_of);
  switch (kind) {
    case ValueKind::Network:
      return Values(std::vector<flow::Network>{}).index();
    case ValueKind::Text:
      return Values(std::vector<TextPattern>{}).index();
    case ValueKind::TcpFlags:
      return Values(std::vector<BitsSet>{}).index();
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
      return Values(std::vector<NumberRange>{}).index();
  }
  CHECK(false);
}

}  // namespace

std::span<const Key> filter_keys() {
  static const std::vector<Key> keys = all_keys();
  return keys;
}

const Key* find_key(std::string_view name) {
  const std::string folded = base::lower(name);
  const auto found = std::ranges::find(filter_keys(), folded, &Key::name);
  return found == filter_keys().end() ? nullptr : &*found;
}

const Key& canonical_key(const Condition& condition) {
  const auto* networks = std::get_if<std::vector<flow::Network>>(&condition.any_of);
  const bool hosts = networks != nullptr && std::ranges::all_of(*networks, is_one_address);
  for (const Key& key : filter_keys()) {
    if (key.subjects != condition.subjects) continue;
    if (value_type_of(key.kind) != condition.any_of.index()) continue;
    if (key.name == "host" && !hosts) continue;  // then "net", which follows
    return key;
  }
  CHECK(false);
}

bool is_of_ports(const Key& key) {
  const Subject& subject = key.subjects.front();
  return subject == Subject(Column::src_port) || subject == Subject(Column::dst_port);
}

bool is_future_key(std::string_view name) {
  static constexpr auto kFuture = std::to_array<std::string_view>({"tag", "name"});
  return std::ranges::find(kFuture, base::lower(name)) != kFuture.end();
}

const Key* nearest_key(std::string_view name) {
  constexpr std::size_t kLongestName = 32;
  if (name.size() > kLongestName) return nullptr;
  const std::string folded = base::lower(name);
  const Key* nearest = nullptr;
  std::size_t fewest = folded.size() <= 3 ? 2 : 3;  // one edit in a short word, two in a longer one
  for (const Key& key : filter_keys()) {
    const std::size_t edits = edits_between(folded, key.name);
    if (edits >= fewest) continue;
    fewest = edits;
    nearest = &key;
  }
  return nearest;
}

}  // namespace query
