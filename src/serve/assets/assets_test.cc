#include "serve/assets/assets.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

constexpr Asset kAssets[] = {
    {"/index.html", "text/html; charset=utf-8", "aa", "<!doctype html>", "gz-index", ""},
    {"/assets/index-1.js", "text/javascript; charset=utf-8", "bb", "let a = 1;", "gz-js", "br-js"},
    {"/weir.svg", "image/svg+xml", "cc", "<svg/>", "", ""},
};

Request get(std::string path, std::vector<NamedText> headers = {}) {
  Request request;
  request.method = Method::Get;
  request.path = std::move(path);
  request.headers = std::move(headers);
  return request;
}

std::string header_of(const Response& response, std::string_view name) {
  for (const auto& [known, value] : response.headers) {
    if (known == name) return value;
  }
  return "";
}

TEST(FindPage, AnswersPathsOfPagesWithTheIndexAndNoOthers) {
  for (const char* page : {"/", "/index.html", "/hosts", "/hosts/10.0.0.5", "/hosts/2001:db8::1",
                           "/system/setup", "/apiary"}) {
    const auto response = find_page(kAssets, get(page));
    ASSERT_TRUE(response) << page;
    EXPECT_EQ(response->body, "<!doctype html>") << page;
    EXPECT_EQ(response->content_type, "text/html; charset=utf-8") << page;
    EXPECT_EQ(header_of(*response, "Cache-Control"), "no-cache") << page;
  }
  for (const char* other : {"/api", "/api/v1/nothing", "/assets/index-2.js", "/favicon.ico",
                            "/.env", "hosts", "", "*"}) {
    EXPECT_FALSE(find_page(kAssets, get(other))) << other;
  }
  Request post = get("/");
  post.method = Method::Post;
  EXPECT_FALSE(find_page(kAssets, post));
  EXPECT_FALSE(find_page({}, get("/")));
}

TEST(FindPage, LetsHashedNamesBeKeptForEver) {
  const auto response = find_page(kAssets, get("/assets/index-1.js"));
  ASSERT_TRUE(response);
  EXPECT_EQ(header_of(*response, "Cache-Control"), "public, max-age=31536000, immutable");
  EXPECT_EQ(header_of(*find_page(kAssets, get("/weir.svg")), "Cache-Control"), "no-cache");
}

TEST(FindPage, SendsTheSmallestThatTheClientTakes) {
  const auto sent = [](const char* path, const char* accepted) {
    const auto response = find_page(kAssets, get(path, {{"accept-encoding", accepted}}));
    return header_of(*response, "Content-Encoding") + ":" + response->body;
  };
  EXPECT_EQ(sent("/assets/index-1.js", "gzip, deflate, br"), "br:br-js");
  EXPECT_EQ(sent("/assets/index-1.js", "gzip;q=0.5"), "gzip:gz-js");
  EXPECT_EQ(sent("/assets/index-1.js", "br;q=0, gzip"), "gzip:gz-js");
  EXPECT_EQ(sent("/assets/index-1.js", "identity"), ":let a = 1;");
  EXPECT_EQ(sent("/assets/index-1.js", ""), ":let a = 1;");
  EXPECT_EQ(sent("/", "br, gzip"), "gzip:gz-index");
  EXPECT_EQ(sent("/weir.svg", "br, gzip"), ":<svg/>");
}

TEST(FindPage, TagsEachCodingApartAndAnswersAKnownTagWithNothing) {
  const auto plain = find_page(kAssets, get("/weir.svg"));
  const std::string tag = header_of(*plain, "ETag");
  EXPECT_EQ(tag, "\"cc\"");
  EXPECT_EQ(header_of(*plain, "Vary"), "Accept-Encoding");

  for (const std::string& known : {tag, "\"x\", W/" + tag, std::string("*")}) {
    const auto same = find_page(kAssets, get("/weir.svg", {{"if-none-match", known}}));
    EXPECT_EQ(same->status, 304) << known;
    EXPECT_EQ(same->body, "") << known;
    EXPECT_EQ(header_of(*same, "ETag"), tag) << known;
  }
  EXPECT_EQ(find_page(kAssets, get("/weir.svg", {{"if-none-match", "\"dd\""}}))->status, 200);
  const auto gzip =
      find_page(kAssets, get("/", {{"accept-encoding", "gzip"}, {"if-none-match", "\"aa\""}}));
  EXPECT_EQ(gzip->status, 200);
  EXPECT_EQ(header_of(*gzip, "ETag"), "\"aa-gzip\"");
}

TEST(AcceptsCoding, ReadsQualitiesAndTheStar) {
  EXPECT_TRUE(accepts_coding("gzip", "gzip"));
  EXPECT_TRUE(accepts_coding(" deflate ,gzip ; q=1.0", "gzip"));
  EXPECT_TRUE(accepts_coding("*", "gzip"));
  EXPECT_TRUE(accepts_coding("gzip;q=0.001", "gzip"));
  EXPECT_FALSE(accepts_coding("gzip;q=0.000, *", "gzip"));
  EXPECT_FALSE(accepts_coding("*;q=0", "gzip"));
  EXPECT_FALSE(accepts_coding("xgzip", "gzip"));
  EXPECT_FALSE(accepts_coding("", "gzip"));
}

TEST(Pages, AreServedToAnybodyWithTheSecurityHeadersAndOnlyUnderOurNames) {
  const TestServer server({}, nullptr, kAssets);
  const Answer page = server.get("/hosts/10.0.0.5?t=-1h");
  EXPECT_EQ(page.status, 200);
  EXPECT_EQ(page.body, "<!doctype html>");
  EXPECT_EQ(page.header("x-content-type-options"), "nosniff");
  EXPECT_THAT(page.header("content-security-policy"), testing::HasSubstr("default-src 'self'"));
  // index.html has a <base>, so that its files are found from /hosts/10.0.0.5 too.
  EXPECT_THAT(page.header("content-security-policy"), testing::HasSubstr("base-uri 'self'"));
  EXPECT_THAT(page.header("content-security-policy"), testing::Not(testing::HasSubstr("unsafe")));

  const Answer packed = server.get("/assets/index-1.js", {{"Accept-Encoding", "gzip"}});
  EXPECT_EQ(packed.body, "gz-js");
  EXPECT_EQ(packed.header("content-encoding"), "gzip");
  EXPECT_EQ(server.get("/assets/index-9.js").status, 404);
  EXPECT_EQ(server.get("/api/v1/nothing").status, 404);

  RawClient client = server.client();
  client.send(request_text("GET", "/weir.svg", {{"If-None-Match", "\"cc\""}}));
  const Answer same = client.read_answer();
  EXPECT_EQ(same.status, 304);
  EXPECT_EQ(same.header("content-length"), "");
  client.send(request_text("GET", "/weir.svg"));  // the connection goes on
  EXPECT_EQ(client.read_answer().body, "<svg/>");
  client.send("GET / HTTP/1.1\r\nHost: elsewhere.example\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 403);
}

}  // namespace
}  // namespace serve
