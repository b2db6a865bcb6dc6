#include "wire/export/retime.h"

#include <cstdlib>
#include <limits>
#include <utility>

#include "wire/bytes/byte_writer.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"
#include "wire/export/registry.h"

namespace wire {
namespace {

constexpr std::size_t kSecondsOctets = 4;
constexpr std::size_t kSecondsOffset = 8;  // of NetFlow v5's and v9's header
constexpr std::size_t kIpfixSecondsOffset = 4;
constexpr std::uint32_t kReverseEnterprise = 29'305;  // RFC 5103
constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kMsPerDay = 86'400'000;
constexpr std::int64_t kUnixEpochInNtpSeconds = 2'208'988'800;
constexpr std::uint64_t kYear9999Ms = 253'402'300'799'999;

// The kind of time that a field says, in the octets it should have; empty: none.
std::optional<ElementType> time_of(const FieldSpecifier& field) {
  const std::uint32_t enterprise = field.enterprise == kReverseEnterprise ? 0 : field.enterprise;
  const RegisteredElement* element = find_registered(enterprise, field.id);
  if (element == nullptr) return std::nullopt;
  const bool is_seconds = element->type == ElementType::Seconds;
  const bool is_time =
      is_seconds || element->type == ElementType::Milliseconds || element->type == ElementType::Ntp;
  if (!is_time || field.length != (is_seconds ? kSecondsOctets : 8)) return std::nullopt;
  return element->type;
}

// The sum, or `value` where it would leave what the field can say.
std::uint64_t moved(std::uint64_t value, std::int64_t by, std::uint64_t most) {
  if (value == 0 || value > most) return value;
  const auto magnitude = static_cast<std::uint64_t>(std::abs(by));
  if (by < 0) return magnitude < value ? value - magnitude : value;
  return magnitude <= most - value ? value + magnitude : value;
}

std::uint64_t moved_seconds(std::uint64_t value, std::int64_t seconds) {
  return moved(value, seconds, std::numeric_limits<std::uint32_t>::max());
}

// NTP's seconds since 1900 and 2^-32ths, or, as some exporters send, a plain count of micro- or
// nanoseconds since 1970. The plain reading counts where it is within a day of the export time and
// NTP's is not.
std::uint64_t moved_ntp(std::uint64_t value, std::int64_t seconds, std::int64_t export_ms) {
  const auto ms_of = [&](std::int64_t units_per_ms) {
    return static_cast<std::int64_t>(value / static_cast<std::uint64_t>(units_per_ms));
  };
  const auto is_near = [&](std::int64_t ms) { return std::abs(ms - export_ms) < kMsPerDay; };
  const auto ntp_s = static_cast<std::int64_t>(value >> 32) - kUnixEpochInNtpSeconds;
  if (!is_near(ntp_s * kMsPerSecond)) {
    for (const std::int64_t units_per_ms : {std::int64_t{1'000}, std::int64_t{1'000'000}}) {
      if (!is_near(ms_of(units_per_ms))) continue;
      return moved(value, seconds * kMsPerSecond * units_per_ms,
                   std::numeric_limits<std::uint64_t>::max());
    }
  }
  return moved_seconds(value >> 32, seconds) << 32 | (value & 0xffff'ffff);
}

std::uint64_t moved_time(ElementType type, std::uint64_t value, std::int64_t seconds,
                         std::int64_t export_ms) {
  if (type == ElementType::Seconds) return moved_seconds(value, seconds);
  if (type == ElementType::Milliseconds) return moved(value, seconds * kMsPerSecond, kYear9999Ms);
  return moved_ntp(value, seconds, export_ms);
}

void move_header(std::span<std::byte> datagram, std::size_t offset, std::int64_t seconds) {
  if (datagram.empty()) return;
  const auto place = datagram.subspan(offset, kSecondsOctets);
  store_be(place, moved_seconds(load_be_any(ByteView(place)), seconds));
}

}  // namespace

Retimer::Seen Retimer::look(std::size_t exporter, ByteView datagram) {
  Walk looking{.exporter = exporter, .version = 0, .datagram = datagram, .place = {}};
  walk(looking);
  return looking.seen;
}

Retimer::Seen Retimer::shift(std::size_t exporter, std::span<std::byte> datagram,
                             std::int64_t seconds) {
  Walk shifting{.exporter = exporter,
                .version = 0,
                .datagram = datagram,
                .place = datagram,
                .seconds = seconds};
  walk(shifting);
  return shifting.seen;
}

void Retimer::walk(Walk& walk) {
  const auto head = ByteReader(walk.datagram).take<2>();
  if (!head) return;
  walk.version = load_be<std::uint16_t, 0>(*head);
  if (walk.version == Netflow5Header::kVersion) walk_netflow5(walk);
  if (walk.version == Netflow9Header::kVersion) walk_netflow9(walk);
  if (walk.version == IpfixHeader::kVersion) walk_ipfix(walk);
}

// All that its records say of time counts from the device's start.
void Retimer::walk_netflow5(Walk& walk) {
  const auto message = parse_netflow5(walk.datagram);
  if (!message) return;
  walk.seen.flows = static_cast<std::uint32_t>(message->record_count());
  move_header(walk.place, kSecondsOffset, walk.seconds);
}

void Retimer::walk_netflow9(Walk& walk) {
  const auto message = parse_netflow9(walk.datagram);
  if (!message) return;
  walk.domain = message->header.source_id;
  walk.export_ms = std::int64_t{message->header.unix_secs} * kMsPerSecond;
  move_header(walk.place, kSecondsOffset, walk.seconds);
  ByteReader rest(message->sets);
  while (rest.remaining() > 0 && !is_padding(rest.rest())) {
    const auto set = next_set(rest);
    if (!set) return;
    take_set(walk, *set);
  }
}

void Retimer::walk_ipfix(Walk& walk) {
  const auto message = parse_ipfix(walk.datagram);
  if (!message) return;
  walk.domain = message->header.observation_domain;
  walk.export_ms = std::int64_t{message->header.export_time_s} * kMsPerSecond;
  move_header(walk.place, kIpfixSecondsOffset, walk.seconds);
  ByteReader rest(message->sets);
  while (message->has_more(rest)) {
    const auto set = next_set(rest);
    if (!set) return;
    take_set(walk, *set);
  }
}

void Retimer::take_set(Walk& walk, const Set& set) {
  const bool is_ipfix = walk.version == IpfixHeader::kVersion;
  if (set.id == (is_ipfix ? kIpfixTemplateSet : kNetflow9TemplateSet)) {
    learn(walk, set.records, false);
  } else if (set.id == (is_ipfix ? kIpfixOptionsTemplateSet : kNetflow9OptionsTemplateSet)) {
    learn(walk, set.records, true);
  } else if (set.id >= Set::kFirstDataId) {
    const Known* known = find(walk, set.id);
    if (known == nullptr) {
      ++walk.seen.unreadable_sets;
      return;
    }
    take_records(walk, *known, set.records);
  }
}

void Retimer::learn(const Walk& walk, ByteView octets, bool is_options) {
  const bool is_ipfix = walk.version == IpfixHeader::kVersion;
  const auto next = is_ipfix
                        ? (is_options ? next_ipfix_options_template : next_ipfix_template)
                        : (is_options ? next_netflow9_options_template : next_netflow9_template);
  ByteReader set(octets);
  while (true) {
    auto taken = next(set);
    if (!taken || !*taken) return;
    Template& described = **taken;
    if (described.is_withdrawal()) continue;
    const Key key{walk.exporter, walk.version, walk.domain, described.id};
    if (first_.size() >= kTemplatesMax && !first_.contains(key)) continue;
    Known known{.described = std::move(described)};
    known.smallest_octets = smallest_record_octets(known.described.fields);
    for (std::size_t i = 0; i < known.described.fields.size(); ++i) {
      const bool is_element = is_ipfix || i >= known.described.scope_count;
      known.times.push_back(is_element ? time_of(known.described.fields[i]) : std::nullopt);
    }
    first_.try_emplace(key, known);
    current_.insert_or_assign(key, std::move(known));
  }
}

const Retimer::Known* Retimer::find(const Walk& walk, std::uint16_t id) const {
  const Key key{walk.exporter, walk.version, walk.domain, id};
  if (const auto found = current_.find(key); found != current_.end()) return &found->second;
  if (walk.place.empty()) return nullptr;  // not yet known, and perhaps never
  const auto found = first_.find(key);
  return found == first_.end() ? nullptr : &found->second;
}

void Retimer::take_records(Walk& walk, const Known& known, ByteView octets) {
  if (known.smallest_octets == 0) return;
  ByteReader records(octets);
  std::uint32_t count = 0;
  while (records.remaining() >= known.smallest_octets && take_record(walk, known, records)) ++count;
  if (!known.described.is_options) walk.seen.flows += count;
}

// False: its lengths reach beyond the set.
bool Retimer::take_record(const Walk& walk, const Known& known, ByteReader& records) {
  for (std::size_t i = 0; i < known.described.fields.size(); ++i) {
    const FieldSpecifier& field = known.described.fields[i];
    const auto length = field.length == kVariableLength ? take_variable_length(records)
                                                        : std::optional<std::size_t>(field.length);
    if (!length) return false;
    const auto value = records.take(*length);
    if (!value) return false;
    if (!known.times[i] || walk.place.empty()) continue;
    const auto offset = static_cast<std::size_t>(value->data() - walk.datagram.data());
    store_be(walk.place.subspan(offset, *length),
             moved_time(*known.times[i], load_be_any(*value), walk.seconds, walk.export_ms));
  }
  return true;
}

}  // namespace wire
