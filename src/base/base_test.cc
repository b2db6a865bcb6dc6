#include <gtest/gtest.h>

#include "base/clock.h"
#include "base/disk_budget.h"
#include "base/log.h"
#include "base/result.h"
#include "base/snapshot.h"

namespace base {
namespace {

TEST(FloorTo, GoesDownForTimesBefore1970Too) {
  static_assert(floor_to(119'999, kMsPerMinute) == 60'000);
  static_assert(floor_to(60'000, kMsPerMinute) == 60'000);
  static_assert(floor_to(-1, kMsPerMinute) == -60'000);
}

TEST(DiskBudget, TakesNothingWhenItCannotTakeAll) {
  DiskBudget budget(100);
  EXPECT_TRUE(budget.take(60));
  EXPECT_FALSE(budget.take(41));
  EXPECT_EQ(budget.used_octets(), 60u);
  EXPECT_TRUE(budget.take(40));
  budget.give_back(100);
  EXPECT_EQ(budget.used_octets(), 0u);
}

TEST(DiskBudget, GrantsNothingWhileMoreThanItsLimitIsOnDisk) {
  DiskBudget budget(100);
  budget.take_over(150);
  EXPECT_FALSE(budget.take(1));
}

TEST(Snapshot, AHolderKeepsItsValueWhenAnotherIsPublished) {
  Snapshot<int> snapshot(std::make_shared<const int>(1));
  const auto held = snapshot.get();
  snapshot.publish(std::make_shared<const int>(2));
  EXPECT_EQ(*held, 1);
  EXPECT_EQ(*snapshot.get(), 2);
}

TEST(SampledLog, LetsOneLinePerIntervalThroughAndSaysHowManyItHeldBack) {
  SampledLog log(1000);
  std::vector<std::uint64_t> lines;
  for (const UnixMs now : {0, 10, 20, 1000}) {
    log.line(now, [&](std::uint64_t held_back) { lines.push_back(held_back); });
  }
  EXPECT_EQ(lines, (std::vector<std::uint64_t>{0, 2}));
}

TEST(ToText, SaysWhereWhatAndWhatToDo) {
  EXPECT_EQ(to_text(UserError{"weir.toml:3", "expected a port, came 'x'", "0 to 65535"}),
            "weir.toml:3: expected a port, came 'x' (0 to 65535)");
  EXPECT_EQ(to_text(IoError{"bind", "0.0.0.0:2055", EADDRINUSE, ""}),
            "bind 0.0.0.0:2055: Address already in use");
}

}  // namespace
}  // namespace base
