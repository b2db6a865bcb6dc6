#include "wire/export/retime.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <utility>

#include "wire/bytes/byte_writer.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"

namespace wire {
namespace {

using Octets = std::vector<std::byte>;

constexpr std::uint32_t kThen = 1'795'000'000;
constexpr std::int64_t kLater = 86'400 * 3 + 7;
constexpr std::uint64_t kThenNtp = (std::uint64_t{kThen} + 2'208'988'800) << 32 | 0x8000'0000;
constexpr std::uint16_t kTemplateId = 256;

struct FieldAndValue {
  FieldSpecifier field;
  std::uint64_t value;
};

Octets netflow9(const std::vector<FieldAndValue>& fields, bool with_template, bool with_data) {
  Octets octets;
  ByteWriter out(octets);
  Netflow9Header{.sys_uptime_ms = 5'000, .unix_secs = kThen, .source_id = 1}.emit(out);
  Template described{.id = kTemplateId};
  for (const auto& each : fields) described.fields.push_back(each.field);
  if (with_template) {
    SetWriter set(out, kNetflow9TemplateSet);
    emit_netflow9_template(out, described);
    set.finish();
  }
  if (with_data) {
    SetWriter set(out, kTemplateId);
    for (const auto& each : fields) out.put_be(each.value, each.field.length);
    set.finish();
  }
  return octets;
}

// The values of the one record in it, which has these fields.
std::vector<std::uint64_t> values_of(const Octets& datagram,
                                     const std::vector<FieldAndValue>& fields, ByteView sets) {
  ByteReader rest(sets);
  std::vector<std::uint64_t> values;
  while (rest.remaining() > 0) {
    const auto set = next_set(rest);
    if (!set) break;
    if (set->id != kTemplateId) continue;
    ByteReader record(set->records);
    for (const auto& each : fields) {
      const auto value = record.take(std::size_t{each.field.length});
      if (!value) return {};
      values.push_back(load_be_any(*value));
    }
  }
  EXPECT_FALSE(datagram.empty());
  return values;
}

// What each of the fields says of the time that lies kLater behind.
const std::vector<FieldAndValue> kTimes = {
    {{0, 152, 8}, std::uint64_t{kThen} * 1'000 + 123},    // flowStartMilliseconds
    {{0, 151, 4}, kThen},                                 // flowEndSeconds
    {{0, 154, 8}, kThenNtp},                              // flowStartMicroseconds, as NTP
    {{0, 157, 8}, std::uint64_t{kThen} * 1'000'000'000},  // flowEndNanoseconds, a plain count
    {{0, 160, 8}, std::uint64_t{kThen} * 1'000},          // systemInitTimeMilliseconds
    {{0, 21, 4}, 4'999},                                  // flowEndSysUpTime: relative
    {{0, 158, 4}, 77'000},                                // flowStartDeltaMicroseconds: relative
    {{0, 323, 8}, 0},                                     // observationTimeMilliseconds: not said
    {{0, 1, 8}, kThen},                                   // octetDeltaCount: no time
};
const std::vector<std::uint64_t> kMoved = {
    (std::uint64_t{kThen} + kLater) * 1'000 + 123,
    kThen + kLater,
    kThenNtp + (std::uint64_t{kLater} << 32),
    (std::uint64_t{kThen} + kLater) * 1'000'000'000,
    (std::uint64_t{kThen} + kLater) * 1'000,
    4'999,
    77'000,
    0,
    kThen,
};

TEST(Retimer, NetFlow5MovesItsHeaderAlone) {
  Octets octets;
  ByteWriter out(octets);
  const Netflow5Header header{
      .count = 2, .sys_uptime_ms = 9'000, .unix_secs = kThen, .unix_nsecs = 5};
  header.emit(out);
  const Netflow5Record record{.octets = 100, .first_ms = 1'000, .last_ms = 2'000};
  record.emit(out);
  record.emit(out);

  Retimer retimer;
  EXPECT_EQ(retimer.look(0, octets).flows, 2u);
  EXPECT_EQ(retimer.shift(0, octets, kLater).flows, 2u);
  const auto message = parse_netflow5(octets);
  ASSERT_TRUE(message);
  Netflow5Header expected = header;
  expected.unix_secs = kThen + kLater;
  EXPECT_EQ(message->header, expected);
  ByteReader records(message->records);
  EXPECT_EQ(Netflow5Record::from(*records.take<Netflow5Record::kSize>()), record);
}

TEST(Retimer, NetFlow9MovesHeaderAndAbsoluteTimes) {
  Octets octets = netflow9(kTimes, true, true);
  Retimer retimer;
  const auto seen = retimer.shift(0, octets, kLater);
  EXPECT_EQ(seen.flows, 1u);
  EXPECT_EQ(seen.unreadable_sets, 0u);
  const auto message = parse_netflow9(octets);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header.unix_secs, kThen + kLater);
  EXPECT_EQ(message->header.sys_uptime_ms, 5'000u);
  EXPECT_EQ(values_of(octets, kTimes, message->sets), kMoved);
}

TEST(Retimer, ThereAndBackIsTheSame) {
  const Octets before = netflow9(kTimes, true, true);
  Octets octets = before;
  Retimer retimer;
  retimer.shift(0, octets, kLater);
  EXPECT_NE(octets, before);
  retimer.shift(0, octets, -kLater);
  EXPECT_EQ(octets, before);
}

TEST(Retimer, IpfixMovesVariableLengthReverseAndScopeFieldsToo) {
  const Template described{.id = kTemplateId,
                           .fields = {{0, 82, kVariableLength},  // interfaceName
                                      {29'305, 152, 8},          // reverse flowStartMilliseconds
                                      {9, 152, 8}}};             // somebody's own element
  const Template options{.id = kTemplateId + 1,
                         .is_options = true,
                         .scope_count = 1,
                         .fields = {{0, 260, 4}, {0, 150, 4}}};
  Octets octets;
  ByteWriter out(octets);
  IpfixWriter message(out, {.export_time_s = kThen, .observation_domain = 7});
  {
    SetWriter set(out, kIpfixTemplateSet);
    emit_ipfix_template(out, described);
    set.finish();
    SetWriter more(out, kIpfixOptionsTemplateSet);
    emit_ipfix_template(out, options);
    more.finish();
    SetWriter records(out, kTemplateId);
    put_variable_length(out, 3);
    out.put_zeros(3);
    out.put(std::uint64_t{kThen} * 1'000);
    out.put(std::uint64_t{kThen} * 1'000);
    records.finish(1);
    SetWriter of_options(out, kTemplateId + 1);
    out.put(kThen);
    out.put(kThen);
    of_options.finish();
  }
  message.finish();

  Retimer retimer;
  EXPECT_EQ(retimer.shift(0, octets, kLater).flows, 1u) << "options are no flows";
  const auto parsed = parse_ipfix(octets);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->header.export_time_s, kThen + kLater);
  ByteReader sets(parsed->sets);
  ASSERT_TRUE(next_set(sets));
  ASSERT_TRUE(next_set(sets));
  const auto flows = next_set(sets);
  ASSERT_TRUE(flows);
  ASSERT_GE(flows->records.size(), 20u);
  EXPECT_EQ(load_be_any(flows->records.subspan(4, 8)), (std::uint64_t{kThen} + kLater) * 1'000);
  EXPECT_EQ(load_be_any(flows->records.subspan(12, 8)), std::uint64_t{kThen} * 1'000);
  const auto told = next_set(sets);
  ASSERT_TRUE(told);
  EXPECT_EQ(load_be_any(told->records.subspan(0, 4)), kThen + kLater);
  EXPECT_EQ(load_be_any(told->records.subspan(4, 4)), kThen + kLater);
}

TEST(Retimer, ATemplateThatComesLaterIsKnownFromTheLookBefore) {
  Octets data = netflow9(kTimes, false, true);
  const Octets described = netflow9(kTimes, true, false);
  Retimer retimer;
  EXPECT_EQ(retimer.look(0, data).unreadable_sets, 1u);
  retimer.look(0, described);
  retimer.begin_again();
  const auto seen = retimer.shift(0, data, kLater);
  EXPECT_EQ(seen.unreadable_sets, 0u);
  EXPECT_EQ(values_of(data, kTimes, parse_netflow9(data)->sets), kMoved);
}

TEST(Retimer, AnotherExportersTemplateIsNoneOfOurs) {
  Octets data = netflow9(kTimes, false, true);
  Retimer retimer;
  retimer.look(0, netflow9(kTimes, true, false));
  EXPECT_EQ(retimer.shift(1, data, kLater).unreadable_sets, 1u);
  EXPECT_NE(values_of(data, kTimes, parse_netflow9(data)->sets), kMoved);
  EXPECT_EQ(parse_netflow9(data)->header.unix_secs, kThen + kLater);
}

TEST(Retimer, TimesThatWouldLeaveTheirFieldStay) {
  const std::vector<FieldAndValue> far = {
      {{0, 150, 4}, 0xffff'fff0}, {{0, 152, 8}, ~std::uint64_t{0}}, {{0, 151, 4}, 5}};
  Octets octets = netflow9(far, true, true);
  Retimer retimer;
  retimer.shift(0, octets, kLater);
  EXPECT_THAT(values_of(octets, far, parse_netflow9(octets)->sets),
              testing::ElementsAre(0xffff'fff0u, ~std::uint64_t{0}, 5u + kLater));
}

TEST(Retimer, EveryTruncationIsTakenAndNothingBeyondItIsTouched) {
  const Octets whole = netflow9(kTimes, true, true);
  for (std::size_t length = 0; length <= whole.size(); ++length) {
    Octets guarded(whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length));
    guarded.insert(guarded.end(), 8, std::byte{0xa5});
    Retimer retimer;
    retimer.shift(0, std::span(guarded).first(length), kLater);
    EXPECT_EQ(Octets(guarded.end() - 8, guarded.end()), Octets(8, std::byte{0xa5})) << length;
  }
}

TEST(Retimer, WhatIsNoExportDatagramStays) {
  const Octets before(40, std::byte{0x42});
  Octets octets = before;
  Retimer retimer;
  EXPECT_EQ(retimer.shift(0, octets, kLater).flows, 0u);
  EXPECT_EQ(octets, before);
}

}  // namespace
}  // namespace wire
