#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/api/testing_server.h"
#include "serve/interface_use.h"

namespace serve {
namespace {

namespace json = boost::json;
using query::AnswerType;
using query::AnswerValues;
using testing::HasSubstr;
using testing::StartsWith;

const flow::Address kInterfaceRouter = *flow::parse_address("192.0.2.1");

AnswerValues numbers(const std::vector<std::int64_t>& values) {
  return {.valid = std::vector<std::uint8_t>(values.size(), 1),
          .numbers = values,
          .addresses = {},
          .texts = {}};
}
AnswerValues texts(const std::vector<std::string_view>& values) {
  return {.valid = std::vector<std::uint8_t>(values.size(), 1),
          .numbers = {},
          .addresses = {},
          .texts = values};
}
AnswerValues routers(std::size_t rows) {
  return {.valid = std::vector<std::uint8_t>(rows, 1),
          .numbers = {},
          .addresses = std::vector(rows, kInterfaceRouter),
          .texts = {}};
}

struct InterfaceRoutes : testing::Test {
  InterfaceRoutes() {
    server.store.on_query =
        [this](const query::Plan& plan, query::AnswerSink& sink,
               const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
      filters.push_back(plan.filter.canonical);
      const bool is_of_roles = plan.by.size() == 4;
      sink.head({});
      sink.chunk(is_of_roles ? behind : used);
      query::AnswerSummary summary;
      summary.totals = summary.rest = summary.bound =
          std::vector<std::int64_t>(plan.metrics.size());
      return summary;
    };
    // Down 9 MB and up 1 MB by interface 3, the rest of it inside; 7 in and out of one.
    used = {5,
            {routers(5), numbers({3, 3, 1, 1, 0}), texts({"in", "out", "in", "out", "in"}),
             numbers({9'000'000, 1'000'000, 1'000'000, 9'000'000, 5}), numbers({9, 1, 1, 9, 1}),
             numbers({3, 3, 3, 3, 1})}};
    behind = {3,
              {routers(3), numbers({3, 1, 1}), numbers({1, 3, 1}), texts({"R2L", "L2R", "L2R"}),
               numbers({9'000'000, 1'000'000, 7})}};
  }

  int put(std::string_view body, const NamedText& who,
          std::string_view exporter = "192.0.2.1") const {
    return server
        .ask("PUT", "/api/v1/interfaces/" + std::string(exporter),
             {who, {"Content-Type", "application/json"}}, body)
        .status;
  }
  json::array listed(std::string_view more = {}) const {
    const Answer answer =
        server.ask_unix("GET", "/api/v1/interfaces?range=-1h" + std::string(more));
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).at("interfaces").as_array();
  }
  static const json::object& of(const json::array& all, std::int64_t index) {
    static const json::object none;
    for (const json::value& one : all) {
      if (one.at("index") == index) return one.get_object();
    }
    return none;
  }
  static std::string text_in(const json::object& told, std::string_view member) {
    const json::value* value = told.if_contains(member);
    return value == nullptr ? "" : std::string(std::string_view(value->as_string()));
  }

  TestServer server;
  NamedText admin = server.token();
  query::AnswerChunk used;
  query::AnswerChunk behind;
  std::vector<std::string> filters;
};

TEST_F(InterfaceRoutes, TellNamesWithTheirOriginAndWhatWentThrough) {
  server.interfaces().tell(know::InterfaceOrigin::Options, kInterfaceRouter,
                           {{3, {"Gi0/3", "fibre", 0}}, {8, {"idle", "", 0}}}, false,
                           server.clock.now_ms());
  const json::array all = listed();
  ASSERT_EQ(all.size(), 4u);
  const json::object& wan = of(all, 3);
  EXPECT_EQ(wan.at("name"), "Gi0/3");
  EXPECT_EQ(wan.at("origin"), "options");
  EXPECT_EQ(wan.at("alias"), "fibre");
  EXPECT_EQ(wan.at("since"), server.clock.now_ms());
  EXPECT_EQ(wan.at("in_bytes"), 9'000'000);
  EXPECT_EQ(wan.at("out_bytes"), 1'000'000);
  EXPECT_FALSE(wan.contains("in_utilisation"));
  EXPECT_EQ(of(all, 8).at("in_bytes"), 0);
  EXPECT_FALSE(of(all, 1).contains("name"));
  EXPECT_EQ(of(all, 0).at("in_bytes"), 5);
}

TEST_F(InterfaceRoutes, SuggestRolesThatAPersonConfirms) {
  json::array all = listed();
  EXPECT_EQ(text_in(of(all, 3), "suggested_role"), "wan");
  EXPECT_EQ(text_in(of(all, 1), "suggested_role"), "lan");
  EXPECT_FALSE(of(all, 0).contains("suggested_role"));
  EXPECT_FALSE(of(all, 3).contains("role"));
  EXPECT_EQ(put(R"({"index":3,"role":"wan"})", admin), 204);
  EXPECT_EQ(text_in(of(listed(), 3), "role"), "wan");
  EXPECT_EQ(put(R"({"index":3,"role":""})", admin), 204);
  EXPECT_FALSE(of(listed(), 3).contains("role"));
  EXPECT_TRUE(server.live_settings().get()->exporters.interfaces.empty());
}

TEST_F(InterfaceRoutes, APersonsSayWins) {
  server.interfaces().tell(know::InterfaceOrigin::Snmp, kInterfaceRouter,
                           {{3, {"Gi0/3", "fibre", 1'000'000'000}}}, true, server.clock.now_ms());
  EXPECT_EQ(put(R"({"index":3,"name":"<b>Uplink</b>","speed":200000})", admin), 204);
  const json::array all = listed();
  EXPECT_EQ(of(all, 3).at("name"), "<b>Uplink</b>");
  EXPECT_EQ(of(all, 3).at("origin"), "person");
  EXPECT_EQ(of(all, 3).at("speed_bits_per_s"), 200'000);
  // 9 MB of the 90 MB that go through in an hour.
  EXPECT_DOUBLE_EQ(of(all, 3).at("in_utilisation").as_double(), 0.1);
  EXPECT_EQ(put(R"({"index":3,"name":"","speed":0})", admin), 204);
  EXPECT_EQ(of(listed(), 3).at("name"), "Gi0/3");
}

TEST_F(InterfaceRoutes, SayWhichNumberANameHadBefore) {
  const base::UnixMs now = server.clock.now_ms();
  server.interfaces().tell(know::InterfaceOrigin::Options, kInterfaceRouter, {{1, {"wan", "", 0}}},
                           false, now - base::kMsPerDay);
  server.interfaces().tell(know::InterfaceOrigin::Options, kInterfaceRouter, {{3, {"wan", "", 0}}},
                           false, now);
  const json::array all = listed();
  EXPECT_EQ(of(all, 3).at("moved_from"), 1);
  EXPECT_FALSE(of(all, 1).contains("name"));
  EXPECT_EQ(of(all, 1).at("former").at(0).at("name"), "wan");
  EXPECT_EQ(of(all, 1).at("former").at(0).at("until"), now);
}

TEST_F(InterfaceRoutes, AFilterLeavesOutWhatItDoesNotTouch) {
  server.interfaces().tell(know::InterfaceOrigin::Options, kInterfaceRouter, {{8, {"idle", "", 0}}},
                           false, server.clock.now_ms());
  EXPECT_EQ(listed("&filter=port:443").size(), 3u);
  EXPECT_EQ(filters.front(), "port:443");
  EXPECT_EQ(server.ask_unix("GET", "/api/v1/interfaces?filter=port:").status, 400);
  EXPECT_EQ(server.ask_unix("GET", "/api/v1/interfaces?format=xml").status, 400);
}

TEST_F(InterfaceRoutes, GiveTheSameAsCsv) {
  server.interfaces().tell(know::InterfaceOrigin::Options, kInterfaceRouter,
                           {{3, {"=cmd()", "", 0}}}, false, server.clock.now_ms());
  for (const char* path :
       {"/api/v1/interfaces?format=csv&range=-1h", "/system/interfaces.csv?t=-1h"}) {
    const Answer csv = server.ask_unix("GET", path);
    EXPECT_THAT(csv.body, StartsWith("exporter,exporter_name,index,name,origin,"));
    EXPECT_THAT(csv.body, HasSubstr("\n192.0.2.1,,3,'=cmd(),options,"));
  }
}

TEST_F(InterfaceRoutes, RefuseWhatCannotBeAndWhoMayNot) {
  for (const char* body :
       {R"({"index":-1,"role":"wan"})", R"({"index":4294967296,"role":"wan"})", R"({"role":"wan"})",
        R"({"index":3})", R"({"index":3,"role":"dmz"})", R"({"index":3,"speed":-1})",
        R"({"index":3,"speed":1.5})", R"({"index":3,"name":5})", R"({"index":3,"name":"a\nb"})",
        R"({"index":3,"alias":"x"})"}) {
    EXPECT_EQ(put(body, admin), 400) << body;
  }
  EXPECT_EQ(put(R"({"index":3,"role":"wan"})", admin, "router"), 400);
  EXPECT_EQ(put(R"({"index":3,"role":"wan"})", server.token(state::Role::Viewer)), 403);
  EXPECT_TRUE(server.live_settings().get()->exporters.interfaces.empty());
}

TEST_F(InterfaceRoutes, CredentialsAreTakenAndNeverTold) {
  const auto snmp = [&](std::string_view body) {
    return server.ask("PUT", "/api/v1/exporters/192.0.2.1/snmp",
                      {admin, {"Content-Type", "application/json"}}, body);
  };
  EXPECT_EQ(snmp(R"({"community":"geheim"})").status, 204);
  EXPECT_EQ(server.live_settings().get()->exporters.snmp.at(kInterfaceRouter).community, "geheim");
  for (const char* path : {"/api/v1/settings", "/api/v1/interfaces", "/api/v1/exporters"}) {
    EXPECT_THAT(server.ask_unix("GET", path).body, testing::Not(HasSubstr("geheim")));
  }
  for (const char* body :
       {R"({"community":"geheim","user":"geheim"})", R"({"user":"u","auth_password":"geheim"})",
        R"({"user":"u","privacy_password":"geheimgeheim"})", R"({"community":"geheim\n"})",
        R"({"community":"geheim","auth":"rot13"})", R"({"community":"geheim","port":0})",
        R"({"community":5})"}) {
    const Answer refused = snmp(body);
    EXPECT_EQ(refused.status, 400) << body;
    EXPECT_THAT(refused.body, testing::Not(HasSubstr("geheim")));
  }
  EXPECT_EQ(snmp("{}").status, 204);
  EXPECT_TRUE(server.live_settings().get()->exporters.snmp.empty());
}

TEST_F(InterfaceRoutes, FlowsAreHeldAgainstWhatTheInterfaceCounted) {
  ASSERT_TRUE(server.live_settings().change("exporters.snmp", [](state::Settings& all) {
    all.exporters.snmp[kInterfaceRouter].community = "public";
  }));
  const base::UnixMs start = server.clock.now_ms() - 30 * base::kMsPerMinute;
  for (std::uint64_t minute = 0; minute <= 10; ++minute) {
    const know::SnmpInterface counted{.index = 3,
                                      .name = "",
                                      .alias = "",
                                      .speed_bits_per_s = 0,
                                      .in_octets = minute * 1'000'000 + 1,
                                      .out_octets = minute * 250'000};
    ASSERT_TRUE(server.interface_counters().take(
        kInterfaceRouter, {.uptime_ms = minute,
                           .read = start + static_cast<base::UnixMs>(minute) * base::kMsPerMinute,
                           .interfaces = {counted},
                           .is_cut = false}));
  }
  const json::array all = listed();
  EXPECT_EQ(of(all, 3).at("counted_in_bytes"), 10'000'000);
  EXPECT_EQ(of(all, 3).at("counted_out_bytes"), 2'500'000);
  EXPECT_EQ(of(all, 3).at("counted_from"), start);
  // 10 MB and ten packets of 12.5 MB.
  EXPECT_NEAR(of(all, 3).at("gap").as_double(), 0.2, 1e-4);
  EXPECT_THAT(filters, testing::Contains("exporter:192.0.2.1"));
  EXPECT_FALSE(of(all, 1).contains("gap"));
}

TEST(GapOf, CountsOnceWhatAProbeNamesAsBothEnds) {
  const InterfaceUse probe{{986'000, 1'000, 5}, {986'000, 1'000, 5}};
  EXPECT_DOUBLE_EQ(gap_of(probe, 1'000'000), 0.0);
  EXPECT_DOUBLE_EQ(gap_of(probe, 2'000'000), 0.0);  // a router on a stick
  EXPECT_DOUBLE_EQ(gap_of({{500, 0, 1}, {0, 0, 0}}, 1'000), 0.5);
}

TEST(SuggestedRole, IsClearOrNone) {
  using state::InterfaceRole;
  EXPECT_EQ(suggested_role({}), std::nullopt);
  EXPECT_EQ(suggested_role({.remote = 80, .local = 20}), InterfaceRole::Wan);
  EXPECT_EQ(suggested_role({.remote = 20, .local = 80}), InterfaceRole::Lan);
  EXPECT_EQ(suggested_role({.remote = 50, .local = 50}), std::nullopt);
  EXPECT_EQ(suggested_role({.remote = 10, .local = 10, .transit = 80}), InterfaceRole::Peer);
}

}  // namespace
}  // namespace serve
