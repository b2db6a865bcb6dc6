#include "know/services_file.h"

#include <gtest/gtest.h>

#include "flow/name_pool.h"
#include "know/service_names.h"
#include "know/services.h"

namespace know {
namespace {

std::vector<std::string> service_warnings(std::string_view text) {
  const auto read = parse_services(text);
  std::vector<std::string> all;
  for (const Warning& one : read.warnings.listed()) all.push_back(to_text(one));
  return all;
}

TEST(ServicesFile, ALineIsANameAPortAliasesAndADescription) {
  const auto file = parse_services("pop2\t109/tcp   pop-2 postoffice\t# Post Office - V2\n");
  ASSERT_EQ(file.lines.size(), 1u);
  EXPECT_TRUE(file.warnings.empty());
  EXPECT_EQ(file.lines[0].name, "pop2");
  EXPECT_EQ(file.lines[0].port, 109);
  EXPECT_EQ(file.lines[0].transport, Transport::Tcp);
  EXPECT_EQ(file.lines[0].aliases, (std::vector<std::string>{"pop-2", "postoffice"}));
  EXPECT_EQ(file.lines[0].description, "Post Office - V2");
}

TEST(ServicesFile, CommentsEmptyLinesAndAnyLineEndAreRead) {
  const auto file =
      parse_services("\xef\xbb\xbf# Extra\r\n\r\nntop 3000/TCP\r\n  ssdp 1900/udp\rlast 0/udp");
  EXPECT_TRUE(file.warnings.empty());
  ASSERT_EQ(file.lines.size(), 3u);
  EXPECT_EQ(file.lines[0].line, 3u);
  EXPECT_EQ(file.lines[0].name, "ntop");
  EXPECT_EQ(file.lines[1].line, 4u);
  EXPECT_EQ(file.lines[2].port, 0);
}

TEST(ServicesFile, EachBadLineIsNamedAndTheOthersHold) {
  const std::string_view text =
      "rdp 3389/tcp\nalone\nx 70000/tcp\ny 80\nz 80/ipx\n\x01 1/tcp\nw 12x/udp\nssh 22/tcp\n";
  EXPECT_EQ(parse_services(text).lines.size(), 2u);
  const std::string form =
      ": expected a port from 0 to 65535 and its transport, such as 3389/tcp or 53/udp";
  EXPECT_EQ(
      service_warnings(text),
      (std::vector<std::string>{"2: alone: expected a port after the name, such as 3389/tcp",
                                "3: 70000/tcp" + form, "4: 80" + form, "5: 80/ipx" + form,
                                "6: ?: a name has no control characters", "7: 12x/udp" + form}));
}

TEST(ServicesFile, OfTwoNamesForAPortTheFirstCounts) {
  EXPECT_EQ(service_warnings("a 1000/tcp\nb 1000/tcp\nc 1000/udp\na 1000/tcp\n"),
            (std::vector<std::string>{"2: 1000/tcp: line 1 calls it a already: the first counts"}));
  const Services services(parse_services("a 1000/tcp\nb 1000/tcp\n"));
  EXPECT_EQ(flow::NamePool::instance().text_of(services.app(6, 1000, 50'000).name), "a");
}

TEST(ServicesFile, OfThousandsOfBadLinesTheFirstAreTold) {
  std::string text;
  for (int i = 0; i < 1'500; ++i) text += "alone\n";
  const auto file = parse_services(text);
  EXPECT_EQ(file.warnings.listed().size(), Warnings::kListedMax);
  EXPECT_EQ(file.warnings.left_out(), 500u);
}

TEST(ServicesFile, TheUsersLineWinsOverOurs) {
  const Services services(parse_services("ms-sql-s 1433/tcp\nremotescan 6077/tcp\n"));
  const auto name = [&](std::uint8_t protocol, std::uint16_t port) {
    return flow::NamePool::instance().text_of(services.app(protocol, 50'000, port).name);
  };
  EXPECT_EQ(name(6, 1433), "ms-sql-s");
  EXPECT_EQ(name(6, 6077), "remotescan");
  EXPECT_EQ(name(17, 6077), "other-udp");
  EXPECT_EQ(name(6, 443), "https");
}

std::vector<std::uint16_t> ports_named(const ServiceNames& names, std::string_view name) {
  const auto ports = names.ports_of(name);
  return {ports.begin(), ports.end()};
}

TEST(ServiceNames, ANameOfOursIsTheUsualPort) {
  const ServiceNames names;
  EXPECT_EQ(ports_named(names, "http"), std::vector<std::uint16_t>{80});
  EXPECT_EQ(ports_named(names, "rdp"), std::vector<std::uint16_t>{3389});
  EXPECT_EQ(ports_named(names, "quic"), std::vector<std::uint16_t>{443});
  EXPECT_EQ(ports_named(names, "nothing"), std::vector<std::uint16_t>{});
}

TEST(ServiceNames, NtopsOwnNamesAreKnown) {
  const ServiceNames names;
  const std::vector<std::pair<std::string_view, std::uint16_t>> builtin = {
      {"ftp", 21},          {"ftp-data", 20},   {"telnet", 23},        {"name", 42},
      {"http", 80},         {"https", 443},     {"netbios-ns", 137},   {"netbios-dgm", 138},
      {"netbios-ssn", 139}, {"pop-2", 109},     {"pop-3", 110},        {"kpop", 1109},
      {"snmp", 161},        {"snmp-trap", 162}, {"mount", 635},        {"pcnfs", 640},
      {"bwnfs", 650},       {"nfsd", 2049},     {"nfsd-status", 1110}, {"imap2", 143},
      {"domain", 53},       {"login", 513},     {"ldaps", 636}};
  for (const auto& [name, port] : builtin) {
    EXPECT_EQ(ports_named(names, name), std::vector<std::uint16_t>{port}) << name;
  }
}

TEST(ServiceNames, AUsersNameOrAliasIsAllItsPortsAndNoneOfOurs) {
  const ServiceNames names(
      parse_services("remotescan 6077/tcp scan\nremotescan 6078/udp\nrdp 3390/tcp\n"));
  EXPECT_EQ(ports_named(names, "remotescan"), (std::vector<std::uint16_t>{6077, 6078}));
  EXPECT_EQ(ports_named(names, "scan"), std::vector<std::uint16_t>{6077});
  EXPECT_EQ(ports_named(names, "rdp"), std::vector<std::uint16_t>{3390});
}

TEST(ServiceNames, FindWhatAMistypedOneWasMeantToBe) {
  const ServiceNames names;
  EXPECT_EQ(names.nearest("nnntp"), "nntp");
  EXPECT_EQ(names.nearest("completely-else"), "");
}

}  // namespace
}  // namespace know
