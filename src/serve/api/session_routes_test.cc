#include <gtest/gtest.h>

#include <atomic>
#include <boost/json.hpp>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

std::string member(const Answer& answer, std::string_view name) {
  const boost::json::value body = boost::json::parse(answer.body);
  return std::string(body.at(name).get_string());
}

std::string setup_body(const std::string& code, const std::string& password = "correct horse") {
  return R"({"code":")" + code + R"(","name":"ada","password":")" + password + R"("})";
}

// The cookie of an answer as a header of the next request.
NamedText cookie_of(const Answer& answer) {
  const std::string_view set = answer.header("set-cookie");
  return {"Cookie", std::string(set.substr(0, set.find(';')))};
}

TEST(Setup, TheCodeMakesTheAdminOnceAndLogsThemIn) {
  TestServer server;
  const std::string code = *server.api().setup_code();
  ASSERT_EQ(code.size(), 7u);
  EXPECT_EQ(server.get("/api/v1/setup?code=" + code).body, "{\"has_admin\":false}\n");
  EXPECT_EQ(server.get("/api/v1/setup").body, "{\"has_admin\":false}\n");

  const Answer made = server.post("/api/v1/setup", setup_body(code));
  ASSERT_EQ(made.status, 201) << made.body;
  const std::string_view cookie = made.header("set-cookie");
  EXPECT_NE(cookie.find("; HttpOnly; SameSite=Strict"), std::string_view::npos);
  EXPECT_EQ(cookie.find("Secure"), std::string_view::npos);
  EXPECT_EQ(server.get("/api/v1/session", {cookie_of(made)}).status, 200);

  EXPECT_FALSE(server.api().setup_code());
  EXPECT_EQ(server.post("/api/v1/setup", setup_body(code)).status, 403);
  EXPECT_EQ(server.get("/api/v1/setup?code=" + code).body, "{\"has_admin\":true}\n");
  EXPECT_EQ(server.get("/api/v1/setup").body, "{\"has_admin\":true}\n");
}

TEST(Setup, TheCodeMayBeTypedAsPeopleType) {
  TestServer server;
  std::string code = *server.api().setup_code();
  code.erase(4, 1);
  for (char& letter : code) letter = static_cast<char>(std::tolower(letter));
  EXPECT_EQ(server.get("/api/v1/setup", {{"X-Weir-Setup-Code", code}}).status, 200);
}

TEST(Setup, AWrongCodeIsRefusedCountedAndSlowedDown) {
  TestServer server;
  const std::string code = *server.api().setup_code();
  const std::string wrong = code == "0000-00" ? "1111-11" : "0000-00";
  EXPECT_EQ(server.get("/api/v1/setup").status, 200);                   // no guess, not counted
  EXPECT_EQ(server.post("/api/v1/setup", setup_body("")).status, 403);  // nor this
  for (int i = 0; i < 5; ++i) {
    EXPECT_EQ(server.post("/api/v1/setup", setup_body(wrong)).status, 403);
  }
  EXPECT_EQ(server.api().counters().wrong_codes.get(), 5u);

  const Answer throttled = server.post("/api/v1/setup", setup_body(code));
  EXPECT_EQ(throttled.status, 429);
  EXPECT_EQ(throttled.header("retry-after"), "60");
  EXPECT_EQ(server.api().counters().throttled.get(), 1u);
  EXPECT_FALSE(*server.users().has_admin());

  server.clock.forward_ms(60'000);
  EXPECT_EQ(server.post("/api/v1/setup", setup_body(code)).status, 201);
}

TEST(Setup, SaysWhatIsWrongWithTheBody) {
  TestServer server;
  const std::string code = *server.api().setup_code();
  const auto what = [&](const std::string& body) {
    const Answer answer = server.post("/api/v1/setup", body);
    EXPECT_EQ(answer.status, 400) << answer.body;
    return std::string(boost::json::parse(answer.body).at_pointer("/error/where").get_string());
  };
  EXPECT_EQ(what("no JSON"), "body");
  EXPECT_EQ(what("[1]"), "body");
  EXPECT_EQ(what(R"({"name":"ada"})"), "code");
  EXPECT_EQ(what(R"({"code":1,"name":"ada","password":"x"})"), "code");
  EXPECT_EQ(what(R"({"code":"1","name":"ada","password":"x","role":"admin"})"), "role");
  EXPECT_EQ(what(setup_body(code, "short")), "password");
  EXPECT_EQ(what(R"({"code":")" + code + R"(","name":"a b","password":"correct horse"})"), "name");
  EXPECT_FALSE(*server.users().has_admin());
}

TEST(Session, NobodyLogsInBeforeAnAdminExists) {
  TestServer server;
  const Answer answer =
      server.post("/api/v1/session", R"({"name":"ada","password":"correct horse"})");
  EXPECT_EQ(answer.status, 403);
}

TEST(Session, LogsInAndOut) {
  TestServer server;
  server.create_admin();
  const Answer in = server.post("/api/v1/session", R"({"name":"ada","password":"correct horse"})");
  ASSERT_EQ(in.status, 200);
  EXPECT_EQ(member(in, "role"), "admin");
  const NamedText cookie = cookie_of(in);
  const NamedText csrf{"X-Weir-CSRF", member(in, "csrf")};
  EXPECT_EQ(member(server.get("/api/v1/session", {cookie}), "csrf"), csrf.second);

  const Answer out = server.ask("DELETE", "/api/v1/session", {cookie, csrf});
  EXPECT_EQ(out.status, 204);
  EXPECT_NE(out.header("set-cookie").find("Max-Age=0"), std::string_view::npos);
  EXPECT_EQ(server.get("/api/v1/session", {cookie}).status, 401);
}

TEST(Session, ExpiresAfterItsTime) {
  TestServer server;
  const auto [cookie, csrf] = server.log_in();
  server.clock.forward_ms(state::Users::kSessionMs - 1);
  EXPECT_EQ(server.get("/api/v1/session", {cookie}).status, 200);
  server.clock.forward_ms(1);
  EXPECT_EQ(server.get("/api/v1/session", {cookie}).status, 401);
}

TEST(Session, WrongPasswordsAreCountedAndSlowedDown) {
  TestServer server;
  server.create_admin();
  const std::string right = R"({"name":"ada","password":"correct horse"})";
  for (const char* wrong : {R"({"name":"ada","password":"wrong horse"})",
                            R"({"name":"bob","password":"correct horse"})"}) {
    for (int i = 0; i < 5; ++i) {
      const Answer answer = server.post("/api/v1/session", wrong);
      EXPECT_EQ(answer.status, 401);
      EXPECT_NE(answer.body.find("\"wrong name or password\""), std::string::npos);
    }
  }
  EXPECT_EQ(server.api().counters().wrong_passwords.get(), 10u);
  EXPECT_EQ(server.post("/api/v1/session", right).status, 429);
  server.clock.forward_ms(5 * 60'000);
  EXPECT_EQ(server.post("/api/v1/session", right).status, 200);
}

TEST(Tokens, AreMadeListedAndDeleted) {
  TestServer server;
  const NamedText admin = server.token();
  const Answer made =
      server.post("/api/v1/tokens", R"({"name":"grafana","role":"viewer"})", {admin});
  ASSERT_EQ(made.status, 201);
  const NamedText token{"Authorization", "Bearer " + member(made, "token")};
  EXPECT_EQ(server.get("/metrics", {token}).status, 200);

  const Answer listed = server.get("/api/v1/tokens", {admin});
  EXPECT_NE(listed.body.find("\"grafana\""), std::string::npos);
  EXPECT_EQ(listed.body.find(member(made, "token")), std::string::npos);
  EXPECT_EQ(server.post("/api/v1/tokens", R"({"name":"grafana"})", {admin}).status, 400);

  const std::string id = boost::json::serialize(boost::json::parse(made.body).at("id"));
  EXPECT_EQ(server.ask("DELETE", "/api/v1/tokens/" + id, {admin}).status, 204);
  EXPECT_EQ(server.ask("DELETE", "/api/v1/tokens/" + id, {admin}).status, 404);
  EXPECT_EQ(server.ask("DELETE", "/api/v1/tokens/x", {admin}).status, 400);
  EXPECT_EQ(server.get("/metrics", {token}).status, 401);
}

struct DemoServer {
  std::atomic<int> left{0};
  TestServer server{{}, nullptr, {}, [this] { ++left; }};
};

TEST(Demo, AnybodyMayLookAndNobodyMayChange) {
  DemoServer demo;
  const Answer session = demo.server.get("/api/v1/session");
  ASSERT_EQ(session.status, 200);
  EXPECT_EQ(member(session, "role"), "viewer");
  EXPECT_TRUE(boost::json::parse(session.body).at("demo").as_bool());
  EXPECT_EQ(demo.server.get("/api/v1/settings").status, 200);
  EXPECT_EQ(demo.server.post("/api/v1/ports", R"({"port":9999})").status, 403);
  EXPECT_EQ(demo.server.get("/api/v1/tokens").status, 403);
  EXPECT_EQ(demo.server.get("/api/v1/session", {{"Authorization", "Bearer guessed"}}).status, 401);
}

TEST(Demo, OneRequestLeavesItFromAPageOfItsOwn) {
  DemoServer demo;
  EXPECT_EQ(demo.server.ask("DELETE", "/api/v1/demo", {{"Origin", "http://elsewhere"}}).status,
            403);
  EXPECT_EQ(demo.left, 0);
  EXPECT_EQ(demo.server.ask("DELETE", "/api/v1/demo").status, 204);
  EXPECT_EQ(demo.left, 1);
}

TEST(Demo, AServerOfRealFlowsKnowsNone) {
  TestServer server;
  EXPECT_EQ(server.get("/api/v1/session").status, 401);
  EXPECT_EQ(server.ask("DELETE", "/api/v1/demo").status, 401);
  EXPECT_EQ(server.ask("DELETE", "/api/v1/demo", {server.token()}).status, 404);
  const Answer session = server.get("/api/v1/session", {server.token()});
  EXPECT_EQ(session.body.find("demo"), std::string::npos);
}

}  // namespace
}  // namespace serve
