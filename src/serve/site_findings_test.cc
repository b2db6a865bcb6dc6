#include "serve/site_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace serve {
namespace {

constexpr base::UnixMs kSitesAt = 1'795'000'000'000;

std::vector<Finding> found_of(const know::SiteSourcesView& sites, base::UnixMs now = kSitesAt) {
  std::vector<Finding> findings;
  add_site_findings(sites, now, findings);
  return findings;
}

know::SiteSourcesView with_file(bool is_wanted, bool is_there) {
  know::SiteSourcesView sites;
  sites.since = kSitesAt;
  auto& file = sites.files.emplace_back();
  file.where = "/var/log/pihole/pihole.log";
  file.is_wanted = is_wanted;
  file.is_there = is_there;
  return sites;
}

TEST(SiteFindings, AreNoneWhereNothingIsAskedForOrAllIsWell) {
  EXPECT_TRUE(found_of(with_file(false, false)).empty());
  auto well = with_file(true, true);
  well.files[0].counts = {.lines = 1'000, .questions = 400, .answers = 400, .other = 150};
  well.files[0].counts.of(know::NotHeard::NoQuestion) = 50;
  EXPECT_TRUE(found_of(well).empty());
}

TEST(SiteFindings, NameALogThatIsNotThereOrCannotBeRead) {
  auto sites = with_file(true, false);
  EXPECT_THAT(found_of(sites).front().what,
              testing::HasSubstr("there is no /var/log/pihole/pihole.log"));
  sites.files[0].problem = "open /var/log/pihole/pihole.log: Permission denied";
  const auto one = found_of(sites);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one[0].state, FindingState::SiteLogMissing);
  EXPECT_THAT(one[0].what, testing::HasSubstr("Permission denied"));
}

TEST(SiteFindings, TellOfALogThatIsNone) {
  auto sites = with_file(true, true);
  sites.files[0].counts = {.lines = 30, .other = 30};
  const auto none = found_of(sites);
  ASSERT_EQ(none.size(), 1u);
  EXPECT_EQ(none[0].state, FindingState::SiteLogNotUnderstood);
  EXPECT_THAT(none[0].what, testing::HasSubstr("none of the 30 lines"));
  sites.files[0].counts.of(know::NotHeard::NotUnderstood) = 30;
  sites.files[0].counts.lines = 60;
  sites.files[0].last_refused = "not understood: <script>";
  EXPECT_THAT(found_of(sites)[0].what, testing::HasSubstr("30 of the 60 lines"));
  EXPECT_THAT(found_of(sites)[0].what, testing::HasSubstr("<script>"));
}

TEST(SiteFindings, SayThatNobodySends) {
  know::SiteSourcesView sites;
  sites.since = kSitesAt;
  sites.syslog.emplace();
  sites.syslog->where = "UDP :5514";
  sites.syslog->is_there = true;
  EXPECT_TRUE(found_of(sites, kSitesAt + base::kMsPerMinute).empty());
  const auto silent = found_of(sites, kSitesAt + 10 * base::kMsPerMinute);
  ASSERT_EQ(silent.size(), 1u);
  EXPECT_EQ(silent[0].what, "No line of a query log has come to UDP :5514.");
  sites.senders.refused = 3;
  sites.senders.last_refused = flow::parse_address("198.51.100.7").value();
  EXPECT_THAT(found_of(sites)[0].what, testing::HasSubstr("3 datagrams of others were refused"));
  sites.senders.datagrams = 1;
  EXPECT_TRUE(found_of(sites, kSitesAt + 10 * base::kMsPerMinute).empty());
}

TEST(SiteFindings, SayWhatWasCut) {
  know::SiteSourcesView sites;
  sites.table.pairs_cut = 7;
  EXPECT_THAT(found_of(sites)[0].hint, testing::HasSubstr("sites.max"));
  sites.table.names_refused = 2;
  const auto cut = found_of(sites);
  ASSERT_EQ(cut.size(), 1u);
  EXPECT_EQ(cut[0].state, FindingState::SitesCut);
  EXPECT_EQ(cut[0].count, 9);
}

}  // namespace
}  // namespace serve
