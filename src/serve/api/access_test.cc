#include "serve/api/access.h"

#include <gtest/gtest.h>

#include "serve/api/routes.h"
#include "serve/api/testing_server.h"
#include "state/secrets.h"

namespace serve {
namespace {

// A request to the route that is well-formed as far as the table says; who asks is in `headers`.
Answer ask(const TestServer& server, const Route& route, std::vector<NamedText> headers = {}) {
  std::string target = testing_target(route);
  char separator = '?';
  for (const ParameterSpec& spec : route.parameters) {
    if (!spec.required) continue;
    target += separator + std::string(spec.name) + "=x";
    separator = '&';
  }
  if (route.body_schema.empty()) return server.ask(to_text(route.method), target, headers);
  headers.emplace_back("Content-Type", "application/json");
  return server.ask(to_text(route.method), target, headers, R"({"name":"n"})");
}

bool needs_caller(const Route& route) {
  return route.access == Access::Viewer || route.access == Access::Admin;
}

std::string name(const Route& route) {
  return std::string(to_text(route.method)) + " " + std::string(route.path);
}

class AccessMatrix : public testing::TestWithParam<bool> {
 protected:
  AccessMatrix() {
    server.store.on_query =
        [](const query::Plan&, query::AnswerSink& sink,
           const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
      sink.head({{"bytes", query::AnswerType::Number}});
      query::AnswerSummary summary;
      summary.totals = summary.rest = summary.bound = {0, 0, 0};
      return summary;
    };
    if (GetParam()) server.create_admin();
  }
  TestServer server;
};
INSTANTIATE_TEST_SUITE_P(BeforeAndAfterAnAdminExists, AccessMatrix, testing::Bool());

TEST_P(AccessMatrix, NobodyReachesOnlyHealthSetupAndLogin) {
  for (const Route& route : routes()) {
    const int status = ask(server, route).status;
    if (needs_caller(route)) {
      EXPECT_EQ(status, 401) << name(route);
    }
    // The code is missing, or the body holds none.
    if (route.access == Access::Code) {
      EXPECT_EQ(status, route.method == Method::Get ? 403 : 400) << name(route);
    }
    if (route.access == Access::Login) {
      EXPECT_EQ(status, GetParam() ? 400 : 403) << name(route);
    }
    if (route.access == Access::Open) {
      EXPECT_EQ(status, 200) << name(route);
    }
  }
}

TEST_P(AccessMatrix, SecretsThatAreNotOursOpenNothing) {
  for (const Route& route : routes()) {
    if (!needs_caller(route)) continue;
    for (const NamedText& secret :
         {NamedText{"Authorization", "Bearer weir_" + state::random_secret()},
          NamedText{"Authorization", "Bearer "}, NamedText{"Authorization", "Basic YTpi"},
          NamedText{"Cookie", "weir_session=" + state::random_secret()},
          NamedText{"Cookie", "weir_session="}}) {
      EXPECT_EQ(ask(server, route, {secret}).status, 401) << name(route) << " " << secret.second;
    }
  }
  EXPECT_GT(server.api().counters().not_allowed.get(), 0u);
}

TEST_P(AccessMatrix, AnAdminsTokenAndTheUnixSocketOpenEverything) {
  const NamedText token = server.token(state::Role::Admin);
  for (const Route& route : routes()) {
    if (!needs_caller(route)) continue;
    const int status = ask(server, route, {token}).status;
    EXPECT_TRUE(status != 401 && status != 403 && status != 0) << name(route) << " " << status;
    if (route.method != Method::Get) continue;
    const bool with_text = route.path == "/api/v1/filter";
    const std::string target = testing_target(route) + (with_text ? "?text=x" : "");
    EXPECT_EQ(server.ask_unix("GET", target).status, 200) << name(route);
  }
}

TEST_P(AccessMatrix, AViewersTokenAsksAndChangesNothing) {
  const NamedText token = server.token(state::Role::Viewer);
  for (const Route& route : routes()) {
    if (!needs_caller(route)) continue;
    const int status = ask(server, route, {token}).status;
    if (route.access == Access::Admin) {
      EXPECT_EQ(status, 403) << name(route);
    } else {
      // 404: there is no demo here that could be left.
      const bool is_demo = route.path == "/api/v1/demo";
      EXPECT_TRUE(status == 200 || status == 400 || (is_demo && status == 404))
          << name(route) << " " << status;
    }
  }
}

TEST(Access, ASessionChangesNothingWithoutItsCsrf) {
  TestServer server;
  for (const Route& route : routes()) {
    if (!needs_caller(route)) continue;
    const auto [cookie, csrf] = server.log_in();
    if (route.method == Method::Get) {
      EXPECT_EQ(ask(server, route, {cookie}).status, 200) << name(route);
      continue;
    }
    EXPECT_EQ(ask(server, route, {cookie}).status, 403) << name(route);
    EXPECT_EQ(ask(server, route, {cookie, {"X-Weir-CSRF", state::random_secret()}}).status, 403)
        << name(route);
    const auto [other_cookie, other_csrf] = server.log_in();
    EXPECT_EQ(ask(server, route, {cookie, other_csrf}).status, 403) << name(route);
    EXPECT_NE(ask(server, route, {cookie, csrf}).status, 403) << name(route);
  }
}

TEST(Access, ARequestFromAnotherSitesPageChangesNothing) {
  TestServer server;
  const auto [cookie, csrf] = server.log_in();
  const std::string body = R"({"name":"n"})";
  EXPECT_EQ(
      server.post("/api/v1/tokens", body, {cookie, csrf, {"Origin", "http://evil.example"}}).status,
      403);
  EXPECT_EQ(server.post("/api/v1/tokens", body, {cookie, csrf, {"Origin", "null"}}).status, 403);
  EXPECT_EQ(
      server.post("/api/v1/tokens", body, {cookie, csrf, {"Origin", "http://localhost"}}).status,
      201);
}

TEST(Access, AFormOfAnotherSiteCannotLogAnybodyIn) {
  TestServer server;
  server.create_admin();
  const std::string body = R"({"name":"ada","password":"correct horse"})";
  EXPECT_EQ(server.ask("POST", "/api/v1/session", {{"Content-Type", "text/plain"}}, body).status,
            400);
  EXPECT_EQ(server.post("/api/v1/session", body).status, 200);
}

TEST(Access, RefusesAHostThatIsNotOurs) {
  TestServer server;
  const auto status = [&](const std::string& host) {
    return server.get("/healthz", {{"Host", host}}).status;
  };
  EXPECT_EQ(status("evil.example"), 403);
  EXPECT_EQ(status("localhost.evil.example"), 403);
  EXPECT_EQ(status("203.0.113.7:3000"), 403);
  EXPECT_EQ(status("[2001:db8::1]"), 403);
  EXPECT_EQ(status(""), 403);
  EXPECT_EQ(status("localhost:99999999"), 403);
  EXPECT_EQ(server.api().counters().foreign_hosts.get(), 6u);
  EXPECT_EQ(status("localhost:3000"), 200);
  EXPECT_EQ(status("LocalHost"), 200);
  EXPECT_EQ(status("127.0.0.1"), 200);
  EXPECT_EQ(status("127.9.9.9:1"), 200);
  EXPECT_EQ(status("[::1]:3000"), 200);
  EXPECT_EQ(status("weir.example"), 200);
  EXPECT_EQ(status("weir.example.:3000"), 200);
}

TEST(Access, ARequestWithoutAHostIsRefused) {
  TestServer server;
  RawClient client = server.client();
  client.send("GET /healthz HTTP/1.1\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 403);
}

TEST(Hosts, TheAddressThatTheClientReachedUsByIsOurs) {
  const Hosts hosts({});
  Peer peer;
  peer.local = *flow::parse_address("192.168.1.10");
  EXPECT_TRUE(hosts.ours("192.168.1.10:3000", peer));
  EXPECT_FALSE(hosts.ours("192.168.1.11:3000", peer));
  peer.local = *flow::parse_address("2001:db8::1");
  EXPECT_TRUE(hosts.ours("[2001:db8:0:0::1]:3000", peer));
  EXPECT_FALSE(hosts.ours("[2001:db8::1", peer));
}

}  // namespace
}  // namespace serve
