#include "serve/api/http_server.h"

#include <gtest/gtest.h>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

TEST(HttpServer, AnswersHealthToAnybody) {
  TestServer server;
  const Answer answer = server.get("/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"status\":\"ok\",\"replaying\":false}\n");
}

TEST(HttpServer, SaysThatItIsNotReady) {
  TestServer server;
  server.ready = false;
  EXPECT_EQ(server.get("/healthz").status, 503);
}

TEST(HttpServer, RefusesAPortThatIsTaken) {
  TestServer server;
  ServerOptions options;
  options.address = flow::parse_address("127.0.0.1");
  options.port = server.port();
  const auto second = HttpServer::bind(options, server.api());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().operation, "bind");
  EXPECT_EQ(second.error().errno_value, EADDRINUSE);
}

}  // namespace
}  // namespace serve
