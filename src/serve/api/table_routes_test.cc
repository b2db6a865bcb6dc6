#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <fstream>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

namespace json = boost::json;
using testing::HasSubstr;

class TableRoutes : public testing::Test {
 protected:
  Answer put(const std::string& target, const std::string& text) {
    return server_.ask("PUT", target, {token_, {"Content-Type", "application/json"}},
                       json::serialize(json::object{{"text", text}}));
  }
  json::object get(const std::string& target) {
    const Answer answer = server_.get(target, {token_});
    EXPECT_EQ(answer.status, 200) << answer.body;
    return json::parse(answer.body).get_object();
  }
  std::string canonical(const std::string& filter) {
    const json::value told = get("/api/v1/filter?text=" + filter).at("canonical");
    return told.is_null() ? "" : std::string(told.get_string());
  }

  TestServer server_;
  NamedText token_ = server_.token();
};

TEST_F(TableRoutes, WithoutFilesTheListIsTheDefaultOneAndServicesAreOurs) {
  const json::object protocols = get("/api/v1/protocols");
  EXPECT_FALSE(protocols.at("own").get_bool());
  EXPECT_EQ(protocols.at("text").get_string(), "");
  EXPECT_EQ(protocols.at("protocols").get_array().size(), 20u);
  EXPECT_FALSE(protocols.at("locked").get_bool());
  const json::object services = get("/api/v1/services");
  EXPECT_GT(services.at("services").get_array().size(), 400u);
  EXPECT_FALSE(services.contains("problem"));
}

TEST_F(TableRoutes, AListHoldsInItsOrderWithWhatIsWrongInIt) {
  const Answer answer = put("/api/v1/protocols", "B=http/tcp|8080\nNNTP=nnntp\nA=-1\n");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::object told = json::parse(answer.body).get_object();
  EXPECT_TRUE(told.at("own").get_bool());
  EXPECT_EQ(json::serialize(told.at("protocols")),
            R"([{"name":"B","items":["http/tcp","8080"],"ports":["80/tcp","8080"]},)"
            R"({"name":"NNTP","items":[],"ports":[]},{"name":"A","items":["-1"],"ports":[]}])");
  EXPECT_EQ(
      json::serialize(told.at("warnings")),
      R"([{"line":2,"item":"nnntp","reason":"no service has this name; did you mean nntp?"}])");
  EXPECT_EQ(get("/api/v1/protocols"), told);
  EXPECT_EQ(server_.get("/api/v1/protocols?format=csv", {token_}).body,
            "name,items,ports\nB,http/tcp|8080,80/tcp|8080\nNNTP,\"\",\"\"\nA,'-1,\"\"\n");
}

TEST_F(TableRoutes, NonsenseIsRefusedAndWhatHeldHolds) {
  ASSERT_EQ(put("/api/v1/protocols", "A=80\n").status, 200);
  const Answer refused = put("/api/v1/protocols", "<html>\n");
  EXPECT_EQ(refused.status, 400);
  EXPECT_THAT(refused.body, HasSubstr("1: <html>: expected a name"));
  EXPECT_EQ(put("/api/v1/services", std::string("a 1/tcp\0", 8)).status, 400);
  EXPECT_EQ(server_.ask("PUT", "/api/v1/services", {token_}, R"({"text":"a 1/tcp"})").status, 400)
      << "without its content type";
  EXPECT_EQ(get("/api/v1/protocols").at("text").get_string(), "A=80\n");
}

TEST_F(TableRoutes, ANameStandsForItsPortsInFilters) {
  EXPECT_EQ(canonical("port:rdp"), "port:3389");
  EXPECT_EQ(canonical("-dport:HTTP,22"), "-dport:22,80");
  EXPECT_EQ(canonical("port:remotescan"), "");
  ASSERT_EQ(put("/api/v1/services", "remotescan 6077/tcp scan\nremotescan 6078/udp\n").status, 200);
  EXPECT_EQ(canonical("port:remotescan"), "port:6077,6078");
  EXPECT_EQ(canonical("src_port:scan"), "sport:6077");
  EXPECT_EQ(canonical("as:rdp"), "") << "no port";
  EXPECT_EQ(server_.get("/api/v1/query?filter=port:scan", {token_}).status, 200);
  EXPECT_EQ(server_.get("/api/v1/conversations?filter=port:scan", {token_}).status, 200);
  EXPECT_THAT(server_.get("/api/v1/filter?text=port:remotes", {token_}).body,
              HasSubstr(R"({"insert":"can","label":"remotescan","detail":"6077,6078"})"));
}

TEST_F(TableRoutes, ACheckChangesNothing) {
  const Answer answer =
      server_.post("/api/v1/tables/check",
                   R"({"services":"scan 6077/tcp\nx\n","protocols":"Scan=scan|y\n"})", {token_});
  ASSERT_EQ(answer.status, 200) << answer.body;
  const json::object told = json::parse(answer.body).get_object();
  EXPECT_EQ(told.at("services").at("lines").get_int64(), 1);
  EXPECT_EQ(told.at("services").at("warnings").get_array().size(), 1u);
  EXPECT_EQ(told.at("protocols").at("warnings").get_array().size(), 1u);
  EXPECT_EQ(json::serialize(told.at("protocols").at("protocols")),
            R"([{"name":"Scan","items":["scan"],"ports":["6077"]}])");
  EXPECT_FALSE(get("/api/v1/protocols").at("own").get_bool());
  EXPECT_EQ(server_.post("/api/v1/tables/check", R"({"services":""})", {token_}).status, 400);
}

}  // namespace
}  // namespace serve
