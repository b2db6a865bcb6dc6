#include "collect/receive/refused_senders.h"

#include <fmt/format.h>
#include <gtest/gtest.h>

namespace collect {
namespace {

flow::Address numbered(std::size_t number) {
  return *flow::parse_address(fmt::format("198.51.{}.{}", number / 256, number % 256));
}

TEST(RefusedSenders, CountsEachAndListsTheBusiestFirst) {
  RefusedSenders refused;
  EXPECT_TRUE(refused.view().empty());
  refused.add(numbered(1), 2055, 10);
  refused.add(numbered(2), 2055, 20);
  refused.add(numbered(2), 9996, 30);

  const auto view = refused.view();
  ASSERT_EQ(view.size(), 2U);
  EXPECT_EQ(view[0].sender, numbered(2));
  EXPECT_EQ(view[0].datagrams, 2U);
  EXPECT_EQ(view[0].port, 9996);
  EXPECT_EQ(view[0].last_seen, 30);
  EXPECT_EQ(view[1].sender, numbered(1));
  EXPECT_EQ(view[1].datagrams, 1U);
  EXPECT_EQ(refused.datagrams(), 3U);
}

TEST(RefusedSenders, ForgedOnesDoNotPushOutTheOneThatKeepsSending) {
  RefusedSenders refused;
  refused.add(numbered(0), 2055, 1);
  for (std::size_t i = 1; i <= 10 * RefusedSenders::kKept; ++i) {
    refused.add(numbered(i), 2055, 2);
    refused.add(numbered(0), 2055, 2);
  }
  const auto view = refused.view();
  EXPECT_EQ(view.size(), RefusedSenders::kKept);
  EXPECT_EQ(view[0].sender, numbered(0));
  EXPECT_EQ(view[0].datagrams, 10 * RefusedSenders::kKept + 1);
  EXPECT_EQ(refused.datagrams(), 20 * RefusedSenders::kKept + 1);
}

}  // namespace
}  // namespace collect
