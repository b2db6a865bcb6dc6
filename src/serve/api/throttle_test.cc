#include "serve/api/throttle.h"

#include <gtest/gtest.h>

namespace serve {
namespace {

constexpr Throttle::Limits kLimits{
    .tries_per_client = 2, .tries_in_all = 5, .window_ms = 1'000, .clients_max = 4};

flow::Address client(std::uint32_t number) {
  return flow::Address::v4(0x0a000000 + number);
}

TEST(ClientNetwork, IsTheAddressOrItsFirst64Bits) {
  const auto network = [](std::string_view address) {
    return flow::to_text(client_network(*flow::parse_address(address)));
  };
  EXPECT_EQ(network("192.0.2.7"), "192.0.2.7");
  EXPECT_EQ(network("2001:db8:1:2:3:4:5:6"), "2001:db8:1:2::");
}

TEST(Throttle, ClosesForAClientAndOpensAfterItsWindow) {
  Throttle throttle(kLimits);
  EXPECT_EQ(throttle.take(client(1), 10'000), 0);
  EXPECT_EQ(throttle.take(client(1), 10'400), 0);
  EXPECT_EQ(throttle.take(client(1), 10'600), 400);
  EXPECT_EQ(throttle.take(client(2), 10'600), 0);
  EXPECT_EQ(throttle.take(client(1), 11'000), 0);
}

TEST(Throttle, ClosesForAllWhenManyTry) {
  Throttle throttle(kLimits);
  for (std::uint32_t i = 0; i < 3; ++i) {
    EXPECT_EQ(throttle.take(client(i), 10'000), 0);
    EXPECT_EQ(throttle.take(client(i), 10'000) == 0, i < 2);
  }
}

TEST(Throttle, ARightTryGivesTheClientsTriesBack) {
  Throttle throttle(kLimits);
  for (int i = 0; i < 20; ++i) {
    EXPECT_EQ(throttle.take(client(1), 10'000), 0);
    throttle.forgive(client(1));
  }
  EXPECT_EQ(throttle.clients(), 0u);
}

TEST(Throttle, TakesANetworkOfIpv6AsOneClient) {
  Throttle throttle(kLimits);
  EXPECT_EQ(throttle.take(*flow::parse_address("2001:db8::1"), 10'000), 0);
  EXPECT_EQ(throttle.take(*flow::parse_address("2001:db8::2"), 10'000), 0);
  EXPECT_EQ(throttle.take(*flow::parse_address("2001:db8::3"), 10'000), 1'000);
  EXPECT_EQ(throttle.take(*flow::parse_address("2001:db8:1::3"), 10'000), 0);
}

TEST(Throttle, RemembersABoundedNumberOfClients) {
  Throttle throttle(
      {.tries_per_client = 1, .tries_in_all = 1'000, .window_ms = 1'000, .clients_max = 4});
  for (std::uint32_t i = 0; i < 10; ++i) EXPECT_EQ(throttle.take(client(i), 10'000 + i), 0);
  EXPECT_EQ(throttle.clients(), 4u);
  EXPECT_EQ(throttle.forgotten(), 6u);
  EXPECT_GT(throttle.take(client(9), 10'010), 0);
  EXPECT_EQ(throttle.take(client(20), 20'000), 0);  // the others' windows are over
  EXPECT_EQ(throttle.forgotten(), 6u);
}

TEST(Throttle, AClockThatWasSetBackClosesForNoLonger) {
  Throttle throttle(kLimits);
  EXPECT_EQ(throttle.take(client(1), 1'000'000), 0);
  EXPECT_EQ(throttle.take(client(1), 1'000'000), 0);
  EXPECT_EQ(throttle.take(client(1), 5'000), 0);
}

}  // namespace
}  // namespace serve
