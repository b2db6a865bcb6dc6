#include "know/name_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace know {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

// "address name" of each.
std::vector<std::string> told(const FileNames& read) {
  std::vector<std::string> all;
  for (const auto& [address, name] : read.names) all.push_back(flow::to_text(address) + " " + name);
  return all;
}

std::vector<std::size_t> wrong_lines(const FileNames& read) {
  std::vector<std::size_t> lines;
  for (const WrongLine& one : read.wrong) lines.push_back(one.line);
  return lines;
}

constexpr std::string_view kDnsmasq =
    "1795012345 02:00:00:00:00:05 192.168.1.5 nas 01:02:00:00:00:00:05\n"
    "1795012346 02:00:00:00:00:06 192.168.1.6 * *\n"
    "0 02:00:00:00:00:07 192.168.1.7 printer *\n"
    "duid 00:01:00:01:2c:4b:5d:6e:02:00:00:00:00:01\n"
    "1795012347 8912345 2001:db8::5 nas 00:01:00:01:2c:4b:5d:6e:02:00:00:00:00:05\n";

TEST(Leases, OfDnsmasq) {
  const FileNames read = parse_leases(kDnsmasq);
  EXPECT_THAT(told(read), ElementsAre("192.168.1.5 nas", "192.168.1.7 printer", "2001:db8::5 nas"));
  EXPECT_EQ(read.wrong_lines, 0u);
}

TEST(Leases, OfIscDhcpd) {
  const FileNames read = parse_leases(
      "# The format of this file is documented in the dhcpd.leases(5) manual page.\n"
      "# This lease file was written by isc-dhcp-4.4.3-P1\n\n"
      "authoring-byte-order little-endian;\n\n"
      "lease 192.168.1.50 {\n"
      "  starts 1 2026/11/23 18:00:00;\n"
      "  ends 1 2026/11/23 18:10:00;\n"
      "  binding state active;\n"
      "  hardware ethernet 02:00:00:00:00:50;\n"
      "  uid \"\\001\\002\\000\\000\\000\\000P\";\n"
      "  client-hostname \"old-laptop\";\n"
      "}\n"
      "lease 192.168.1.51 {\n  binding state free;\n}\n"
      "lease 192.168.1.50 {\n"
      "  binding state active;\n"
      "  set ddns-fwd-name = \"laptop.lan\";\n"
      "  client-hostname \"laptop\";\n"
      "}\n"
      "ia-na \"\\001\\002\" {\n"
      "  iaaddr 2001:db8::50 {\n"
      "    binding state active;\n"
      "    set ddns-fwd-name = \"laptop.lan\";\n"
      "  }\n"
      "}\n"
      "lease 192.168.1.52 {\n  client-hostname \"half\";\n");
  EXPECT_THAT(told(read), ElementsAre("192.168.1.50 laptop", "2001:db8::50 laptop.lan"));
  EXPECT_EQ(read.wrong_lines, 0u);
}

TEST(Leases, OfKea) {
  const FileNames four = parse_leases(
      "address,hwaddr,client_id,valid_lifetime,expire,subnet_id,fqdn_fwd,fqdn_rev,hostname,state,"
      "user_context,pool_id\n"
      "192.168.1.9,02:00:00:00:00:09,01:02,3600,1795012345,1,0,0,tv,0,,0\n"
      "192.168.1.9,02:00:00:00:00:09,01:02,3600,1795015945,1,0,0,television,0,,0\n"
      "192.168.1.10,02:00:00:00:00:0a,,3600,1795012345,1,0,0,,0,,0\n"
      "192.168.1.11,02:00:00\n"
      "192.168.1.12,02:00:00:00:00:0c,,3600,1795012345,1,0,0,ha");
  EXPECT_THAT(told(four), ElementsAre("192.168.1.9 television"));
  EXPECT_THAT(wrong_lines(four), ElementsAre(5));
  const FileNames six = parse_leases(
      "address,duid,valid_lifetime,expire,subnet_id,pref_lifetime,lease_type,iaid,prefix_len,"
      "fqdn_fwd,fqdn_rev,hostname,hwaddr,state,user_context,hwtype,hwaddr_source,pool_id\n"
      "2001:db8::9,00:01,3600,1795012345,1,1800,0,7,128,1,1,tv.lan.,02:00:00:00:00:09,0,,1,0,0\n");
  EXPECT_THAT(told(six), ElementsAre("2001:db8::9 tv.lan"));
}

TEST(Leases, OfOdhcpd) {
  const FileNames read = parse_leases(
      "# br-lan 00010001abcdef020000000005 1a2b nas 1795012345 5 128 2001:db8::5/128 fd00::5/128\n"
      "2001:db8::5\tnas.lan\n"
      "# br-lan 020000000006 ipv4 tv 1795012345 6 32 192.168.1.6/32\n"
      "# br-lan 020000000007 ipv4 - 1795012345 7 32 192.168.1.7/32\n"
      "192.168.1.6\ttv.lan\n");
  EXPECT_THAT(told(read), ElementsAre("2001:db8::5 nas.lan", "fd00::5 nas", "192.168.1.6 tv.lan"));
  EXPECT_EQ(read.wrong_lines, 0u);
}

TEST(Leases, AFileCutAtAnyOctetSaysNothingThatTheWholeDoesNot) {
  const auto whole = told(parse_leases(kDnsmasq));
  for (std::size_t octets = 0; octets < kDnsmasq.size(); ++octets) {
    const FileNames read = parse_leases(kDnsmasq.substr(0, octets));
    EXPECT_EQ(read.wrong_lines, 0u) << octets;
    for (const std::string& one : told(read)) EXPECT_THAT(whole, testing::Contains(one)) << octets;
  }
}

TEST(Leases, WhatIsNoLeaseIsNamedAndTheRestTaken) {
  const FileNames read = parse_leases(
      "hello\n"
      "1795012345 02:00:00:00:00:05 192.168.1.5 <script>alert(1)</script> *\n"
      "1795012345 02:00:00:00:00:06\n"
      "1795012345 02:00:00:00:00:07 192.168.1.7 tv *\n"
      "\x1b[2J\xff 1\n");
  EXPECT_THAT(told(read), ElementsAre("192.168.1.7 tv"));
  EXPECT_THAT(wrong_lines(read), ElementsAre(1, 2, 3, 5));
  EXPECT_EQ(read.wrong[1].what, "'<script>alert(1)</script>' is no host name");
  EXPECT_EQ(read.wrong[3].what, "'?[2J\xEF\xBF\xBD' begins no lease");
}

TEST(Leases, OfWrongLinesTheFirstAreDescribedAndAllCounted) {
  std::string text;
  for (int i = 0; i < 1'000; ++i) text += "nonsense\n";
  const FileNames read = parse_leases(text);
  EXPECT_EQ(read.wrong_lines, 1'000u);
  EXPECT_EQ(read.wrong.size(), FileNames::kWrongMax);
}

TEST(Hosts, AreReadAsTheResolverDoes) {
  const FileNames read = parse_hosts(
      "127.0.0.1\tlocalhost\n127.0.1.1 thisone.lan thisone\n::1 localhost ip6-localhost\n"
      "ff02::1 ip6-allnodes\n0.0.0.0 ads.example\n\n"
      "# a comment\n"
      "192.168.1.5 nas.lan nas # disks\r\n"
      "192.168.1.5 second\n"
      "fe80::5%eth0 nas-link\n"
      "nas 192.168.1.6\n"
      "192.168.1.7\n"
      "192.168.1.8 half");
  EXPECT_THAT(told(read),
              ElementsAre("192.168.1.5 nas.lan", "fe80::5 nas-link", "192.168.1.8 half"));
  EXPECT_THAT(wrong_lines(read), ElementsAre(11, 12));
}

TEST(Hosts, AnEmptyFileSaysNothing) {
  EXPECT_THAT(parse_hosts("").names, IsEmpty());
  EXPECT_THAT(parse_leases("").names, IsEmpty());
}

}  // namespace
}  // namespace know
