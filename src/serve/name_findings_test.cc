#include "serve/name_findings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace serve {
namespace {

constexpr base::UnixMs kThen = 1'795'000'000'000;

state::Endpoint server_at(std::string_view address) {
  return {flow::parse_address(address).value(), 53};
}

std::vector<Finding> found(const know::NameSourcesView& names) {
  std::vector<Finding> findings;
  add_name_findings(names, kThen, findings);
  return findings;
}

TEST(NameFindings, AreNoneWhereAllIsWell) {
  know::NameSourcesView names;
  names.servers.push_back({.server = server_at("192.168.1.1"), .asked = 9, .names = 9});
  names.files.emplace_back().path = "/etc/hosts";
  EXPECT_TRUE(found(names).empty());
}

TEST(NameFindings, NameTheServersThatAreSilentInOneSentence) {
  know::NameSourcesView names;
  names.servers.push_back({.server = server_at("192.168.1.1"), .silent_since = kThen});
  EXPECT_EQ(found(names).front().what,
            "The name server 192.168.1.1 does not answer questions for names. Names that are known "
            "stay.");
  names.servers.push_back({.server = server_at("192.0.2.53"), .silent_since = kThen});
  const auto both = found(names);
  ASSERT_EQ(both.size(), 1u);
  EXPECT_EQ(both.front().state, FindingState::NameServerSilent);
  EXPECT_EQ(both.front().count, 2);
  EXPECT_THAT(both.front().what, testing::HasSubstr("servers 192.168.1.1, 192.0.2.53 do not"));
}

TEST(NameFindings, ShowWhatCameInsteadOfAName) {
  know::NameSourcesView names;
  names.servers.push_back({.server = server_at("192.168.1.1"),
                           .malformed = 3,
                           .last_malformed = "<script>",
                           .last_malformed_for = flow::parse_address("192.168.1.66").value(),
                           .last_malformed_at = kThen - 1});
  const auto one = found(names);
  ASSERT_EQ(one.size(), 1u);
  EXPECT_EQ(one.front().count, 3);
  EXPECT_THAT(one.front().what,
              testing::HasSubstr("192.168.1.66 with what is no host name: <script>."));
  names.servers.front().last_malformed_at = kThen - base::kMsPerHour;
  EXPECT_TRUE(found(names).empty());
}

TEST(NameFindings, SayWhichLineOfAFileIsWrong) {
  know::NameSourcesView names;
  auto& file = names.files.emplace_back();
  file.path = "/var/lib/misc/dnsmasq.leases";
  file.wrong_lines = 3;
  file.wrong = {{12, "'x' begins no lease"}};
  EXPECT_THAT(
      found(names).front().what,
      testing::HasSubstr("/var/lib/misc/dnsmasq.leases, line 12: 'x' begins no lease (and 2 "
                         "lines more)"));
  file.problem = "open /var/lib/misc/dnsmasq.leases: Permission denied";
  EXPECT_THAT(found(names).front().what, testing::HasSubstr("Permission denied"));
}

}  // namespace
}  // namespace serve
