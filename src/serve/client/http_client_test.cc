#include "serve/client/http_client.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

using ::testing::HasSubstr;

struct Got {
  base::Expected<HttpAnswer, base::IoError> answer;
  std::string body;
};

Got get(const ServerPlace& place, std::string_view target, std::string_view token = {}) {
  Got got;
  got.answer = http_get(place, target, token, [&](std::string_view piece) {
    got.body += piece;
    return true;
  });
  return got;
}

ServerUrl url_of(const TestServer& server) {
  return {"127.0.0.1", server.port(), {}};
}

TEST(ServerUrls, AreReadWithPortAndPath) {
  const auto url = parse_server_url("http://weir.example:3000/flows/");
  ASSERT_TRUE(url);
  EXPECT_EQ(url->host, "weir.example");
  EXPECT_EQ(url->port, 3000);
  EXPECT_EQ(url->path, "/flows");
  EXPECT_EQ(parse_server_url("http://weir.example")->port, 80);
  EXPECT_EQ(parse_server_url("http://[::1]:1")->host, "::1");
}

TEST(ServerUrls, RefuseWhatIsNone) {
  EXPECT_EQ(parse_server_url("weir.example:3000").error().hint, "http://weir.example:3000");
  EXPECT_EQ(parse_server_url("https://weir.example").error().hint, "https is not spoken yet");
  for (const auto* text : {"", "http://", "ftp://x", "http://x?a=1", "http://x:99999"}) {
    EXPECT_FALSE(parse_server_url(text)) << text;
  }
}

TEST(HttpGet, AsksByUrlAndThroughTheFoldersSocket) {
  TestServer server;
  for (const ServerPlace& place :
       {ServerPlace{url_of(server)}, ServerPlace{server.unix_socket()}}) {
    const Got got = get(place, "/healthz");
    ASSERT_TRUE(got.answer) << base::to_text(got.answer.error());
    EXPECT_EQ(got.answer->status, 200u);
    EXPECT_THAT(got.body, HasSubstr("ok"));
  }
}

TEST(HttpGet, GivesTheBodyOfARefusalApart) {
  TestServer server;
  const Got got = get(url_of(server), "/nothing");
  ASSERT_TRUE(got.answer);
  EXPECT_EQ(got.answer->status, 404u);
  EXPECT_EQ(got.body, "");
  EXPECT_THAT(got.answer->error_body, HasSubstr("error"));
}

TEST(HttpGet, SaysWhatCannotBeReached) {
  const Got no_socket = get(std::filesystem::path("/nonexistent/weir.sock"), "/healthz");
  ASSERT_FALSE(no_socket.answer);
  EXPECT_EQ(no_socket.answer.error().errno_value, ENOENT);
  const Got long_path = get("/nowhere" / std::filesystem::path(std::string(200, 'x')), "/healthz");
  ASSERT_FALSE(long_path.answer);
  EXPECT_EQ(long_path.answer.error().errno_value, ENOENT);
}

}  // namespace
}  // namespace serve
