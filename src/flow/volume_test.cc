#include "flow/volume.h"

#include <gtest/gtest.h>

#include <limits>

namespace flow {
namespace {

TEST(Share, OfAdjacentStepsSumsToTheVolumeExactly) {
  const Times times{1'003, 187'501, false};
  for (const std::int64_t volume : {std::int64_t{0}, std::int64_t{1}, std::int64_t{7'919},
                                    std::numeric_limits<std::int64_t>::max()}) {
    std::int64_t sum = 0;
    for (base::UnixMs from = 0; from < 240'000; from += 60'000) {
      sum += share(volume, times, from, from + 60'000);
    }
    EXPECT_EQ(sum, volume);
  }
}

TEST(Share, OfAFlowWithoutDurationLiesWhereItEnds) {
  const Times times{60'000, 60'000, false};
  EXPECT_EQ(share(10, times, 0, 60'000), 0);
  EXPECT_EQ(share(10, times, 60'000, 120'000), 10);
}

TEST(ShareBefore, IsTheSameInSixtyFourAndInAHundredAndTwentyEightBits) {
  const Times day{0, kSpreadMaxMs, false};
  const std::int64_t small = (std::int64_t{1} << 35) - 1;
  const std::int64_t large = small + 1;
  EXPECT_EQ(share_before(small, day, kSpreadMaxMs / 2), small / 2);
  EXPECT_EQ(share_before(large, day, kSpreadMaxMs / 2), large / 2);
  EXPECT_EQ(share_before(std::numeric_limits<std::int64_t>::max(), day, kSpreadMaxMs),
            std::numeric_limits<std::int64_t>::max());
  EXPECT_EQ(share_before(large, day, 0), 0);
}

FlowRecord received_at(base::UnixMs received) {
  FlowRecord flow;
  flow.received = received;
  flow.present = bit(Column::received);
  return flow;
}

TEST(EffectiveTimes, AFlowWithoutTimesLiesAtTheExportTime) {
  auto flow = received_at(100'000);
  flow.export_time = 99'000;
  flow.present |= bit(Column::export_time);
  EXPECT_EQ(effective_times(flow), (Times{99'000, 99'000, false}));
}

TEST(EffectiveTimes, AFlowThatStartsAfterItsEndLiesAtTheEnd) {
  auto flow = received_at(100'000);
  flow.start = 90'000;
  flow.end = 80'000;
  flow.present |= bit(Column::start) | bit(Column::end);
  EXPECT_EQ(effective_times(flow), (Times{80'000, 80'000, false}));
}

TEST(EffectiveTimes, AreHeldWithinADayBeforeAndTheSkewAfterReceipt) {
  const base::UnixMs now = 10 * base::kMsPerDay;
  auto flow = received_at(now);
  flow.start = 0;
  flow.end = now + base::kMsPerHour;
  flow.present |= bit(Column::start) | bit(Column::end);
  EXPECT_EQ(effective_times(flow), (Times{now - kSpreadMaxMs, now + kSkewMaxMs, true}));
}

}  // namespace
}  // namespace flow
