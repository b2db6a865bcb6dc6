#include "state/settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>

namespace state {
namespace {

std::vector<std::string> complaints(std::string_view text) {
  const auto settings = parse_settings(text, "weir.toml");
  std::vector<std::string> lines;
  if (!settings) {
    for (const auto& error : settings.error()) lines.push_back(base::to_text(error));
  }
  return lines;
}

TEST(ParseSettings, TakesEveryKey) {
  const auto settings = parse_settings(R"(
data = "/var/lib/weir"
http = "127.0.0.1:3001"
http_hosts = ["weir.example.net"]
listen = ["0.0.0.0:2055", "[::1]:9996"]
user = "weir"
workers = 3
log.level = "debug"
[receive]
buffer = "4MiB"
[networks]
local = ["192.0.2.0/24", "2001:db8::/32"]
[exporters]
learn = false
allow = ["198.51.100.7"]
deny = ["198.51.100.8"]
sampling = {"198.51.100.7" = 1000}
[store]
budget = "50GB"
journal_share = 20
)",
                                       "weir.toml");
  ASSERT_TRUE(settings) << base::to_text(settings.error().front());
  EXPECT_EQ(settings->data, "/var/lib/weir");
  EXPECT_EQ(settings->http, (Endpoint{flow::Address::v4(0x7f000001), 3001}));
  EXPECT_EQ(settings->http_hosts, std::vector<std::string>{"weir.example.net"});
  EXPECT_EQ(settings->listen,
            (std::vector<Endpoint>{{flow::Address::v4(0), 2055}, {{0, 1}, 9996}}));
  EXPECT_EQ(settings->user, "weir");
  EXPECT_EQ(settings->workers, 3u);
  EXPECT_EQ(settings->log_level, "debug");
  EXPECT_EQ(settings->receive_buffer_octets, 4u << 20);
  EXPECT_EQ(settings->local_networks.size(), 2u);
  EXPECT_FALSE(settings->exporters.learn);
  EXPECT_EQ(settings->exporters.allow, std::vector{*flow::parse_network("198.51.100.7")});
  EXPECT_EQ(settings->exporters.deny, std::vector{*flow::parse_network("198.51.100.8")});
  EXPECT_EQ(settings->exporters.sampling,
            (std::vector<SamplingSetting>{{*flow::parse_network("198.51.100.7"), 1000}}));
  EXPECT_EQ(settings->store_budget_octets, 50'000'000'000u);
  EXPECT_EQ(settings->journal_share_percent, 20u);
}

TEST(ParseSettings, TakesWhatIsSaidOfExporters) {
  const auto settings = parse_settings(
      "[exporters]\nnames = {\"192.0.2.1\" = \"attic\"}\nnetworks.\"2001:db8::1\" = "
      "\"203.0.113.0/24\"",
      "x");
  ASSERT_TRUE(settings);
  EXPECT_EQ(settings->exporters.names.at(*flow::parse_address("192.0.2.1")), "attic");
  EXPECT_EQ(settings->exporters.networks.at(*flow::parse_address("2001:db8::1")),
            *flow::parse_network("203.0.113.0/24"));
  for (const char* wrong :
       {"exporters.names = 1", "exporters.names = {x = \"y\"}", "exporters.names = {\"::1\" = 3}",
        "exporters.networks = {\"::1\" = \"y\"}"}) {
    EXPECT_FALSE(parse_settings(wrong, "x")) << wrong;
  }
}

TEST(ParseSettings, TakesWhatIsSaidOfInterfaces) {
  const auto settings = parse_settings(
      "[exporters.interfaces.\"192.0.2.1\"]\n3 = {name = \"WAN\", role = \"wan\", speed = "
      "\"2.5G\"}\n0 = {speed = 64000}\n",
      "x");
  ASSERT_TRUE(settings) << base::to_text(settings.error().front());
  const auto& interfaces = settings->exporters.interfaces;
  const flow::Address exporter = *flow::parse_address("192.0.2.1");
  EXPECT_EQ(interfaces.at({exporter, 3}),
            (InterfaceSetting{"WAN", InterfaceRole::Wan, 2'500'000'000}));
  EXPECT_EQ(interfaces.at({exporter, 0}), (InterfaceSetting{"", {}, 64'000}));
  for (const char* wrong :
       {"exporters.interfaces = 1", "exporters.interfaces = {x = {}}",
        "exporters.interfaces = {\"::1\" = 3}", "exporters.interfaces = {\"::1\" = {x = {}}}",
        "exporters.interfaces = {\"::1\" = {4294967296 = {}}}",
        "exporters.interfaces = {\"::1\" = {3 = {role = \"dmz\"}}}",
        "exporters.interfaces = {\"::1\" = {3 = {speed = \"fast\"}}}",
        "exporters.interfaces = {\"::1\" = {3 = {speed = 0}}}",
        "exporters.interfaces = {\"::1\" = {3 = {colour = \"red\"}}}"}) {
    EXPECT_FALSE(parse_settings(wrong, "x")) << wrong;
  }
}

TEST(ParseBitsPerSecond, TakesWhatPeopleWrite) {
  EXPECT_EQ(parse_bits_per_s("100M"), 100'000'000u);
  EXPECT_EQ(parse_bits_per_s("2.5 Gbit/s"), 2'500'000'000u);
  EXPECT_EQ(parse_bits_per_s("56kbps"), 56'000u);
  EXPECT_EQ(parse_bits_per_s("9600"), 9'600u);
  for (const char* wrong : {"", "M", "0", "-1M", "1X", "1MM", "nan", "inf", "1e300", "100M b"}) {
    EXPECT_EQ(parse_bits_per_s(wrong), std::nullopt) << wrong;
  }
}

TEST(ParseSettings, TakesWhereNamesComeFrom) {
  const auto settings = parse_settings(
      "[names]\ndns = false\nhosts = \"\"\nleases = [\"a\", \"b\"]\nmax = 100\n"
      "resolvers = {\"192.168.1.0/24\" = [\"192.168.1.1\", \"192.168.1.2:5353\"], \"::/0\" = []}",
      "f");
  ASSERT_TRUE(settings) << base::to_text(settings.error().front());
  const NameSettings& names = settings->names;
  EXPECT_FALSE(names.dns);
  EXPECT_EQ(names.hosts, "");
  EXPECT_EQ(names.leases, (std::vector<std::string>{"a", "b"}));
  EXPECT_EQ(names.addresses_max, 100u);
  const auto& servers = names.resolvers.at(*flow::parse_network("192.168.1.0/24"));
  EXPECT_EQ(servers, (std::vector<Endpoint>{{*flow::parse_address("192.168.1.1"), 53},
                                            {*flow::parse_address("192.168.1.2"), 5353}}));
  for (const auto* const wrong :
       {"names.dns = 1", "names.hosts = 1", "names.leases = \"x\"", "names.leases = [1]",
        "names.max = 99", "names.resolvers = 1", "names.resolvers = {x = []}",
        "names.resolvers = {\"10.0.0.0/8\" = [\":53\"]}",
        "names.resolvers = {\"10.0.0.0/8\" = [\"dns.example\"]}"}) {
    const auto refused = parse_settings(wrong, "f");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().size(), 1u) << wrong;
    EXPECT_EQ(refused.error().front().where, "f:1");
  }
}

TEST(ParseSettings, TakesWhereSitesGetTheirNames) {
  const auto settings = parse_settings(
      "[sites]\nlogs = [\"a.log\"]\nsyslog = \":5514\"\nsenders = [\"192.168.1.1\"]\nmax = 2000\n",
      "f");
  ASSERT_TRUE(settings) << base::to_text(settings.error().front());
  EXPECT_EQ(settings->sites.logs, std::vector<std::string>{"a.log"});
  EXPECT_EQ(settings->sites.syslog, (Endpoint{{}, 5514}));
  EXPECT_EQ(settings->sites.senders, std::vector{flow::parse_network("192.168.1.1").value()});
  EXPECT_EQ(settings->sites.pairs_max, 2'000u);
  for (const auto* const wrong : {"sites.logs = \"x\"", "sites.syslog = \"x\"",
                                  "sites.senders = [\"x\"]", "sites.max = 1000"}) {
    const auto refused = parse_settings(wrong, "f");
    ASSERT_FALSE(refused) << wrong;
    EXPECT_EQ(refused.error().front().where, "f:1");
  }
}

TEST(SettingsKeys, AreThoseThatTheTextSets) {
  EXPECT_EQ(settings_keys("listen = [\":1\"]\n[exporters]\nlearn = true"),
            (std::set<std::string, std::less<>>{"listen", "exporters.learn"}));
  EXPECT_TRUE(settings_keys("= 3").empty());
}

TEST(ParseSettings, AnEmptyFileIsTheDefaults) {
  EXPECT_EQ(parse_settings("", "weir.toml").value(), Settings{});
}

TEST(ExplainSettings, IsAFileThatMeansTheDefaults) {
  const auto settings = parse_settings(explain_settings(), "explained");
  ASSERT_TRUE(settings) << base::to_text(settings.error().front());
  EXPECT_EQ(*settings, Settings{});
}

TEST(ParseSettings, AnUnknownKeyIsRefusedWithItsLineAndTheNearestKey) {
  EXPECT_EQ(complaints("http = \":3000\"\nlisen = []\n"),
            std::vector<std::string>{"weir.toml:2: unknown key lisen (did you mean listen?)"});
  EXPECT_EQ(complaints("[networks]\nlocals = []\n"),
            std::vector<std::string>{
                "weir.toml:2: unknown key networks.locals (did you mean networks.local?)"});
  EXPECT_EQ(complaints("zzz = 1\n"),
            std::vector<std::string>{
                "weir.toml:1: unknown key zzz (`weir config --explain` lists the keys)"});
}

TEST(ParseSettings, ABadValueIsRefusedWithItsLineAndWhatWasExpected) {
  EXPECT_EQ(complaints("\n\nworkers = \"two\"\n"),
            std::vector<std::string>{
                "weir.toml:3: workers: expected a whole number from 0 to 64, came 'two'"});
  EXPECT_EQ(complaints("[networks]\nlocal = [\"10.0.0.0/8\",\n  \"10.0.0.0/33\"]\n"),
            std::vector<std::string>{"weir.toml:3: networks.local: expected a network such as "
                                     "\"10.0.0.0/8\" or \"2001:db8::/32\", came '10.0.0.0/33'"});
  EXPECT_EQ(
      complaints("log = 3\n"),
      std::vector<std::string>{"weir.toml:1: log: expected a table [log] with level, came 3"});
}

TEST(ParseSettings, SaysEverythingThatIsWrongAtOnce) {
  EXPECT_EQ(complaints("http = 1\nlisten = []\nstore.budget = \"1kB\"\nuser = 7\n"
                       "data = \"\"\nhttp_hosts = [\"\"]\nreceive.buffer = \"2GiB\"\n"
                       "log.level = \"loud\"\nexporters.learn = 1\nexporters.allow = \"x\"\n"
                       "exporters.deny = [7]\nexporters.sampling = {\"x\" = 1, \"::1\" = 0}\n"
                       "store.journal_share = 0\n")
                .size(),
            14u);
}

TEST(ParseSettings, WhatIsNotTomlIsRefusedWithItsLine) {
  EXPECT_THAT(complaints("http = \":3000\"\nlisten = [\n"),
              testing::ElementsAre(testing::MatchesRegex("weir.toml:[23]: not TOML: .*")));
}

TEST(ReadSettings, AFileThatIsNotThereIsNamed) {
  const auto settings = read_settings("/nonexistent/weir.toml");
  ASSERT_FALSE(settings);
  EXPECT_EQ(settings.error().front().where, "/nonexistent/weir.toml");
  EXPECT_FALSE(read_settings(testing::TempDir())) << "a folder is no file";
}

TEST(ReadSettings, AnEmptyFileChangesNothing) {
  const std::string path = testing::TempDir() + "empty_weir.toml";
  std::ofstream(path).close();
  const auto settings = read_settings(path);
  ASSERT_TRUE(settings);
  EXPECT_EQ(*settings, Settings{});
}

TEST(ParseEndpoint, TakesPortsWithAndWithoutAddresses) {
  EXPECT_EQ(parse_endpoint("2055"), (Endpoint{{}, 2055}));
  EXPECT_EQ(parse_endpoint(":2055"), (Endpoint{{}, 2055}));
  EXPECT_EQ(parse_endpoint("*:2055"), (Endpoint{{}, 2055}));
  EXPECT_EQ(parse_endpoint("localhost:0"), (Endpoint{flow::Address::v4(0x7f000001), 0}));
  EXPECT_EQ(parse_endpoint("[::]:1"), (Endpoint{{}, 1}));
  for (const auto* text : {"", ":", "x", ":65536", "::1:2055", "[1.2.3.4]:1", "host:1", ":-1"}) {
    EXPECT_FALSE(parse_endpoint(text)) << text;
  }
}

TEST(ParseEndpoint, ReadsBackWhatToTextWrites) {
  for (const auto* text : {":2055", "0.0.0.0:2055", "127.0.0.1:80", "[2001:db8::1]:443"}) {
    EXPECT_EQ(to_text(parse_endpoint(text).value()), text);
  }
}

TEST(ParseOctets, TakesDecimalAndBinaryUnits) {
  EXPECT_EQ(parse_octets("10"), 10u);
  EXPECT_EQ(parse_octets("10GB"), 10'000'000'000u);
  EXPECT_EQ(parse_octets("1 GiB"), std::uint64_t{1} << 30);
  EXPECT_EQ(parse_octets("64k"), 64'000u);
  for (const auto* text : {"", "GB", "1.5GB", "-1", "10XB", "99999999TB"}) {
    EXPECT_FALSE(parse_octets(text)) << text;
  }
}

TEST(BudgetOctets, IsTheSmallerOfTenGigabytesAndATenthOfTheFileSystem) {
  EXPECT_EQ(budget_octets(Settings{}, 1'000'000'000'000), 10'000'000'000u);
  EXPECT_EQ(budget_octets(Settings{}, 50'000'000'000), 5'000'000'000u);
  Settings set;
  set.store_budget_octets = 7;
  EXPECT_EQ(budget_octets(set, 50'000'000'000), 7u);
}

TEST(WorkerCount, LeavesACoreForReceiving) {
  EXPECT_EQ(worker_count(Settings{}, 0), 1u);
  EXPECT_EQ(worker_count(Settings{}, 1), 1u);
  EXPECT_EQ(worker_count(Settings{}, 2), 1u);
  EXPECT_EQ(worker_count(Settings{}, 4), 3u);
  EXPECT_EQ(worker_count(Settings{}, 64), 8u);
  Settings set;
  set.workers = 5;
  EXPECT_EQ(worker_count(set, 2), 5u);
}

}  // namespace
}  // namespace state
