#include "know/query_log.h"

#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sodium.h>

#include <numeric>

#include "know/dns_message.h"
#include "know/text_table.h"

namespace know {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

constexpr base::UnixMs kAtNoon = 1'795'000'000'000;

// Reads lines and keeps "client name address" of what they tell.
class Hearing {
 public:
  Hearing& take(std::string_view text, base::UnixMs now = kAtNoon) {
    for_each_line(text, [&](std::uint32_t, std::string_view line) { log.take(line, now); });
    return *this;
  }
  std::vector<std::string> told;
  QueryLog log{[this](const HeardAnswer& one) {
    told.push_back(
        fmt::format("{} {} {}", flow::to_text(one.client), one.name, flow::to_text(one.address)));
    ttl_s = one.ttl_s;
  }};
  std::uint32_t ttl_s = 0;
};

// The invariant of LogCounts.
std::uint64_t sum_of(const LogCounts& counts) {
  return std::accumulate(counts.not_heard.begin(), counts.not_heard.end(),
                         counts.questions + counts.answers + counts.other);
}

TEST(DnsmasqLog, TellsTheNameThatWasAskedWhereAliasesLeadElsewhere) {
  Hearing hearing;
  hearing.take(
      "Nov 24 03:09:32 dnsmasq[20138]: query[A] WWW.Example.org from 192.168.1.5\n"
      "Nov 24 03:09:32 dnsmasq[20138]: forwarded WWW.Example.org to 192.0.2.53\n"
      "Nov 24 03:09:32 dnsmasq[20138]: reply WWW.Example.org is <CNAME>\n"
      "Nov 24 03:09:32 dnsmasq[20138]: reply www.example.org.cdn.example.net is <CNAME>\n"
      "Nov 24 03:09:32 dnsmasq[20138]: reply a7.cdn.example.net is 198.51.100.7\n"
      "Nov 24 03:09:32 dnsmasq[20138]: reply a7.cdn.example.net is 198.51.100.8\n"
      "Nov 24 03:09:33 dnsmasq[20138]: query[AAAA] www.example.org from 192.168.1.5\n"
      "Nov 24 03:09:33 dnsmasq[20138]: cached www.example.org is <CNAME>\n"
      "Nov 24 03:09:33 dnsmasq[20138]: cached a7.cdn.example.net is 2001:db8::7\n");
  EXPECT_THAT(hearing.told, ElementsAre("192.168.1.5 www.example.org 198.51.100.7",
                                        "192.168.1.5 www.example.org 198.51.100.8",
                                        "192.168.1.5 www.example.org 2001:db8::7"));
  const LogCounts& counts = hearing.log.counts();
  EXPECT_EQ(counts.questions, 2u);
  EXPECT_EQ(counts.answers, 3u);
  EXPECT_EQ(counts.other, 4u);
  EXPECT_EQ(counts.lines, sum_of(counts));
}

TEST(DnsmasqLog, EndsAnAliasWhereAnotherNameIsAnswered) {
  Hearing hearing;
  hearing.take(
      "dnsmasq: query[A] one.example from 192.168.1.5\n"
      "dnsmasq: query[A] two.example from 192.168.1.6\n"
      "dnsmasq: reply one.example is <CNAME>\n"
      "dnsmasq: reply cdn.example is 198.51.100.1\n"
      "dnsmasq: reply two.example is 198.51.100.2\n");
  EXPECT_THAT(hearing.told, ElementsAre("192.168.1.5 one.example 198.51.100.1",
                                        "192.168.1.6 two.example 198.51.100.2"));
}

TEST(DnsmasqLog, KeepsQuestionsApartByTheirNumbers) {
  Hearing hearing;
  hearing.take(
      "Nov 24 03:09:32 dnsmasq[1]: 11 192.168.1.5/58798 query[A] one.example from 192.168.1.5\n"
      "Nov 24 03:09:32 dnsmasq[1]: 12 192.168.1.6/59719 query[A] two.example from 192.168.1.6\n"
      "Nov 24 03:09:32 dnsmasq[1]: 12 192.168.1.6/59719 reply two.example is <CNAME>\n"
      "Nov 24 03:09:32 dnsmasq[1]: 11 192.168.1.5/58798 reply one.example is <CNAME>\n"
      "Nov 24 03:09:32 dnsmasq[1]: 12 192.168.1.6/59719 reply shared.example is 198.51.100.1\n"
      "Nov 24 03:09:32 dnsmasq[1]: 11 192.168.1.5/58798 reply shared.example is 198.51.100.1\n"
      "Nov 24 03:09:32 dnsmasq[1]: 13 192.168.1.5/58798 reply unasked.example is 198.51.100.2\n");
  EXPECT_THAT(hearing.told, ElementsAre("192.168.1.6 two.example 198.51.100.1",
                                        "192.168.1.5 one.example 198.51.100.1"));
  EXPECT_EQ(hearing.log.counts().of(NotHeard::NoQuestion), 1u);
}

TEST(DnsmasqLog, TellsEveryoneWhoWaitsForTheAnswer) {
  Hearing hearing;
  hearing.take("dnsmasq: query[A] late.example from 192.168.1.4\n", kAtNoon - 60'000);
  hearing.take(
      "dnsmasq: query[A] late.example from 192.168.1.5\n"
      "dnsmasq: query[A] late.example from 2001:db8::5\n"
      "dnsmasq: reply late.example is 198.51.100.9\n");
  EXPECT_THAT(hearing.told, ElementsAre("192.168.1.5 late.example 198.51.100.9",
                                        "2001:db8::5 late.example 198.51.100.9"));
}

TEST(DnsmasqLog, IsReadBehindThePrefixesOfSyslog) {
  constexpr std::string_view kPrefixes[] = {
      "<30>Nov 24 03:09:32 dnsmasq[20138]: ",
      "<30>Nov  4 03:09:32 OpenWrt dnsmasq[1]: ",
      "<30>1 2026-11-24T03:09:32.123456Z router dnsmasq 1234 - - ",
      "<13>1 2026-11-24T03:09:32+01:00 router dnsmasq - - [timeQuality tzKnown=\"1\" x=\"a\\]b\"] "
      "dnsmasq: ",
      "2026-11-24T03:09:32.5+00:00 router dnsmasq[7]: ",
      "Nov 24 03:09:32 pihole-FTL[99]: ",
      "dnsmasq: ",
      "",
  };
  for (const std::string_view prefix : kPrefixes) {
    Hearing hearing;
    hearing.take(fmt::format(
        "{}query[A] a.example from 192.168.1.5\n{}reply a.example is 192.0.2.1\n", prefix, prefix));
    EXPECT_THAT(hearing.told, ElementsAre("192.168.1.5 a.example 192.0.2.1")) << prefix;
  }
}

TEST(DnsmasqLog, PassesOverWhatOthersWrite) {
  Hearing hearing;
  hearing.take(
      "<30>Nov 24 03:09:32 OpenWrt dnsmasq-dhcp[1]: DHCPACK(br-lan) 192.168.1.5 02:00:00:00:00:05 "
      "pc\n"
      "<6>Nov 24 03:09:32 OpenWrt kernel: the address of eth0 is 192.0.2.1\n"
      "Nov 24 03:09:32 dnsmasq[1]: query[A] ads.example from 192.168.1.5\n"
      "Nov 24 03:09:32 dnsmasq[1]: gravity blocked ads.example is 0.0.0.0\n"
      "Nov 24 03:09:32 dnsmasq[1]: config ads.example is 0.0.0.0\n"
      "Nov 24 03:09:32 dnsmasq[1]: reply ads.example is NODATA-IPv6\n"
      "Nov 24 03:09:32 dnsmasq[1]: query[PTR] 5.1.168.192.in-addr.arpa from 192.168.1.5\n"
      "Nov 24 03:09:32 dnsmasq[1]: DHCP 192.168.1.5 is pc.lan\n\n");
  EXPECT_THAT(hearing.told, IsEmpty());
  const LogCounts& counts = hearing.log.counts();
  EXPECT_EQ(counts.questions, 1u);
  EXPECT_EQ(counts.other, counts.lines - 1);
}

TEST(DnsmasqLog, CountsWhatIsCutOrNonsenseByItsReason) {
  Hearing hearing;
  hearing.take(
      "Nov 24 03:09:32 dnsmasq[1]: query[A] www.exam\n"
      "Nov 24 03:09:32 dnsmasq[1]: reply www.example.org is\n"
      "Nov 24 03:09:32 dnsmasq[1]: query[A] www.example.org from 192.168.1\n"
      "Nov 24 03:09:32 dnsmasq[1]: reply www.example.org is 198.51.10\n"
      "Nov 24 03:09:32 dnsmasq[1]: query[A] <script>alert(1)</script> from 192.168.1.5\n"
      "Nov 24 03:09:32 dnsmasq[1]: query[A] x is 192.0.2.66 from 192.168.1.5\n"
      "Nov 24 03:09:32 dnsmasq[1]: reply nobody.asked.example is 192.0.2.1\n");
  EXPECT_THAT(hearing.told, IsEmpty());
  const LogCounts& counts = hearing.log.counts();
  EXPECT_EQ(counts.of(NotHeard::NotUnderstood), 3u);
  EXPECT_EQ(counts.of(NotHeard::NotAnAddress), 2u);
  EXPECT_EQ(counts.of(NotHeard::NotAName), 1u);
  EXPECT_EQ(counts.of(NotHeard::NoQuestion), 1u);
  EXPECT_EQ(counts.lines, sum_of(counts));
  EXPECT_THAT(hearing.log.last_refused(), testing::StartsWith("not understood: Nov 24"));
}

TEST(DnsmasqLog, RemembersABoundedNumberOfQuestions) {
  Hearing hearing;
  for (std::size_t i = 0; i <= DnsmasqLog::kNamesMax; ++i) {
    hearing.take(fmt::format("dnsmasq: query[A] n{}.example from 192.168.1.5", i));
  }
  hearing.take("dnsmasq: reply n0.example is 192.0.2.1\ndnsmasq: reply n1.example is 192.0.2.2\n");
  EXPECT_THAT(hearing.told, ElementsAre("192.168.1.5 n1.example 192.0.2.2"));
  for (std::size_t i = 0; i <= DnsmasqLog::kClientsMax; ++i) {
    hearing.take(fmt::format("dnsmasq: query[A] all.example from 192.168.2.{}", i));
  }
  hearing.told.clear();
  hearing.take("dnsmasq: reply all.example is 192.0.2.3\n");
  EXPECT_EQ(hearing.told.size(), DnsmasqLog::kClientsMax);
  EXPECT_EQ(hearing.told.front(), "192.168.2.1 all.example 192.0.2.3");
}

TEST(QueryLog, RefusesALineThatIsTooLong) {
  Hearing hearing;
  hearing.log.take(std::string(kLogLineOctetsMax + 1, 'x'), kAtNoon);
  hearing.log.refuse(NotHeard::LineCut);
  EXPECT_EQ(hearing.log.counts().of(NotHeard::LineTooLong), 1u);
  EXPECT_EQ(hearing.log.counts().of(NotHeard::LineCut), 1u);
  EXPECT_EQ(hearing.log.last_refused(), "datagram cut");
}

// A DNS answer for www.example.org: an alias, an address of each kind, and one nobody asked for.
std::vector<std::uint8_t> dns_answer() {
  constexpr std::string_view kMessage(
      "\x00\x07\x81\x80\x00\x01\x00\x04\x00\x00\x00\x00"
      "\x03www\x07"
      "example\x03org\x00\x00\x01\x00\x01"
      "\xc0\x0c\x00\x05\x00\x01\x00\x00\x01\x00\x00\x06\x03"
      "cdn\xc0\x10"
      "\x03"
      "cdn\xc0\x10\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64\x07"
      "\x03"
      "CDN\xc0\x10\x00\x1c\x00\x01\x00\x00\x00\x3c\x00\x10"
      "\x20\x01\x0d\xb8\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x07"
      "\xc0\x10\x00\x01\x00\x01\x00\x00\x00\x3c\x00\x04\xc6\x33\x64\x63",
      12 + 21 + 18 + 20 + 32 + 16);
  return {kMessage.begin(), kMessage.end()};
}

std::string adguard_line(const std::vector<std::uint8_t>& octets, std::string_view more = "") {
  std::string base64(sodium_base64_ENCODED_LEN(octets.size(), sodium_base64_VARIANT_ORIGINAL), ' ');
  ::sodium_bin2base64(base64.data(), base64.size(), octets.data(), octets.size(),
                      sodium_base64_VARIANT_ORIGINAL);
  base64.pop_back();
  return fmt::format(
      R"({{"T":"2026-11-24T03:09:32.123456789+01:00","QH":"WWW.example.org","QT":"A",)"
      R"("QC":"IN","CP":"","Answer":"{}","IP":"192.168.1.5","Result":{{{}}},"Elapsed":7}})",
      base64, more);
}

TEST(AdguardLog, TellsTheAddressesOfTheNameAndItsAliases) {
  Hearing hearing;
  hearing.log.take(adguard_line(dns_answer()), kAtNoon);
  EXPECT_THAT(hearing.told, ElementsAre("192.168.1.5 www.example.org 198.51.100.7",
                                        "192.168.1.5 www.example.org 2001:db8::7"));
  EXPECT_EQ(hearing.ttl_s, 60u);
  EXPECT_EQ(hearing.log.counts().answers, 1u);
}

TEST(AdguardLog, PassesOverWhatWasBlocked) {
  Hearing hearing;
  hearing.log.take(adguard_line(dns_answer(), R"("IsFiltered":true,"Reason":3)"), kAtNoon);
  hearing.log.take(R"({"QH":"a.example","QT":"HTTPS","IP":"192.168.1.5","Answer":"AAAA"})",
                   kAtNoon);
  EXPECT_THAT(hearing.told, IsEmpty());
  EXPECT_EQ(hearing.log.counts().other, 2u);
}

TEST(AdguardLog, RefusesEveryCutOfALine) {
  const std::string line = adguard_line(dns_answer());
  Hearing hearing;
  for (std::size_t length = 1; length < line.size(); ++length) {
    hearing.log.take(line.substr(0, length), kAtNoon);
  }
  EXPECT_EQ(hearing.log.counts().of(NotHeard::NotUnderstood), line.size() - 1);
  EXPECT_THAT(hearing.told, IsEmpty());
}

TEST(AdguardLog, RefusesEveryCutOfAMessage) {
  const std::vector<std::uint8_t> whole = dns_answer();
  ASSERT_TRUE(parse_address_answer(whole));
  for (std::size_t length = 0; length < whole.size(); ++length) {
    EXPECT_FALSE(parse_address_answer({whole.begin(), whole.begin() + static_cast<long>(length)}));
  }
  Hearing hearing;
  hearing.log.take(adguard_line({whole.begin(), whole.end() - 1}), kAtNoon);
  hearing.log.take(R"({"QH":"a.example","QT":"A","IP":"192.168.1.5","Answer":"*"})", kAtNoon);
  hearing.log.take(R"({"QH":"a.example","QT":"A","IP":"pc","Answer":"AAAA"})", kAtNoon);
  EXPECT_EQ(hearing.log.counts().of(NotHeard::NotADnsMessage), 2u);
  EXPECT_EQ(hearing.log.counts().of(NotHeard::NotAnAddress), 1u);
}

}  // namespace
}  // namespace know
