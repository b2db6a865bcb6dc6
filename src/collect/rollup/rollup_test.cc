#include "collect/rollup/rollup.h"

#include <gtest/gtest.h>

#include <algorithm>
#include <limits>
#include <map>
#include <numeric>
#include <random>
#include <tuple>

namespace collect {
namespace {

using flow::bit;
using flow::Column;
using flow::FlowRecord;
using flow::Locality;
using flow::Way;

constexpr base::UnixMs kNow = 100 * base::kMsPerDay;

FlowRecord flow_between(base::UnixMs start, base::UnixMs end) {
  FlowRecord flow;
  flow.received = kNow;
  flow.start = start;
  flow.end = end;
  flow.exporter = flow::Address::v4(0xc0000201);
  flow.in_if = 3;
  flow.out_if = 4;
  flow.src = flow::Address::v4(0x0a000001);
  flow.dst = flow::Address::v4(0xc6336401);
  flow.bytes = 1'000;
  flow.packets = 10;
  flow.locality = static_cast<std::uint8_t>(Locality::LocalToRemote);
  flow.counted = true;
  flow.app = 1;
  flow.present = bit(Column::received) | bit(Column::start) | bit(Column::end) |
                 bit(Column::exporter) | bit(Column::in_if) | bit(Column::out_if) |
                 bit(Column::src) | bit(Column::dst) | bit(Column::bytes) | bit(Column::packets) |
                 bit(Column::locality) | bit(Column::counted) | bit(Column::app);
  return flow;
}

flow::MinuteRows rollup_of(const std::vector<FlowRecord>& flows) {
  Rollup rollup;
  rollup.add(flows);
  return rollup.take();
}

TEST(Rollup, MakesARowPerLocalEndAndPerInterface) {
  const auto rows = rollup_of({flow_between(kNow, kNow + 1'000)});
  ASSERT_EQ(rows.hosts.size(), 1u);
  EXPECT_EQ(rows.hosts[0].minute, kNow);
  EXPECT_EQ(rows.hosts[0].host, flow::Address::v4(0x0a000001));
  EXPECT_EQ(rows.hosts[0].way, Way::Out);
  EXPECT_FALSE(rows.hosts[0].peer_is_local);
  EXPECT_EQ(rows.hosts[0].volume.bytes, 1'000);
  EXPECT_EQ(rows.hosts[0].volume.flows, 1);
  EXPECT_EQ(rows.hosts[0].cut_keys, 0u);
  ASSERT_EQ(rows.interfaces.size(), 2u);
  for (const auto& row : rows.interfaces)
    EXPECT_EQ(row.way, row.interface == 3 ? Way::In : Way::Out);
}

TEST(Rollup, AFlowBetweenTwoLocalHostsMakesARowAtEach) {
  auto flow = flow_between(kNow, kNow);
  flow.locality = static_cast<std::uint8_t>(Locality::LocalToLocal);
  const auto rows = rollup_of({flow});
  ASSERT_EQ(rows.hosts.size(), 2u);
  for (const auto& row : rows.hosts) {
    EXPECT_TRUE(row.peer_is_local);
    EXPECT_EQ(row.way, row.host == flow.src ? Way::Out : Way::In);
  }
}

TEST(Rollup, TransitAndUncountedFlowsMakeNoHostRow) {
  auto transit = flow_between(kNow, kNow);
  transit.locality = static_cast<std::uint8_t>(Locality::RemoteToRemote);
  auto uncounted = flow_between(kNow, kNow);
  uncounted.counted = false;
  const auto rows = rollup_of({transit, uncounted});
  EXPECT_TRUE(rows.hosts.empty());
  EXPECT_EQ(rows.interfaces.size(), 2u);
}

TEST(Rollup, MultipliesBySamplingAndKeepsRaw) {
  auto flow = flow_between(kNow, kNow);
  flow.sampling_rate = 100;
  flow.present |= bit(Column::sampling_rate);
  const auto rows = rollup_of({flow});
  const auto& volume = rows.hosts[0].volume;
  EXPECT_EQ(std::tie(volume.bytes, volume.packets, volume.flows),
            std::make_tuple(100'000, 1'000, 100));
  EXPECT_EQ(std::tie(volume.raw_bytes, volume.raw_packets, volume.raw_flows),
            std::make_tuple(1'000, 10, 1));
}

TEST(Rollup, CountsAFlowInTheMinuteOfItsEndEvenWhereNoVolumeLies) {
  const auto rows = rollup_of({flow_between(kNow - base::kMsPerMinute, kNow)});
  std::map<base::UnixMs, flow::Volume> by_minute;
  for (const auto& row : rows.hosts) by_minute[row.minute] = row.volume;
  EXPECT_EQ(by_minute[kNow - base::kMsPerMinute].bytes, 1'000);
  EXPECT_EQ(by_minute[kNow - base::kMsPerMinute].flows, 0);
  EXPECT_EQ(by_minute[kNow].bytes, 0);
  EXPECT_EQ(by_minute[kNow].flows, 1);
}

// Minute by minute the same as flow/volume.h's formula, and nothing lost.
TEST(Rollup, SpreadsToTheUnitAsTheFormulaSays) {
  std::mt19937_64 random(7);
  std::vector<FlowRecord> flows;
  std::map<base::UnixMs, std::int64_t> expected;
  std::int64_t total = 0;
  for (int i = 0; i < 2'000; ++i) {
    const auto end = kNow - static_cast<base::UnixMs>(random() % 600'000);
    auto flow = flow_between(end - static_cast<base::UnixMs>(random() % 900'000), end);
    flow.bytes = static_cast<std::int64_t>(random() % (i % 2 == 0 ? 5'000 : 1ull << 40));
    flow.sampling_rate = static_cast<std::uint32_t>(1 + random() % 3);
    flow.present |= bit(Column::sampling_rate);
    const auto times = flow::effective_times(flow);
    for (auto minute = base::floor_to(times.start, base::kMsPerMinute); minute <= times.end;
         minute += base::kMsPerMinute) {
      expected[minute] +=
          flow::share(flow.bytes, times, minute, minute + base::kMsPerMinute) * flow.sampling_rate;
    }
    total += flow.bytes * flow.sampling_rate;
    flows.push_back(flow);
  }
  std::map<base::UnixMs, std::int64_t> got;
  std::int64_t sum = 0;
  for (const auto& row : rollup_of(flows).hosts) {
    got[row.minute] += row.volume.bytes;
    sum += row.volume.bytes;
  }
  EXPECT_EQ(got, expected);
  EXPECT_EQ(sum, total);
}

TEST(Rollup, LyingCountersStayAtTheLargestNumber) {
  auto flow = flow_between(kNow, kNow);
  flow.bytes = std::numeric_limits<std::int64_t>::max();
  flow.sampling_rate = 1'000;
  flow.present |= bit(Column::sampling_rate);
  const auto rows = rollup_of({flow, flow});
  EXPECT_EQ(rows.hosts[0].volume.bytes, std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(rows.hosts[0].volume.raw_bytes, std::numeric_limits<std::int64_t>::max());
}

TEST(Rollup, IsEmptyAfterItWasTaken) {
  Rollup rollup;
  rollup.add(std::vector{flow_between(kNow, kNow)});
  rollup.take();
  const auto rows = rollup.take();
  EXPECT_TRUE(rows.hosts.empty());
  EXPECT_TRUE(rows.interfaces.empty());
}

TEST(Rollup, FlowsOfADayBeyondTheBudgetGoIntoTheRestsOfTheirFirstAndLastMinutes) {
  constexpr std::int64_t kMinutes = base::kMsPerDay / base::kMsPerMinute + 1;
  constexpr auto kFlows = static_cast<std::size_t>(Rollup::kSpreadMinutes / kMinutes + 50);
  const std::vector<FlowRecord> flows(kFlows, flow_between(kNow - base::kMsPerDay, kNow));
  Rollup rollup;
  rollup.add(flows);
  const auto rows = rollup.take();
  std::int64_t bytes = 0;
  std::int64_t count = 0;
  std::vector<base::UnixMs> rests;
  for (const auto& row : rows.hosts) {
    bytes += row.volume.bytes;
    count += row.volume.flows;
    if (row.cut_keys != 0) rests.push_back(row.minute);
  }
  EXPECT_EQ(bytes, 1'000 * static_cast<std::int64_t>(kFlows));
  EXPECT_EQ(count, static_cast<std::int64_t>(kFlows));
  std::ranges::sort(rests);
  EXPECT_EQ(rests, (std::vector{kNow - base::kMsPerDay, kNow}));

  rollup.add(std::vector{flows[0]});
  for (const auto& row : rollup.take().hosts) EXPECT_EQ(row.cut_keys, 0u);
}

struct Taken {
  std::size_t rows = 0;
  std::int64_t rows_bytes = 0;
  std::int64_t least_row = std::numeric_limits<std::int64_t>::max();
  std::uint32_t cut_keys = 0;
  std::int64_t rest_bytes = 0;
};

Taken take(MinuteSums<HostKey>& sums) {
  Taken taken;
  sums.take(
      [&](base::UnixMs, const HostKey&, const flow::Volume& volume) {
        ++taken.rows;
        taken.rows_bytes += volume.bytes;
        taken.least_row = std::min(taken.least_row, volume.bytes);
      },
      [&](base::UnixMs, std::uint32_t cut_keys, const flow::Volume& volume) {
        taken.cut_keys += cut_keys;
        taken.rest_bytes += volume.bytes;
      });
  return taken;
}

HostKey key_of(std::uint32_t number) {
  return {.host = flow::Address::v4(number)};
}

TEST(MinuteSums, CutsTheSmallestKeysIntoTheRestAndLosesNothing) {
  using Sums = MinuteSums<HostKey>;
  Sums sums;
  constexpr std::uint32_t kKeys = Sums::kKeysPerMinute + 1'000;
  std::int64_t total = 0;
  for (std::uint32_t i = 0; i < kKeys; ++i) {
    sums.add(0, key_of(i), {.bytes = 1 + i});
    total += 1 + i;
  }
  const auto taken = take(sums);
  EXPECT_EQ(taken.rows, Sums::kKeysPerMinute);
  EXPECT_EQ(taken.cut_keys, 1'000u);
  EXPECT_EQ(taken.least_row, 1'001);
  EXPECT_EQ(taken.rows_bytes + taken.rest_bytes, total);
}

TEST(MinuteSums, AMinuteAtItsCapIsExact) {
  using Sums = MinuteSums<HostKey>;
  Sums sums;
  for (std::uint32_t i = 0; i < Sums::kKeysPerMinute; ++i) sums.add(0, key_of(i), {.bytes = 1});
  const auto taken = take(sums);
  EXPECT_EQ(taken.rows, Sums::kKeysPerMinute);
  EXPECT_EQ(taken.cut_keys, 0u);
}

TEST(MinuteSums, KeysOfEqualVolumeAreCutToTheCapExactly) {
  using Sums = MinuteSums<HostKey>;
  Sums sums;
  for (std::uint32_t i = 0; i < 3 * Sums::kKeysPerMinute; ++i) sums.add(0, key_of(i), {.bytes = 1});
  const auto taken = take(sums);
  EXPECT_EQ(taken.rows, Sums::kKeysPerMinute);
  EXPECT_EQ(taken.cut_keys, 2 * Sums::kKeysPerMinute);
}

TEST(MinuteSums, AllMinutesTogetherStayBelowTheirCap) {
  using Sums = MinuteSums<HostKey>;
  Sums sums;
  std::int64_t total = 0;
  for (std::uint32_t i = 0; i < 3 * Sums::kKeysMax; ++i) {
    sums.add(base::kMsPerMinute * (i % 1'000), key_of(i), {.bytes = 1});
    ++total;
    ASSERT_LT(sums.keys(), Sums::kKeysMax);
  }
  const auto taken = take(sums);
  EXPECT_EQ(taken.rows_bytes + taken.rest_bytes, total);
  EXPECT_GT(taken.cut_keys, 0u);
}

// A sender may name a minute of its own in each record: the older ones are told together.
TEST(MinuteSums, MinutesHaveACapAndTheOlderOnesBecomeOneStretch) {
  using Sums = MinuteSums<HostKey>;
  Sums sums;
  constexpr std::int64_t kMinutes = 10 * Sums::kMinutesMax;
  std::vector<std::int64_t> minutes(kMinutes);
  std::iota(minutes.begin(), minutes.end(), 0);
  std::ranges::shuffle(minutes, std::mt19937(3));
  for (const std::int64_t minute : minutes) {
    sums.add(minute * base::kMsPerMinute, key_of(1), {.bytes = 1});
    ASSERT_LE(sums.minutes(), Sums::kMinutesMax);
  }
  std::int64_t bytes = 0;
  base::UnixMs first_row = std::numeric_limits<base::UnixMs>::max();
  std::vector<base::UnixMs> rests;
  sums.take(
      [&](base::UnixMs minute, const HostKey&, const flow::Volume& volume) {
        bytes += volume.bytes;
        first_row = std::min(first_row, minute);
      },
      [&](base::UnixMs minute, std::uint32_t, const flow::Volume& volume) {
        bytes += volume.bytes;
        rests.push_back(minute);
      });
  EXPECT_EQ(bytes, kMinutes);
  ASSERT_EQ(rests.size(), 2u);
  EXPECT_EQ(rests[0], 0);
  EXPECT_LT(rests[1], first_row);
  EXPECT_EQ(rests[1], first_row - base::kMsPerMinute);
  EXPECT_EQ(sums.minutes(), 0u);
  EXPECT_EQ(sums.keys(), 0u);
  sums.add(0, key_of(1), {.bytes = 1});
  EXPECT_EQ(sums.keys(), 1u);
}

}  // namespace
}  // namespace collect
