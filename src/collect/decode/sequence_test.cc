#include "collect/decode/sequence.h"

#include <gtest/gtest.h>

#include "collect/decode/caps.h"

namespace collect {
namespace {

// A tracker, its ledger and the sums of it.
struct Followed {
  SequenceTracker tracker{1'000};
  MinuteLedger ledger{flow::Address::v4(1)};
  base::UnixMs now_ms = 1'000'000;

  void arrive(std::uint32_t sequence, std::uint32_t units = 1,
              std::optional<std::uint32_t> uptime_ms = std::nullopt) {
    tracker.arrived({.sequence = sequence,
                     .units = units,
                     .untold_units_max = 0,
                     .sys_uptime_ms = uptime_ms,
                     .received_ms = now_ms},
                    ledger);
  }
  flow::LedgerCounts settled() {
    tracker.expire(now_ms + kReorderMaxMs, ledger);
    flow::LedgerCounts sum;
    for (const auto& row : ledger.rows()) sum += row.counts;
    EXPECT_EQ(sum.sequence_sent, sum.sequence_received + sum.sequence_gap);
    return sum;
  }
};

TEST(Sequence, WithoutGapAllThatWasSentCame) {
  Followed followed;
  for (std::uint32_t i = 0; i < 10; ++i) followed.arrive(4'294'967'290u + i * 3, 3);  // wraps
  EXPECT_EQ(followed.settled().sequence_received, 30u);
  EXPECT_EQ(followed.settled().sequence_gap, 0u);
}

TEST(Sequence, AMissingStretchIsLostOnceItHadItsTimeToCome) {
  Followed followed;
  followed.arrive(10);
  followed.arrive(14);
  flow::LedgerCounts now = followed.ledger.rows().at(0).counts;
  EXPECT_EQ(now.sequence_gap, 0u);
  const auto counts = followed.settled();
  EXPECT_EQ(counts.sequence_gap, 3u);
  EXPECT_EQ(counts.sequence_sent, 5u);
}

TEST(Sequence, ReorderedDatagramsAreNoLoss) {
  Followed followed;
  for (const std::uint32_t sequence : {10u, 13u, 12u, 11u, 14u}) followed.arrive(sequence);
  const auto counts = followed.settled();
  EXPECT_EQ(counts.reordered, 2u);
  EXPECT_EQ(counts.sequence_gap, 0u);
  EXPECT_EQ(counts.sequence_received, 5u);
}

TEST(Sequence, AMissingStretchIsFilledInAnyOrderOfItsParts) {
  Followed followed;
  followed.arrive(0, 10);
  followed.arrive(50, 10);
  followed.arrive(20, 10);  // from the middle
  followed.arrive(10, 10);
  const auto counts = followed.settled();
  EXPECT_EQ(counts.reordered, 2u);
  EXPECT_EQ(counts.sequence_gap, 20u);
  EXPECT_EQ(counts.sequence_received, 40u);
}

TEST(Sequence, ARepeatedDatagramIsCountedAndChangesNothingElse) {
  Followed followed;
  followed.arrive(10);
  followed.arrive(11);
  followed.arrive(11);
  followed.arrive(12);
  const auto counts = followed.settled();
  EXPECT_EQ(counts.repeated, 1u);
  EXPECT_EQ(counts.sequence_sent, 3u);
  EXPECT_EQ(counts.sequence_gap, 0u);
}

TEST(Sequence, ARestartIsNoGap) {
  Followed by_zero;
  by_zero.arrive(500);
  by_zero.arrive(0);
  by_zero.arrive(1);
  EXPECT_EQ(by_zero.settled().restarts, 1u);
  EXPECT_EQ(by_zero.settled().sequence_gap, 0u);

  Followed far_behind;
  far_behind.arrive(5'000);
  far_behind.arrive(3'000);
  EXPECT_EQ(far_behind.settled().restarts, 1u);

  Followed by_uptime;
  by_uptime.arrive(500, 1, 10'000'000);
  by_uptime.arrive(900, 1, 3'000);
  EXPECT_EQ(by_uptime.settled().restarts, 1u);
  EXPECT_EQ(by_uptime.settled().sequence_gap, 0u);
}

TEST(Sequence, ALittleBehindForLongIsARestartToo) {
  Followed followed;
  followed.arrive(500);
  for (std::uint32_t i = 0; i < 10; ++i) followed.arrive(3 + i);
  const auto counts = followed.settled();
  EXPECT_EQ(counts.restarts, 1u);
  EXPECT_EQ(counts.repeated, 4u);
}

TEST(Sequence, TheWrapOfUptimeIsNoRestart) {
  Followed followed;
  followed.arrive(1, 1, 4'294'967'000u);
  followed.arrive(2, 1, 500);
  EXPECT_EQ(followed.settled().restarts, 0u);
}

TEST(Sequence, UnitsNobodyCouldTellAreTakenFromTheNextSequence) {
  Followed followed;
  followed.tracker.arrived({.sequence = 0,
                            .units = 2,
                            .untold_units_max = 100,
                            .sys_uptime_ms = std::nullopt,
                            .received_ms = 1},
                           followed.ledger);
  followed.arrive(12);  // ten more had been in the set without template
  const auto counts = followed.settled();
  EXPECT_EQ(counts.sequence_gap, 0u);
  EXPECT_EQ(counts.sequence_received, 13u);
}

TEST(Sequence, MissingStretchesAreBounded) {
  Followed followed;
  for (std::uint32_t i = 0; i < 100; ++i) followed.arrive(i * 2);
  EXPECT_LE(followed.tracker.state().missing.size(), kMissingStretchesMax);
  EXPECT_EQ(followed.settled().sequence_gap, 99u);
}

// What comes late into the middle of a stretch parts it in two.
TEST(Sequence, MissingStretchesAreBoundedWhenLateOnesPartThem) {
  Followed followed;
  followed.arrive(0);
  followed.arrive(1'000);
  for (std::uint32_t i = 2; i < 200; i += 2) {
    followed.arrive(i);
    ASSERT_LE(followed.tracker.state().missing.size(), kMissingStretchesMax);
  }
  const auto counts = followed.settled();
  EXPECT_EQ(counts.reordered, 99u);
  EXPECT_EQ(counts.sequence_gap, 999u - 99u);
  EXPECT_EQ(counts.sequence_sent, 1'001u);
}

TEST(Sequence, AGapIsCountedInTheMinuteInWhichItWasNoticed) {
  Followed followed;
  followed.arrive(0);
  followed.arrive(5);
  const base::UnixMs noticed = base::floor_to(followed.now_ms, base::kMsPerMinute);
  followed.tracker.expire(followed.now_ms + base::kMsPerHour, followed.ledger);
  ASSERT_EQ(followed.ledger.rows().size(), 1u);
  EXPECT_EQ(followed.ledger.rows()[0].minute, noticed);
}

}  // namespace
}  // namespace collect
