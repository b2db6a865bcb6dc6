#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

struct NameRoutes : testing::Test {
  Answer put(std::string_view target, std::string_view body,
             std::vector<NamedText> headers = {}) const {
    headers.emplace_back("Content-Type", "application/json");
    return server.ask("PUT", target, headers, body);
  }
  json::object host(std::string_view address) const {
    return json::parse(server.ask_unix("GET", "/api/v1/hosts/" + std::string(address)).body)
        .get_object();
  }

  TestServer server;
  NamedText admin = server.token();
};

TEST_F(NameRoutes, APersonsNameWinsAndCanBeTakenBack) {
  const flow::Address nas = flow::parse_address("192.168.1.5").value();
  server.names().confirm(know::NameOrigin::ReverseDns, nas, "nas.lan", server.clock.now_ms());
  EXPECT_EQ(host("192.168.1.5").at("name"), "nas.lan");
  EXPECT_EQ(put("/api/v1/hosts/192.168.1.5/name", R"({"name":"Disks"})", {admin}).status, 204);
  json::object told = host("192.168.1.5");
  EXPECT_EQ(told.at("name"), "Disks");
  EXPECT_EQ(told.at("origin"), "person");
  EXPECT_EQ(told.at("local"), true);
  EXPECT_EQ(told.at("names").as_array().size(), 2u);
  EXPECT_EQ(told.at("names").at(1).at("origin"), "dns");
  EXPECT_EQ(put("/api/v1/hosts/192.168.1.5/name", R"({"name":""})", {admin}).status, 204);
  told = host("192.168.1.5");
  EXPECT_EQ(told.at("name"), "nas.lan");
  EXPECT_EQ(told.at("names").at(1).at("until"), server.clock.now_ms());
}

TEST_F(NameRoutes, TakeIpv6WithItsColonsAsTheyAreAndEscaped) {
  EXPECT_EQ(put("/api/v1/hosts/2001%3Adb8%3A%3A1/name", R"({"name":"six"})", {admin}).status, 204);
  EXPECT_EQ(host("2001:db8::1").at("name"), "six");
  EXPECT_EQ(host("2001:db8::1").at("local"), false);
}

TEST_F(NameRoutes, RefuseWhatIsNoNameOrNoAddress) {
  EXPECT_EQ(put("/api/v1/hosts/192.168.1.5/name", R"({"name":"a\nb"})", {admin}).status, 400);
  EXPECT_EQ(put("/api/v1/hosts/192.168.1.5/name", R"({"title":"a"})", {admin}).status, 400);
  const Answer wrong = put("/api/v1/hosts/nas/name", R"({"name":"a"})", {admin});
  EXPECT_EQ(wrong.status, 400);
  EXPECT_THAT(wrong.body, HasSubstr("expected an address, 'nas' came"));
  EXPECT_EQ(server.ask_unix("GET", "/api/v1/hosts/nas").status, 400);
  EXPECT_EQ(server.ask_unix("GET", "/api/v1/hosts/1.2.3.4/names").status, 404);
  EXPECT_EQ(server.ask_unix("GET", "/api/v1/hosts/1.2.3.4/name").status, 405);
  const NamedText viewer = server.token(state::Role::Viewer);
  EXPECT_EQ(put("/api/v1/hosts/192.168.1.5/name", R"({"name":"a"})", {viewer}).status, 403);
  EXPECT_FALSE(host("192.168.1.5").contains("name"));
}

TEST_F(NameRoutes, NamesStandOnTheRowsOfAnAnswer) {
  const flow::Address nas = flow::parse_address("192.168.1.5").value();
  server.names().confirm(know::NameOrigin::Lease, nas, "nas", server.clock.now_ms());
  server.store.on_query =
      [&](const query::Plan& plan, query::AnswerSink& sink,
          const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
    sink.head({{"host", query::AnswerType::Address}});
    sink.chunk({1, {{.valid = {1}, .numbers = {}, .addresses = {nas}, .texts = {}}}});
    query::AnswerSummary summary;
    summary.totals = summary.rest = summary.bound = std::vector<std::int64_t>(plan.metrics.size());
    return summary;
  };
  const auto asked = [&](std::string_view more) {
    return server.ask_unix("GET", "/api/v1/query?format=csv" + std::string(more)).body;
  };
  EXPECT_EQ(asked("&by=host"), "host,host_name\n192.168.1.5,nas\n");
  EXPECT_EQ(asked("&by=host&names=0"), "host\n192.168.1.5\n");
  EXPECT_EQ(asked("&flows=1"), "host\n192.168.1.5\n");
  EXPECT_EQ(asked("&flows=1&names=1"), "host,host_name\n192.168.1.5,nas\n");
  EXPECT_EQ(server.ask_unix("GET", "/api/v1/query?names=x").status, 400);
}

TEST_F(NameRoutes, InterfacesHaveNamesWhereTheRowSaysTheExporter) {
  const flow::Address router = flow::parse_address("192.0.2.1").value();
  server.interfaces().tell(know::InterfaceOrigin::Options, router, {{3, {"wan0", "", 0}}}, false,
                           server.clock.now_ms());
  server.store.on_query =
      [&](const query::Plan& plan, query::AnswerSink& sink,
          const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
    query::AnswerChunk rows{2,
                            {{.valid = {1, 1}, .numbers = {3, 4}, .addresses = {}, .texts = {}}}};
    std::vector<query::AnswerColumn> columns{{"if", query::AnswerType::Number}};
    if (plan.by.size() == 2) {
      columns.insert(columns.begin(), {"exporter", query::AnswerType::Address});
      rows.columns.insert(
          rows.columns.begin(),
          {.valid = {1, 1}, .numbers = {}, .addresses = {router, router}, .texts = {}});
    }
    sink.head(columns);
    sink.chunk(rows);
    query::AnswerSummary summary;
    summary.totals = summary.rest = summary.bound = std::vector<std::int64_t>(plan.metrics.size());
    return summary;
  };
  const auto asked = [&](std::string_view by) {
    return server.ask_unix("GET", "/api/v1/query?format=csv&by=" + std::string(by)).body;
  };
  EXPECT_EQ(asked("exporter,if"),
            "exporter,if,exporter_name,if_name\n192.0.2.1,3,,wan0\n192.0.2.1,4,,\n");
  EXPECT_EQ(asked("if"), "if\n3\n4\n");
}

}  // namespace
}  // namespace serve
