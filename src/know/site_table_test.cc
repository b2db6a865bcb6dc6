#include "know/site_table.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "flow/name_pool.h"

namespace know {
namespace {

constexpr base::UnixMs kHeardAt = 1'795'000'000'000;

flow::Address at(std::string_view text) {
  return flow::parse_address(text).value();
}

std::string_view text_of(std::uint32_t name) {
  return name == 0 ? "" : flow::NamePool::instance().text_of(name);
}

std::string_view asked(const Sites& sites, std::string_view client, std::string_view remote) {
  return text_of(sites.asked(at(client), at(remote)));
}

TEST(SiteTable, NamesAnAddressForTheClientThatAsked) {
  SiteTable table(SiteTable::kPairsLeast);
  table.hear({at("192.168.1.5"), "one.example", at("198.51.100.1"), 60}, kHeardAt);
  table.hear({at("192.168.1.6"), "two.example", at("198.51.100.1"), 60}, kHeardAt);
  table.hear({at("2001:db8::5"), "one.example", at("2001:db8:1::1"), 60}, kHeardAt);
  const auto sites = table.changed();
  ASSERT_TRUE(sites);
  EXPECT_EQ(asked(*sites, "192.168.1.5", "198.51.100.1"), "one.example");
  EXPECT_EQ(asked(*sites, "192.168.1.6", "198.51.100.1"), "two.example");
  EXPECT_EQ(asked(*sites, "192.168.1.7", "198.51.100.1"), "");
  EXPECT_EQ(asked(*sites, "2001:db8::5", "2001:db8:1::1"), "one.example");
  EXPECT_EQ(table.changed(), nullptr);
  table.hear({at("192.168.1.5"), "other.example", at("198.51.100.1"), 60}, kHeardAt);
  EXPECT_EQ(asked(*table.changed(), "192.168.1.5", "198.51.100.1"), "other.example");
  EXPECT_EQ(asked(*sites, "192.168.1.5", "198.51.100.1"), "one.example");  // it is immutable
  EXPECT_EQ(table.counts().pairs, 3u);
}

TEST(SiteTable, KeepsAPairADayOrForAsLongAsItLives) {
  SiteTable table(SiteTable::kPairsLeast);
  table.hear({at("192.168.1.5"), "short.example", at("198.51.100.1"), 60}, kHeardAt);
  table.hear({at("192.168.1.5"), "long.example", at("198.51.100.2"), 3 * 86'400}, kHeardAt);
  table.hear({at("192.168.1.5"), "ever.example", at("198.51.100.3"), 0xffff'ffff}, kHeardAt);
  const auto left_after = [&](std::int64_t days) {
    for (std::size_t i = 0; i < Sites::kShards / 4; ++i) {
      table.expire(kHeardAt + days * base::kMsPerDay + 1);
    }
    return table.counts().pairs;
  };
  EXPECT_EQ(left_after(0), 3u);
  EXPECT_EQ(left_after(1), 2u);
  EXPECT_EQ(left_after(3), 1u);
  EXPECT_EQ(left_after(7), 0u);
  EXPECT_EQ(asked(*table.changed(), "192.168.1.5", "198.51.100.1"), "");
  EXPECT_EQ(table.counts().pairs_cut, 0u);
}

TEST(SiteTable, HoldsAtMostAsManyPairsAsItMay) {
  SiteTable table(SiteTable::kPairsLeast);
  const auto answer = [](unsigned i) {
    return HeardAnswer{flow::Address::v4(0x0a000000 + i % 251), fmt::format("s{}.example", i % 99),
                       flow::Address::v4(0xc6000000 + i), 60};
  };
  for (unsigned i = 0; i < 20'000; ++i) table.hear(answer(i), kHeardAt + i);
  EXPECT_LE(table.counts().pairs, SiteTable::kPairsLeast);
  EXPECT_GT(table.counts().pairs, SiteTable::kPairsLeast * 9 / 10);
  EXPECT_EQ(table.counts().pairs_cut + table.counts().pairs, 20'000u);
  // What came last is there.
  const HeardAnswer last = answer(19'999);
  EXPECT_EQ(text_of(table.changed()->asked(last.client, last.address)), last.name);
}

TEST(SiteTable, NamesAsNumbersThatWereSeen) {
  SiteTable table(SiteTable::kPairsLeast);
  const auto sites = table.changed();
  EXPECT_EQ(sites->as_name(64'500), 0u);
  EXPECT_EQ(sites->as_name(0), 0u);
  table.take_as_numbers();
  const auto later = table.changed();
  ASSERT_TRUE(later);
  EXPECT_EQ(text_of(later->as_name(64'500)), "AS64500");
  table.take_as_numbers();
  EXPECT_EQ(table.changed(), nullptr);
  EXPECT_EQ(table.counts().as_numbers, 1u);
}

TEST(SiteTable, TakesReverseNamesOfReverseDnsAlone) {
  SiteTable table(SiteTable::kPairsLeast);
  const auto names = std::make_shared<const Names>(Names::Table{
      {at("198.51.100.1"), {"Host.Example", NameOrigin::ReverseDns, kHeardAt}},
      {at("198.51.100.2"), {"Uncle's", NameOrigin::Person, kHeardAt}},
  });
  table.take_names(names);
  const auto sites = table.changed();
  EXPECT_EQ(text_of(sites->reverse(at("198.51.100.1"))), "host.example");
  EXPECT_EQ(sites->reverse(at("198.51.100.2")), 0u);
  table.take_names(names);
  EXPECT_EQ(table.changed(), nullptr);
}

}  // namespace
}  // namespace know
