#include "know/lookups.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace know {
namespace {

using Kind = PtrAnswer::Kind;

flow::Address address_in(std::string_view text) {
  return flow::parse_address(text).value();
}

PtrAnswer named(std::vector<std::string> names, std::uint32_t ttl_s = 600) {
  return {.kind = Kind::Names, .names = std::move(names), .ttl_s = ttl_s};
}

struct LookupsTest : testing::Test {
  LookupsTest() {
    NameServers servers;
    servers.exporters = {address_in("192.168.1.1")};
    servers.system = {{address_in("192.0.2.53"), 53}};
    lookups.set_servers(std::move(servers));
  }
  void want(const flow::Address& address) { lookups.want(std::span(&address, 1), networks, now); }
  // The server that is asked next, and for what.
  std::optional<Lookups::Question> next() { return lookups.next(networks, now); }

  LocalNetworks networks;
  Lookups lookups;
  base::UnixMs now = 1'000'000'000;
  const flow::Address pc = address_in("192.168.1.50");
  const flow::Address router = address_in("192.168.1.1");
  const flow::Address system = address_in("192.0.2.53");
};

TEST_F(LookupsTest, ANameIsAskedForAgainAfterItsTtlWhenItIsWanted) {
  want(pc);
  want(pc);
  const auto question = next();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->server.address, router);
  EXPECT_FALSE(next());
  EXPECT_EQ(lookups.answered(*question, named({"pc.lan"}), now), "pc.lan");
  now += 599'000;
  want(pc);
  EXPECT_FALSE(next());
  now += 1'000;
  EXPECT_FALSE(next());  // nobody wants it
  want(pc);
  EXPECT_TRUE(next());
}

TEST_F(LookupsTest, WhatOneServerDoesNotKnowTheNextIsAsked) {
  want(pc);
  for (const Kind kind : {Kind::NoName, Kind::NoHelp, Kind::Silent, Kind::Malformed}) {
    const auto first = next();
    ASSERT_TRUE(first);
    EXPECT_EQ(first->server.address, router);
    EXPECT_EQ(lookups.answered(*first, {.kind = kind}, now), std::nullopt);
    const auto second = next();
    ASSERT_TRUE(second);
    EXPECT_EQ(second->server.address, system);
    EXPECT_EQ(lookups.answered(*second, {.kind = Kind::NoName}, now), std::nullopt);
    EXPECT_FALSE(next());
    want(pc);
    EXPECT_FALSE(next());  // that there is none is remembered
    const bool is_said = kind == Kind::NoName || kind == Kind::NoHelp;
    now += is_said ? Lookups::kNoNameMs : Lookups::kFailedMs;
    want(pc);
  }
}

TEST_F(LookupsTest, ANewServerIsAskedForWhatHasNoName) {
  lookups.set_servers({});
  want(pc);
  EXPECT_FALSE(next());
  want(pc);
  EXPECT_FALSE(next());
  NameServers servers;
  servers.exporters = {router};
  lookups.set_servers(servers);
  want(pc);
  const auto question = next();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->server.address, router);
  lookups.answered(*question, {.kind = Kind::NoName}, now);
  EXPECT_FALSE(next());
  lookups.set_servers(servers);  // nobody is new
  want(pc);
  EXPECT_FALSE(next());
}

TEST_F(LookupsTest, AServerThatIsSilentIsLeftAloneForAWhile) {
  const auto ask_all = [&] {
    std::vector<flow::Address> asked;
    for (auto question = next(); question; question = next()) {
      asked.push_back(question->server.address);
      const bool is_router = question->server.address == router;
      lookups.answered(*question, {.kind = is_router ? Kind::Silent : Kind::NoName}, now);
    }
    return asked;
  };
  for (int i = 0; i < Lookups::kSilentMax; ++i) {
    want(address_in("192.168.1.10" + std::to_string(i)));
    EXPECT_THAT(ask_all(), testing::ElementsAre(router, system));
  }
  EXPECT_EQ(lookups.servers().back().silent_since, now);
  want(pc);
  EXPECT_THAT(ask_all(), testing::ElementsAre(system));
  now += Lookups::kLeftAloneMs;
  want(address_in("192.168.1.110"));
  EXPECT_THAT(ask_all(), testing::ElementsAre(router, system));
  now += Lookups::kLeftAloneMs;  // now twice as long
  want(address_in("192.168.1.111"));
  EXPECT_THAT(ask_all(), testing::ElementsAre(system));
  now += Lookups::kLeftAloneMs;
  want(address_in("192.168.1.112"));
  const auto question = next();
  ASSERT_TRUE(question);
  EXPECT_EQ(question->server.address, router);
  EXPECT_EQ(lookups.answered(*question, named({"a.lan"}), now), "a.lan");
  EXPECT_EQ(lookups.servers().back().silent_since, 0);
}

TEST_F(LookupsTest, OfSeveralNamesItKeepsTheOneItHas) {
  want(pc);
  EXPECT_EQ(lookups.answered(*next(), named({"b.lan", "c.lan"}), now), "b.lan");
  now += base::kMsPerHour;
  want(pc);
  EXPECT_EQ(lookups.answered(*next(), named({"a.lan", "b.lan"}), now), "b.lan");
}

TEST_F(LookupsTest, LocalAddressesComeFirstAndNobodyIsFlooded) {
  std::vector<flow::Address> many;
  for (std::uint32_t i = 0; i < 5'000; ++i) many.push_back(flow::Address::v4(0xc6336400 + i));
  lookups.want(many, networks, now);
  want(pc);
  EXPECT_EQ(lookups.waiting(), Lookups::kWaitingMax + 1);
  EXPECT_EQ(lookups.not_queued(), 5'000 - Lookups::kWaitingMax);
  EXPECT_EQ(next()->address, pc);
  std::vector<Lookups::Question> asked;
  for (auto question = next(); question; question = next()) asked.push_back(*question);
  EXPECT_EQ(asked.size() + 1, Lookups::kAskedAtOnce);
  for (const auto& question : asked) lookups.answered(question, named({"x.example"}), now);
  std::int64_t in_a_burst = Lookups::kAskedAtOnce;
  for (auto question = next(); question; question = next()) ++in_a_burst;
  EXPECT_EQ(in_a_burst, Lookups::kBurst);
  EXPECT_EQ(lookups.next_ms(now), 1'000 / Lookups::kPerSecond);
  now += 1'000 / Lookups::kPerSecond;
  EXPECT_TRUE(next());
  EXPECT_FALSE(next());
}

TEST_F(LookupsTest, ATtlIsTakenWithinBounds) {
  want(pc);
  lookups.answered(*next(), named({"pc.lan"}, 0), now);
  now += Lookups::kTtlMinMs - 1;
  want(pc);
  EXPECT_FALSE(next());
  now += 1;
  want(pc);
  lookups.answered(*next(), named({"pc.lan"}, 0xffff'ffff), now);
  now += Lookups::kTtlMaxMs;
  want(pc);
  EXPECT_TRUE(next());
}

TEST_F(LookupsTest, WhatIsNoNameIsTold) {
  want(pc);
  lookups.answered(*next(), {.kind = Kind::Malformed, .detail = "<script>"}, now);
  const auto servers = lookups.servers();
  const auto& told = servers.back();
  EXPECT_EQ(told.malformed, 1u);
  EXPECT_EQ(told.last_malformed, "<script>");
  EXPECT_EQ(told.last_malformed_for, pc);
}

}  // namespace
}  // namespace know
