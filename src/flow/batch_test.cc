#include "flow/batch.h"

#include <gtest/gtest.h>

#include <array>
#include <limits>

#include "flow/volume.h"

namespace flow {
namespace {

FlowRecord a_flow() {
  FlowRecord flow;
  flow.received = 1'000'000;
  flow.start = 900'000;
  flow.end = 950'000;
  flow.src = *parse_address("2001:db8::1");
  flow.bytes = 77;
  flow.present = bit(Column::received) | bit(Column::start) | bit(Column::end) | bit(Column::src) |
                 bit(Column::bytes);
  return flow;
}

TEST(Batch, GivesBackWhatWasAppendedAndNothingMore) {
  auto second = a_flow();
  second.src = *parse_address("2001:db8::2");
  second.present &= ~bit(Column::bytes);
  Batch batch(4);
  batch.append(std::array{a_flow(), second});

  ASSERT_EQ(batch.rows(), 2u);
  EXPECT_EQ(batch.room(), 2u);
  EXPECT_EQ(batch.record(0).src, *parse_address("2001:db8::1"));
  EXPECT_EQ(batch.record(1).src, *parse_address("2001:db8::2"));
  EXPECT_EQ(batch.record(0).bytes, 77);
  EXPECT_FALSE(batch.record(1).has(Column::bytes));
  EXPECT_EQ(batch.filled() & bit(Column::dst), 0u);
}

TEST(Batch, KnowsWhichColumnsEveryRowHas) {
  auto second = a_flow();
  second.present &= ~bit(Column::bytes);
  Batch batch(4);
  EXPECT_EQ(batch.filled_in_every_row(), 0u);
  batch.append(std::array{a_flow()});
  EXPECT_NE(batch.filled_in_every_row() & bit(Column::bytes), 0u);
  batch.append(std::array{second});
  EXPECT_EQ(batch.filled_in_every_row() & bit(Column::bytes), 0u);
  EXPECT_NE(batch.filled() & bit(Column::bytes), 0u);
}

TEST(Batch, TakesTheRowsOfAnotherWithOtherColumns) {
  auto second = a_flow();
  second.present = bit(Column::received) | bit(Column::dst);
  second.dst = *parse_address("10.0.0.1");
  Batch batch(4);
  batch.append(std::array{a_flow()});
  Batch other(1);
  other.append(std::array{second});
  batch.append(other);

  ASSERT_EQ(batch.rows(), 2u);
  EXPECT_EQ(batch.record(0).src, a_flow().src);
  EXPECT_FALSE(batch.record(0).has(Column::dst));
  EXPECT_EQ(batch.record(1).dst, second.dst);
  EXPECT_FALSE(batch.record(1).has(Column::src));
  EXPECT_EQ(batch.filled_in_every_row(), bit(Column::received));
  EXPECT_EQ(batch.min_start, a_flow().start);
  EXPECT_EQ(batch.max_end, second.received);
}

TEST(Batch, BoundsHoldEveryRowsEffectiveTimes) {
  auto late = a_flow();
  late.start = 100;
  late.end = late.received + base::kMsPerHour;
  Batch batch(4);
  batch.append(std::array{a_flow(), late});
  EXPECT_EQ(batch.min_start, 100);
  EXPECT_EQ(batch.max_end, late.received + 5 * base::kMsPerMinute);
}

TEST(Batch, ATimeThatNoEngineCanHoldIsAbsent) {
  auto endless = a_flow();
  endless.start = std::numeric_limits<base::UnixMs>::min();
  endless.end = kTimeMaxMs + 1;
  Batch batch(2);
  batch.append(std::array{a_flow(), endless});
  EXPECT_FALSE(batch.record(1).has(Column::start));
  EXPECT_FALSE(batch.record(1).has(Column::end));
  EXPECT_TRUE(batch.record(0).has(Column::start));
  EXPECT_EQ(batch.min_start, a_flow().start);
  EXPECT_EQ(batch.max_end, endless.received);
  EXPECT_EQ(batch.filled_in_every_row() & bit(Column::start), 0u);
}

TEST(Batch, HoldsNoMemoryForColumnsNobodyFilled) {
  Batch batch(1024);
  EXPECT_EQ(batch.octets(), 0u);
  batch.append(std::array{a_flow()});
  EXPECT_EQ(batch.octets(), 1024 * (8 + 3 * 8 + 16 + 8));
}

}  // namespace
}  // namespace flow
