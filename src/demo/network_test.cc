#include "demo/network.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <set>

#include "wire/export/netflow9.h"
#include "wire/export/set.h"

namespace demo {
namespace {

using base::kMsPerDay;
using base::kMsPerHour;
using base::UnixMs;

// Monday, 23 November 2026, 0:00 UTC, which is the household's zone here.
constexpr UnixMs kMonday = 1'795'392'000'000;
constexpr Settings kSettings{.seed = 7, .begin = kMonday};

std::vector<Report> day_of(const Settings& settings, UnixMs step) {
  Household household(settings);
  std::vector<Report> all;
  for (UnixMs at = settings.begin + step; at <= settings.begin + kMsPerDay; at += step) {
    const auto some = household.take_until(at);
    all.insert(all.end(), some.begin(), some.end());
  }
  return all;
}

bool same(const std::vector<Report>& one, const std::vector<Report>& other) {
  return std::ranges::equal(one, other, [](const Report& a, const Report& b) {
    return a.told == b.told && a.flow == b.flow;
  });
}

std::int64_t bytes_between(const std::vector<Report>& reports, std::string_view device, int from,
                           int to) {
  const auto found = std::ranges::find(devices(), device, &Device::name);
  std::int64_t bytes = 0;
  for (const Report& report : reports) {
    const auto hour = (report.flow.start - kMonday) / kMsPerHour;
    if (hour < from || hour >= to) continue;
    for (const flow::Address& end : {report.flow.src, report.flow.dst}) {
      if (end == found->v4() || end == found->v6()) bytes += report.flow.bytes;
    }
  }
  return bytes;
}

TEST(Household, TheSameSettingsMakeTheSameReportsHoweverOneAsks) {
  const auto whole = day_of(kSettings, kMsPerDay);
  EXPECT_TRUE(same(whole, day_of(kSettings, 2'000)));
  EXPECT_FALSE(same(whole, day_of({.seed = 8, .begin = kMonday}, kMsPerDay)));
}

TEST(Household, ReportsComeInOrderAfterTheFlowsEndAndTellAtMostAMinute) {
  UnixMs last = 0;
  for (const Report& report : day_of(kSettings, kMsPerDay)) {
    EXPECT_LE(last, report.told);
    EXPECT_LT(report.flow.end, report.told);
    EXPECT_LE(report.told - report.flow.end, Household::kInactiveMs);
    EXPECT_LE(report.flow.end - report.flow.start, Household::kActiveMs);
    EXPECT_GT(report.flow.packets, 0);
    EXPECT_GT(report.flow.bytes, 0);
    last = report.told;
  }
}

TEST(Household, TwelveDevicesSpeakBothFamiliesOfAddresses) {
  std::set<flow::Address> seen;
  bool is_v6_seen = false;
  for (const Report& report : day_of(kSettings, kMsPerDay)) {
    seen.insert(report.flow.src);
    is_v6_seen |= !report.flow.src.is_v4();
    EXPECT_EQ(report.flow.src.is_v4(), report.flow.dst.is_v4());
  }
  EXPECT_TRUE(is_v6_seen);
  EXPECT_EQ(devices().size(), 12u);
  for (const Device& device : devices()) EXPECT_TRUE(seen.contains(device.v4())) << device.name;
}

TEST(Household, HabitsKeepTheirHours) {
  const auto reports = day_of(kSettings, kMsPerDay);
  EXPECT_GT(bytes_between(reports, "NAS", 2, 5), 10 * bytes_between(reports, "NAS", 5, 12));
  EXPECT_GT(bytes_between(reports, "Living-room TV", 17, 24),
            10 * bytes_between(reports, "Living-room TV", 5, 15));
  EXPECT_GT(bytes_between(reports, "Work laptop", 8, 19), 1'000'000);
  EXPECT_EQ(bytes_between(reports, "Work laptop", 0, 8), 0);
  const auto saturday = day_of({.seed = 7, .begin = kMonday + 5 * kMsPerDay}, kMsPerDay);
  EXPECT_EQ(bytes_between(saturday, "Work laptop", 5 * 24, 6 * 24), 0);
}

TEST(Household, TheZoneMovesItsHours) {
  const auto reports =
      day_of({.seed = 7, .begin = kMonday, .zone_offset_ms = 8 * kMsPerHour}, kMsPerDay);
  EXPECT_EQ(bytes_between(reports, "Work laptop", 15, 24), 0);
  EXPECT_GT(bytes_between(reports, "Work laptop", 0, 11), 1'000'000);
}

TEST(Truth, AFlowLiesInItsHoursAndCountsWhereItEnds) {
  const auto& nas = devices()[1];
  const auto& laptop = devices()[3];
  Truth truth;
  truth.add({.start = kMonday + kMsPerHour - 30'000,
             .end = kMonday + kMsPerHour + 10'000,
             .src = laptop.v4(),
             .dst = nas.v4(),
             .bytes = 4'000,
             .packets = 4,
             .app = App::Smb});
  const Volume first{.bytes = 3'000, .packets = 3, .flows = 0};
  const Volume second{.bytes = 1'000, .packets = 1, .flows = 1};
  using Cell = Truth::Cell;
  const std::map<Cell, Volume> expected = {
      {Cell{kMonday, nas.v4(), App::Smb, true}, first},
      {Cell{kMonday, laptop.v4(), App::Smb, false}, first},
      {Cell{kMonday + kMsPerHour, nas.v4(), App::Smb, true}, second},
      {Cell{kMonday + kMsPerHour, laptop.v4(), App::Smb, false}, second}};
  EXPECT_EQ(truth.cells(), expected);
  EXPECT_EQ(truth.all(), (Volume{.bytes = 4'000, .packets = 4, .flows = 1}));
  EXPECT_THAT(truth.to_json(), testing::HasSubstr(R"("device":"Work laptop","in":{"bytes":0)"));
}

TEST(Truth, PartsAddUp) {
  Network network(kSettings);
  network.advance(kMonday + kMsPerDay, [](UnixMs, wire::ByteView) {});
  const Truth& truth = network.truth();
  Volume apps;
  Volume hours;
  std::set<App> seen;
  for (const auto& [cell, volume] : truth.apps()) {
    apps += volume;
    seen.insert(cell.second);
  }
  for (const auto& [hour, volume] : truth.hours()) hours += volume;
  EXPECT_EQ(apps, truth.all());
  EXPECT_EQ(hours, truth.all());
  EXPECT_EQ(truth.hours().size(), 24u);
  EXPECT_EQ(seen.size(), kAppCount);
}

TEST(Network, DatagramsAreWholeInOrderAndHoldEveryFlow) {
  Network network(kSettings);
  std::uint32_t sequence = 0;
  UnixMs last = kMonday;
  std::map<std::uint16_t, std::size_t> record_octets;
  std::int64_t records = 0;
  network.advance(kMonday + kMsPerHour, [&](UnixMs now, wire::ByteView datagram) {
    EXPECT_LE(datagram.size(), 1'400u);
    EXPECT_LE(last, now);
    last = now;
    const auto message = wire::parse_netflow9(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header.sequence, sequence++);
    EXPECT_EQ(message->header.unix_secs, now / 1'000);
    wire::ByteReader sets(message->sets);
    while (sets.remaining() > 0) {
      const auto set = wire::next_set(sets);
      ASSERT_TRUE(set);
      wire::ByteReader in(set->records);
      if (set->id != wire::kNetflow9TemplateSet) {
        records += static_cast<std::int64_t>(set->records.size() / record_octets.at(set->id));
        continue;
      }
      for (auto next = wire::next_netflow9_template(in); next && *next;
           next = wire::next_netflow9_template(in)) {
        record_octets[(*next)->id] = wire::smallest_record_octets((*next)->fields);
      }
    }
  });
  EXPECT_EQ(sequence, network.datagrams());
  EXPECT_EQ(records, network.truth().all().flows);
  EXPECT_GT(records, 100);
  EXPECT_EQ(record_octets.size(), 2u);
}

}  // namespace
}  // namespace demo
