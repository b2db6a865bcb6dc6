#include "base/json_text.h"

#include <gtest/gtest.h>

namespace base {
namespace {

std::string json(std::string_view text) {
  std::string out;
  append_json_string(out, text);
  return out;
}

TEST(JsonString, EscapesWhatJsonMust) {
  EXPECT_EQ(json("plain"), R"("plain")");
  EXPECT_EQ(json("a\"b\\c\n\r\t"), R"("a\"b\\c\n\r\t")");
  EXPECT_EQ(json(std::string_view("\0\x1f\x7f", 3)), R"("\u0000\u001f\u007f")");
  EXPECT_EQ(json(""), R"("")");
}

TEST(JsonString, KeepsUtf8) {
  EXPECT_EQ(json("ü €😀"), "\"ü €😀\"");
  EXPECT_EQ(json("\xf4\x8f\xbf\xbf\xed\x9f\xbf\xe0\xa0\x80"),
            "\"\xf4\x8f\xbf\xbf\xed\x9f\xbf\xe0\xa0\x80\"");
}

TEST(JsonString, ReplacesEveryOctetThatIsNoUtf8) {
  EXPECT_EQ(json("\xff"), "\"\xef\xbf\xbd\"");
  EXPECT_EQ(json("\xc3"), "\"\xef\xbf\xbd\"");
  EXPECT_EQ(json("\xe2\x82x"), "\"\xef\xbf\xbd\xef\xbf\xbdx\"");
  for (const auto* text : {"\xc0\x80", "\xc1\xbf"}) {  // overlong
    EXPECT_EQ(json(text), "\"\xef\xbf\xbd\xef\xbf\xbd\"");
  }
  for (const auto* text : {"\xe0\x9f\xbf", "\xed\xa0\x80"}) {  // overlong, surrogate
    EXPECT_EQ(json(text), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
  }
  for (const auto* text : {"\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80"}) {
    EXPECT_EQ(json(text), "\"\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\xef\xbf\xbd\"");
  }
}

TEST(ValidUtf8, ReplacesOnlyWhatIsNone) {
  EXPECT_EQ(valid_utf8(""), "");
  EXPECT_EQ(valid_utf8("a\"ä€"), "a\"ä€");
  EXPECT_EQ(valid_utf8("a\xff\xc3"), "a\xef\xbf\xbd\xef\xbf\xbd");
  EXPECT_EQ(valid_utf8("\xe2\x82z"), "\xef\xbf\xbd\xef\xbf\xbdz");
}

}  // namespace
}  // namespace base
