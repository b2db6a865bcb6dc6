#include "serve/api/http.h"

#include <gtest/gtest.h>

namespace serve {
namespace {

TEST(Parameters, AreDecoded) {
  const auto parameters = Parameters::parse("filter=host%3A10.0.0.5+-port:443&by=&&top&by=app");
  ASSERT_TRUE(parameters);
  EXPECT_EQ(parameters->find("filter"), "host:10.0.0.5 -port:443");
  EXPECT_EQ(parameters->find("by"), "");
  EXPECT_EQ(parameters->find("top"), "");
  EXPECT_EQ(parameters->find("step"), std::nullopt);
  EXPECT_EQ(parameters->all().size(), 4u);
}

TEST(Parameters, RefuseAPercentWithoutItsDigitsAndTheOctetZero) {
  for (const char* query : {"a=%", "a=%4", "a=%4g", "%zz=1", "a=%00"}) {
    const auto parameters = Parameters::parse(query);
    ASSERT_FALSE(parameters) << query;
    EXPECT_EQ(parameters.error().where, "URL");
  }
}

TEST(Parameters, AreBounded) {
  std::string query;
  for (std::size_t i = 0; i < Parameters::kParametersMax; ++i) query += "a=b&";
  EXPECT_TRUE(Parameters::parse(query));
  EXPECT_FALSE(Parameters::parse(query + "a=b"));
}

TEST(FindCookie, FindsTheOneOfThatName) {
  EXPECT_EQ(find_cookie("weir_session=abc", "weir_session"), "abc");
  EXPECT_EQ(find_cookie("other=1;  weir_session = abc ; x=y", "weir_session"), "abc");
  EXPECT_EQ(find_cookie("not_weir_session=abc; weir_sessionx=1", "weir_session"), std::nullopt);
  EXPECT_EQ(find_cookie("weir_session", "weir_session"), std::nullopt);
  EXPECT_EQ(find_cookie(";;=;", "weir_session"), std::nullopt);
  EXPECT_EQ(find_cookie("", "weir_session"), std::nullopt);
}

TEST(ErrorResponse, IsJsonWhateverItQuotes) {
  const Response response =
      error_response(400, {"filter", "a \"quote\" and \xff", "h"}, Span{.from = 2, .to = 5});
  EXPECT_EQ(response.status, 400);
  EXPECT_EQ(response.content_type, "application/json");
  EXPECT_EQ(response.body,
            "{\"error\":{\"where\":\"filter\",\"what\":\"a \\\"quote\\\" and \xef\xbf\xbd\","
            "\"hint\":\"h\",\"from\":2,\"to\":5}}\n");
}

TEST(StatusText, NamesEveryStatusThatIsAnswered) {
  for (const int status : {200, 201, 204, 400, 401, 403, 404, 405, 413, 429, 431, 503}) {
    EXPECT_FALSE(status_text(status).empty()) << status;
  }
}

}  // namespace
}  // namespace serve
