#include "base/channel.h"

#include <gtest/gtest.h>

#include <memory>
#include <thread>

namespace base {
namespace {

TEST(Channel, RefusesAValueBeyondItsCapacityAndLeavesItWithTheSender) {
  Channel<std::unique_ptr<int>> channel(1);
  auto first = std::make_unique<int>(1);
  auto second = std::make_unique<int>(2);
  EXPECT_TRUE(channel.try_push(first));
  EXPECT_FALSE(channel.try_push(second));
  ASSERT_NE(second, nullptr);
  EXPECT_EQ(*second, 2);
}

TEST(Channel, LetsARareValueInOverItsCapacity) {
  Channel<int> channel(1);
  int value = 1;
  ASSERT_TRUE(channel.try_push(value));
  value = 2;
  EXPECT_TRUE(channel.push_over(value));
  EXPECT_EQ(channel.size(), 2u);
}

TEST(Channel, GivesOutWhatIsInsideAfterClosing) {
  Channel<int> channel(2);
  int value = 7;
  ASSERT_TRUE(channel.try_push(value));
  channel.close();
  EXPECT_FALSE(channel.try_push(value));
  EXPECT_FALSE(channel.finished());
  EXPECT_EQ(channel.pop(), 7);
  EXPECT_EQ(channel.pop(), std::nullopt);
  EXPECT_TRUE(channel.finished());
}

TEST(Channel, AWaitingSenderGoesOnWhenRoomIsMade) {
  Channel<int> channel(1);
  int value = 1;
  ASSERT_TRUE(channel.try_push(value));
  std::jthread sender([&] {
    int next = 2;
    EXPECT_TRUE(channel.push(next));
    channel.close();
  });
  EXPECT_EQ(channel.pop(), 1);
  EXPECT_EQ(channel.pop(), 2);
  EXPECT_EQ(channel.pop(), std::nullopt);
}

TEST(Channel, ComesBackEmptyAtTheDeadline) {
  Channel<int> channel(1);
  EXPECT_EQ(channel.pop_until(std::chrono::steady_clock::now()), std::nullopt);
  EXPECT_FALSE(channel.finished());
}

}  // namespace
}  // namespace base
