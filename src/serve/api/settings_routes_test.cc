#include <fmt/format.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class SettingsRoutes : public testing::Test {
 protected:
  int post(const std::string& target, const std::string& body) {
    return server_.post(target, body, {token_}).status;
  }
  int remove(const std::string& target) { return server_.ask("DELETE", target, {token_}).status; }
  std::shared_ptr<const state::Settings> now() { return server_.live_settings().get(); }

  TestServer server_;
  NamedText token_ = server_.token();
};

TEST_F(SettingsRoutes, PortsAreAddedAndRemoved) {
  EXPECT_EQ(post("/api/v1/ports", R"({"port":9995})"), 204);
  EXPECT_EQ(post("/api/v1/ports", R"({"port":9995})"), 204);  // it is there already
  EXPECT_EQ(now()->listen.size(), 5u);
  EXPECT_EQ(remove("/api/v1/ports/9995"), 204);
  EXPECT_EQ(remove("/api/v1/ports/9995"), 404);
  EXPECT_EQ(now()->listen.size(), 4u);
  for (const char* wrong : {R"({"port":0})", R"({"port":65536})", R"({"port":"2055"})", "{}", "[]",
                            R"({"port":1,"x":1})"}) {
    EXPECT_EQ(post("/api/v1/ports", wrong), 400) << wrong;
  }
  EXPECT_EQ(remove("/api/v1/ports/x"), 400);
  EXPECT_THAT(server_.post("/api/v1/ports", R"({"port":"2055"})", {token_}).body,
              HasSubstr(R"(expected a whole number from 1 to 65535, \"2055\" came)"));
}

TEST_F(SettingsRoutes, TheLastPortStays) {
  for (const char* port : {"2055", "4739", "6343"}) {
    EXPECT_EQ(remove(std::string("/api/v1/ports/") + port), 204);
  }
  EXPECT_EQ(remove("/api/v1/ports/9996"), 400);
}

TEST_F(SettingsRoutes, NetworksAndSendersAreListsOfNetworks) {
  EXPECT_EQ(post("/api/v1/networks", R"({"local":["203.0.113.0/24","2001:db8::/32"]})"), 204);
  EXPECT_EQ(now()->local_networks.size(), 2u);
  EXPECT_EQ(post("/api/v1/networks", R"({"local":["x"]})"), 400);
  EXPECT_EQ(post("/api/v1/networks", R"({"local":"10.0.0.0/8"})"), 400);
  EXPECT_EQ(post("/api/v1/networks", "{}"), 400);

  EXPECT_EQ(post("/api/v1/senders", R"({"learn":false,"allow":["192.0.2.1"],"deny":["::1"]})"),
            204);
  EXPECT_FALSE(now()->exporters.learn);
  EXPECT_THAT(now()->exporters.allow, ElementsAre(*flow::parse_network("192.0.2.1")));
  EXPECT_THAT(now()->exporters.deny, ElementsAre(*flow::parse_network("::1")));
  for (const char* wrong : {R"({"learn":1})", "{}", R"({"learn":true,"deny":"::1"})",
                            R"({"allow":["192.0.2.2"],"deny":["x"]})"}) {
    EXPECT_EQ(post("/api/v1/senders", wrong), 400) << wrong;
  }
  EXPECT_FALSE(now()->exporters.learn);  // nothing of a wrong body holds
  EXPECT_THAT(now()->exporters.allow, ElementsAre(*flow::parse_network("192.0.2.1")));
}

TEST_F(SettingsRoutes, AnExporterHasANameAndANetworkAsText) {
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"name":"<img onerror>"})"), 204);
  EXPECT_EQ(
      post("/api/v1/exporters/2001%3Adb8%3A%3A1", R"({"name":"six","network":"192.168.1.0/24"})"),
      204);
  const auto told = boost::json::parse(server_.get("/api/v1/settings", {token_}).body);
  EXPECT_EQ(boost::json::serialize(told.at("exporters")),
            R"([{"name":"<img onerror>","exporter":"192.0.2.1"},)"
            R"({"name":"six","network":"192.168.1.0/24","exporter":"2001:db8::1"}])");
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"name":""})"), 204);
  EXPECT_EQ(now()->exporters.names.size(), 1u);
  EXPECT_EQ(post("/api/v1/exporters/router", R"({"name":"x"})"), 400);
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"network":"x"})"), 400);
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", "{}"), 400);
}

TEST_F(SettingsRoutes, AnExportersSamplingIsSetAndTakenAway) {
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"sampling":100,"name":"attic"})"), 204);
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"sampling":4294967295})"), 204);
  EXPECT_EQ(post("/api/v1/exporters/2001%3Adb8%3A%3A1", R"({"sampling":1})"), 204);
  const auto told = boost::json::parse(server_.get("/api/v1/settings", {token_}).body);
  EXPECT_EQ(boost::json::serialize(told.at("sampling")),
            R"([{"exporters":"192.0.2.1/32","rate":4294967295},)"
            R"({"exporters":"2001:db8::1/128","rate":1}])");
  for (const char* wrong :
       {R"({"sampling":-1})", R"({"sampling":4294967296})", R"({"sampling":1.5})",
        R"({"sampling":"100"})", R"({"sampling":7,"network":"x"})", R"({"network":7})"}) {
    EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", wrong), 400) << wrong;
  }
  EXPECT_EQ(now()->exporters.sampling.front().rate, 4'294'967'295u);
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"sampling":0})"), 204);
  EXPECT_EQ(now()->exporters.sampling.size(), 1u);
  EXPECT_EQ(now()->exporters.names.size(), 1u);
}

TEST_F(SettingsRoutes, OfSeveralKeysAllChangeOrNone) {
  std::string over;
  for (int i = 0; i < 1'025; ++i) {
    over += fmt::format("{}\"10.0.{}.{}\"", i == 0 ? "" : ",", i / 256, i % 256);
  }
  EXPECT_EQ(post("/api/v1/senders",
                 fmt::format(R"({{"learn":false,"allow":["192.0.2.1"],"deny":[{}]}})", over)),
            400);
  EXPECT_EQ(*now(), state::Settings{});
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"network":"192.168.1.0/24","name":"a\nb"})"),
            400);
  EXPECT_EQ(*now(), state::Settings{});
}

TEST_F(SettingsRoutes, TheNameIsShownWhereTheExporterIs) {
  server_.receive.last_unknown = {.received = server_.clock.now_ms(),
                                  .sender = *flow::parse_address("192.0.2.1"),
                                  .port = 2055,
                                  .reason = "unknown",
                                  .first_octets = "80"};
  EXPECT_EQ(post("/api/v1/exporters/192.0.2.1", R"({"name":"attic"})"), 204);
  const auto told = boost::json::parse(server_.get("/api/v1/diagnosis", {token_}).body);
  EXPECT_EQ(told.at("senders").at(0).at("name").as_string(), "attic");
  EXPECT_THAT(boost::json::serialize(told.at("findings")), HasSubstr("\"What attic sends"));
}

TEST_F(SettingsRoutes, OnlyAnAdminChangesWithTheSessionsCsrf) {
  const NamedText viewer = server_.token(state::Role::Viewer);
  EXPECT_EQ(server_.post("/api/v1/ports", R"({"port":1})", {viewer}).status, 403);
  EXPECT_EQ(server_.post("/api/v1/ports", R"({"port":1})").status, 401);
  const auto [cookie, csrf] = server_.log_in();
  EXPECT_EQ(server_.post("/api/v1/ports", R"({"port":1})", {cookie}).status, 403);
  EXPECT_EQ(server_.post("/api/v1/ports", R"({"port":1})", {cookie, csrf}).status, 204);
  EXPECT_EQ(server_.get("/api/v1/settings", {viewer}).status, 200);
}

}  // namespace
}  // namespace serve
