#include "collect/decode/learned_timeouts.h"

#include <gtest/gtest.h>

#include "base/clock.h"

namespace collect {
namespace {

using flow::Column;

constexpr base::UnixMs kNow = 1'700'000'000'000;
constexpr std::int64_t kSkewMs = 3'600'000;

flow::FlowRecord flow_of(std::int64_t duration_ms, std::int64_t idle_ms, std::uint8_t reason = 0) {
  flow::FlowRecord flow;
  flow.received = kNow;
  flow.end = kNow - kSkewMs - idle_ms;
  flow.start = flow.end - duration_ms;
  flow.protocol = 6;
  flow.end_reason = reason;
  flow.present = flow::bit(Column::start) | flow::bit(Column::end) | flow::bit(Column::protocol) |
                 flow::bit(Column::received);
  if (reason != 0) flow.present |= flow::bit(Column::end_reason);
  return flow;
}

void learn(LearnedTimeouts& learned, const flow::FlowRecord& flow, int times = 1) {
  for (int i = 0; i < times; ++i) learned.learn({&flow, 1}, kSkewMs);
}

TEST(LearnedTimeouts, AreUnknownUntilEnoughFlowsHaveShownThem) {
  LearnedTimeouts learned;
  learn(learned, flow_of(60'000, 1'000), 15);
  learn(learned, flow_of(100, 15'500), 15);
  EXPECT_EQ(learned.active_ms(), 0);
  EXPECT_EQ(learned.inactive_ms(), 0);
  learn(learned, flow_of(60'000, 1'000));
  learn(learned, flow_of(100, 15'500));
  EXPECT_EQ(learned.active_ms(), 60'000);
  EXPECT_EQ(learned.inactive_ms(), 15'000);
}

TEST(LearnedTimeouts, AreFoundAmongFlowsOfOtherLengths) {
  for (const std::int64_t active_s : {30, 60, 120, 300, 1'800, 3'600}) {
    LearnedTimeouts learned;
    for (int i = 0; i < 60; ++i) {
      learn(learned, flow_of(active_s * 1'000 - i * active_s / 4, 500 + i * 20));
      learn(learned, flow_of(8'000 + (active_s - 8) * i * 16, 20'000));
      learn(learned, flow_of(i * 100, 15'000 + i * 90));
    }
    EXPECT_EQ(learned.active_ms(), active_s * 1'000);
    EXPECT_EQ(learned.inactive_ms(), 15'000);
  }
}

TEST(LearnedTimeouts, LengthsThatDoNotPileUpShowNothing) {
  LearnedTimeouts learned;
  for (int i = 0; i < 1'000; ++i) learn(learned, flow_of(8'000 + i * 3'000, 15'000));
  EXPECT_EQ(learned.active_ms(), 0);
}

TEST(LearnedTimeouts, FlowsThatTcpEndedShowNothing) {
  LearnedTimeouts learned;
  auto flow = flow_of(60'000, 1'000);
  flow.tcp_flags = 0x1b;
  flow.present |= flow::bit(Column::tcp_flags);
  learn(learned, flow, 100);
  EXPECT_EQ(learned.active_ms(), 0);
}

TEST(LearnedTimeouts, WhatTheExporterSaysOfTheEndsCountsAlone) {
  LearnedTimeouts learned;
  learn(learned, flow_of(60'000, 1'000), 100);
  learn(learned, flow_of(119'000, 1'000, 2), 20);
  learn(learned, flow_of(700'000, 31'000, 1), 20);
  learn(learned, flow_of(60'000, 3'000, 3), 100);
  learn(learned, flow_of(60'000, 3'000), 100);
  EXPECT_EQ(learned.active_ms(), 120'000);
  EXPECT_EQ(learned.inactive_ms(), 30'000);
}

TEST(LearnedTimeouts, WhoCallsWhatItCutsIdleIsReadByTheLengths) {
  LearnedTimeouts learned;
  for (int i = 0; i < 40; ++i) {
    learn(learned, flow_of(60'000 - i * 10, 200, 1));
    learn(learned, flow_of(i * 100, 15'000 + i * 10, 1));
    learn(learned, flow_of(20'000 + i * 1'000, 2'000, 3));
  }
  EXPECT_EQ(learned.active_ms(), 60'000);
  EXPECT_EQ(learned.inactive_ms(), 15'000);
}

TEST(LearnedTimeouts, AChangedSettingIsLearnedAnew) {
  LearnedTimeouts learned;
  learn(learned, flow_of(60'000, 1'000, 2), 20'000);
  learn(learned, flow_of(300'000, 1'000, 2), 5'000);
  EXPECT_EQ(learned.active_ms(), 300'000);
}

TEST(LearnedTimeouts, TimesThatMakeNoSenseCostNothing) {
  LearnedTimeouts learned;
  learn(learned, flow_of(-5'000, -5'000), 100);
  learn(learned, flow_of(std::int64_t{1} << 50, std::int64_t{1} << 50), 100);
  auto without_times = flow_of(60'000, 15'000);
  without_times.present = 0;
  learn(learned, without_times, 100);
  EXPECT_EQ(learned.active_ms(), 0);
  EXPECT_EQ(learned.inactive_ms(), 0);
}

}  // namespace
}  // namespace collect
