#include "know/log_tail.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <vector>

namespace know {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;

class LogTailTest : public testing::Test {
 protected:
  ~LogTailTest() override { std::filesystem::remove_all(folder_); }

  static std::filesystem::path new_folder() {
    std::string pattern = std::filesystem::temp_directory_path() / "weir-tail-XXXXXX";
    return ::mkdtemp(pattern.data());
  }
  void add(std::string_view text) const { std::ofstream(path_, std::ios::app) << text; }
  void begin(std::string_view text) const { std::ofstream(path_, std::ios::trunc) << text; }
  // The lines that came since the last time.
  std::vector<std::string> read() {
    lines_.clear();
    while (tail_.read()) {
    }
    return lines_;
  }

  const std::filesystem::path folder_ = new_folder();
  const std::filesystem::path path_ = folder_ / "query.log";
  std::vector<std::string> lines_;
  int refused_ = 0;
  LogTail tail_{path_, [this](std::string_view line) { lines_.emplace_back(line); },
                [this] { ++refused_; }};
};

TEST_F(LogTailTest, ReadsLinesWhenTheyHaveTheirEnd) {
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_FALSE(tail_.is_there());
  EXPECT_EQ(tail_.problem(), "");
  add("one\ntw");
  EXPECT_THAT(read(), ElementsAre("one"));
  EXPECT_THAT(read(), IsEmpty());
  add("o\n\nthree\n");
  EXPECT_THAT(read(), ElementsAre("two", "", "three"));
  EXPECT_TRUE(tail_.is_there());
}

TEST_F(LogTailTest, FollowsAFileThatIsTurnedOver) {
  add("one\n");
  EXPECT_THAT(read(), ElementsAre("one"));
  add("two\nhalf");
  std::filesystem::rename(path_, folder_ / "query.log.1");
  EXPECT_THAT(read(), ElementsAre("two"));  // not gone before another is there
  begin("three\n");
  EXPECT_THAT(read(), ElementsAre("three"));
}

TEST_F(LogTailTest, BeginsAnewWhereAFileWasCut) {
  add("one\ntwo and more\nhalf");
  EXPECT_THAT(read(), ElementsAre("one", "two and more"));
  begin("three\n");
  EXPECT_THAT(read(), ElementsAre("three"));
}

TEST_F(LogTailTest, TakesTheEndOfALargeFileFromALineOn) {
  std::string text;
  while (text.size() < LogTail::kFirstOctetsMax + 100'000)
    text += "a line of which there are many\n";
  add(text + "the last\n");
  const auto lines = read();
  EXPECT_EQ(lines.front(), "a line of which there are many");
  EXPECT_EQ(lines.back(), "the last");
  EXPECT_LE(lines.size() * 31, static_cast<std::size_t>(LogTail::kFirstOctetsMax));
}

TEST_F(LogTailTest, PassesOverALineThatIsTooLongAndCountsIt) {
  add("one\n" + std::string(kLogLineOctetsMax * 3, 'x'));
  EXPECT_THAT(read(), ElementsAre("one"));
  add("yyy\ntwo\n");
  EXPECT_THAT(read(), ElementsAre("two"));
  EXPECT_EQ(refused_, 1);
}

TEST_F(LogTailTest, SaysWhatIsNoFile) {
  std::filesystem::create_directory(path_);
  EXPECT_THAT(read(), IsEmpty());
  EXPECT_THAT(tail_.problem(), testing::HasSubstr("it is no file"));
  std::filesystem::remove(path_);
  add("one\n");
  read();
  EXPECT_EQ(tail_.problem(), "");
  EXPECT_TRUE(tail_.is_there());
}

}  // namespace
}  // namespace know
