#include "know/protocols_list.h"

#include <gtest/gtest.h>

#include "flow/name_pool.h"
#include "know/services.h"

namespace know {
namespace {

ProtocolsList parsed(std::string_view text) {
  return parse_protocols(text, ServiceNames());
}

// "NAME=ports; NAME=ports", with the ports that are the entry's.
std::string ports_text(const ProtocolsList& list) {
  std::string text;
  for (const ProtocolEntry& entry : list.entries) {
    text += (text.empty() ? "" : "; ") + entry.name + "=";
    for (const PortRange& range : entry.ports) {
      if (!text.ends_with('=')) text += '|';
      text += std::to_string(range.first);
      if (range.last != range.first) text += "-" + std::to_string(range.last);
      if (range.transport == Transport::Tcp) text += "/tcp";
      if (range.transport == Transport::Udp) text += "/udp";
    }
  }
  return text;
}
std::string ports_text(std::string_view text) {
  return ports_text(parsed(text));
}

std::vector<std::string> protocol_warnings(std::string_view text) {
  const auto read = parsed(text);
  std::vector<std::string> all;
  for (const Warning& one : read.warnings.listed()) all.push_back(to_text(one));
  return all;
}

using Texts = std::vector<std::string>;

TEST(ProtocolsList, EntriesAreSeparatedByLinesOrCommasAndCommentsRunToTheLinesEnd) {
  EXPECT_EQ(ports_text("## ours ##\nA=99|100,B=101 # C=102\n\nD=103\n"), "A=99-100; B=101; D=103");
  EXPECT_EQ(protocol_warnings("# all\nA=1,,B=2,\n"), Texts{});
}

TEST(ProtocolsList, BlanksAroundNamesAndItemsAreTrimmed) {
  EXPECT_EQ(ports_text(" Space = 99 |\t100| 101 - 103 , Next =ftp \n"), "Space=99-103; Next=21");
  EXPECT_EQ(protocol_warnings(" Space = 99 |\t100| 101 - 103 , Next =ftp \n"), Texts{});
}

TEST(ProtocolsList, AnEntryWithoutANameAndPortsIsLeftOutWithAWarning) {
  EXPECT_EQ(ports_text("HTTP\n=80\nA=81\n"), "A=81");
  EXPECT_EQ(
      protocol_warnings("HTTP\n=80\nA=81\n"),
      (Texts{"1: HTTP: expected a name, = and ports, such as RDP=3389", "2: =80: it has no name"}));
}

TEST(ProtocolsList, TheFirstEqualsSignEndsTheName) {
  EXPECT_EQ(ports_text("A=B=80\n"), "A=");
  EXPECT_EQ(protocol_warnings("A=B=80\n").size(), 1u);
}

TEST(ProtocolsList, ARangeThatEndsBeforeItBeginsIsItsFirstPort) {
  EXPECT_EQ(ports_text("A=30-25|40-|50-50\n"), "A=30|40|50");
  EXPECT_EQ(protocol_warnings("A=30-25|40-|50-50\n"),
            (Texts{"1: 30-25: the range ends before it begins: it is port 30 alone",
                   "1: 40-: the range has no end: it is port 40 alone"}));
}

TEST(ProtocolsList, PortsGoFrom0To65535) {
  EXPECT_EQ(ports_text("A=0|65534|65535\n"), "A=0|65534-65535");
  EXPECT_EQ(ports_text("A=65530-70000|65536|99999999999|-2\n"), "A=65530-65535");
  EXPECT_EQ(protocol_warnings("A=65530-70000|65536|99999999999|-2\n").size(), 4u);
}

TEST(ProtocolsList, WhatFollowsAPortIsPassedOverWithAWarning) {
  EXPECT_EQ(ports_text("A=80x|90-91 92\n"), "A=80|90-91");
  EXPECT_EQ(protocol_warnings("A=80x|90-91 92\n"),
            (Texts{"1: 80x: it is taken as 80", "1: 90-91 92: it is taken as 90-91"}));
}

TEST(ProtocolsList, AServicesNameIsItsPortsInExactlyItsLetters) {
  EXPECT_EQ(ports_text("Mail=pop-3|imap2|smtp\n"), "Mail=25|110|143");
  EXPECT_EQ(ports_text("Web=HTTP\n"), "Web=");
}

TEST(ProtocolsList, AnAliasOfTheUsersServicesIsAName) {
  const auto services = parse_services("sunrpc 1111/udp rpcbind\n");
  EXPECT_EQ(ports_text(parse_protocols("RPC=rpcbind\n", ServiceNames(services))), "RPC=1111");
}

TEST(ProtocolsList, APortIsOneEntrysForTcpAndUdpUnlessItSaysWhich) {
  EXPECT_EQ(ports_text("A=53/tcp\nB=53\nC=domain/udp|67-68/UDP\n"),
            "A=53/tcp; B=53/udp; C=67-68/udp");
  EXPECT_EQ(protocol_warnings("A=53/sctp\n"),
            Texts{"1: 53/sctp: expected /tcp or /udp after the port"});
}

TEST(ProtocolsList, TheFirstEntryOfAPortWinsAndTheLaterKeepsItsRow) {
  const std::string_view text = "A=80|81\nB=80\nA=79-82\n";
  EXPECT_EQ(ports_text(text), "A=80-81; B=; A=79|82");
  EXPECT_EQ(protocol_warnings(text),
            (Texts{"2: 80: port 80 is already A's, on line 1: the first counts",
                   "3: A: line 1 has an entry of this name already",
                   "3: 79-82: port 80 is already A's, on line 1: the first counts; so are 1 more "
                   "of its ports"}));
  EXPECT_EQ(protocol_warnings("NFS=nfsd|nfs|2049\n"), Texts{}) << "twice in one entry harms nobody";
}

TEST(ProtocolsList, MinusOneIsAnEntryWithoutPortsAndNoWarning) {
  const auto list = parsed("DC++=-1\nA=1\nB=-1|-1\n");
  EXPECT_EQ(ports_text(list), "DC++=; A=1; B=");
  EXPECT_EQ(list.entries[0].items, Texts{"-1"});
  EXPECT_TRUE(list.warnings.empty());
}

TEST(ProtocolsList, AnEntryThatResolvesToNothingKeepsItsRow) {
  EXPECT_EQ(ports_text("NNTP=nnntp\nX=\nY=|\n"), "NNTP=; X=; Y=");
  EXPECT_EQ(protocol_warnings("NNTP=nnntp\nX=\nY=|\n"),
            (Texts{"1: nnntp: no service has this name; did you mean nntp?",
                   "2: X: it has no ports; one that is to have none is written with -1",
                   "3: Y: it has no ports; one that is to have none is written with -1"}));
}

TEST(ProtocolsList, LinesMayEndAsOnWindows) {
  EXPECT_EQ(ports_text("\xef\xbb\xbfMail=imap2\r\nA=99\r\n"), "Mail=143; A=99");
  EXPECT_EQ(protocol_warnings("Mail=imap2\r\nA=x\r\n"), Texts{"2: x: no service has this name"});
}

TEST(ProtocolsList, ANameWithControlCharactersIsLeftOut) {
  EXPECT_EQ(ports_text("A\x01=80\nB\xff=81\nBüro=82\n"), "Büro=82");
  EXPECT_EQ(protocol_warnings("A\x01=80\n"), Texts{"1: A?=80: a name has no control characters"});
}

TEST(ProtocolsList, AnEntryMayBeOfAnyLengthUpToAllItsItems) {
  std::string text = "Long=";
  for (int port = 1; port <= 16'385; ++port) text += std::to_string(port * 2) + "|";
  const auto list = parsed(text);
  EXPECT_EQ(list.entries[0].ports.size(), kProtocolItemsMax);
  EXPECT_EQ(list.warnings.listed().size() + list.warnings.left_out(), 16'385 - kProtocolItemsMax);
}

TEST(ProtocolsList, TheDefaultIsNtops) {
  const auto list = parsed(default_protocols());
  EXPECT_EQ(list.entries.size(), 20u);
  EXPECT_EQ(list.entries.front().name, "FTP");
  EXPECT_EQ(list.entries.back().name, "Messenger");
  EXPECT_TRUE(list.warnings.empty());
}

// An application's name, with the list over our services.
std::string_view name_of_app(const Services& services, std::uint16_t src_port,
                             std::uint16_t dst_port) {
  return flow::NamePool::instance().text_of(services.app(6, src_port, dst_port).name);
}

TEST(ServicesWithAList, AListedPortWinsOverAServicesName) {
  const Services services({}, parsed("Web=http|https\nHigh=50000\n"));
  EXPECT_EQ(name_of_app(services, 51'000, 443), "Web");
  EXPECT_EQ(name_of_app(services, 22, 50'000), "High") << "though 22 is lower and has a name";
  EXPECT_EQ(name_of_app(services, 51'000, 22), "ssh");
  EXPECT_EQ(name_of_app(services, 51'000, 51'001), "other-tcp");
}

TEST(ServicesWithAList, OfTwoListedPortsTheLowerDecides) {
  const Services services({}, parsed("B=50000\nA=80\n"));
  EXPECT_EQ(name_of_app(services, 50'000, 80), "A");
  EXPECT_EQ(name_of_app(services, 80, 50'000), "A");
}

TEST(ServicesWithAList, AFlowWithPort0IsNotTheListsUnlessTheListHasIt) {
  EXPECT_EQ(name_of_app(Services({}, parsed("A=80\n")), 0, 80), "other-tcp");
  EXPECT_EQ(name_of_app(Services({}, parsed("A=80\nZero=0\n")), 0, 80), "Zero");
  EXPECT_EQ(name_of_app(Services(), 0, 80), "http");
}

TEST(ServicesWithAList, AnEntryWithoutPortsIsNeverAnApplication) {
  const Services services({}, parsed("DC++=-1\nNNTP=nnntp\n"));
  EXPECT_EQ(name_of_app(services, 0, 0), "other-tcp");
  EXPECT_EQ(name_of_app(services, 50'000, 119), "nntp");
}

TEST(ServicesWithAList, TheListHoldsForItsTransport) {
  const Services services({}, parsed("A=7000/udp\n"));
  EXPECT_EQ(name_of_app(services, 50'000, 7000), "cassandra");
  EXPECT_EQ(flow::NamePool::instance().text_of(services.app(17, 50'000, 7000).name), "A");
}

}  // namespace
}  // namespace know
