#include "store/embedded/embedded_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <thread>

#include "query/testing_zone.h"
#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::ElementsAre;
using testing::IsEmpty;
using EmbeddedStoreTest = StoreTest;

TEST_F(EmbeddedStoreTest, AnswersFromHotRowsAndFromPartsAlike) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500), a_flow("10.0.0.2", "198.51.100.1", 700)});
  const auto question = plan("src", "", "bytes,packets,flows");
  const auto hot = ask(question);
  EXPECT_THAT(hot, ElementsAre("10.0.0.2 700 8 1", "10.0.0.1 500 6 1"));
  EXPECT_THAT(summary_.totals, ElementsAre(1200, 14, 2));
  EXPECT_EQ(summary_.tier, "raw");

  commit(1);
  EXPECT_EQ(store_->status().hot_rows, 0u);
  ASSERT_EQ(store_->parts().size(), 1u);
  EXPECT_EQ(ask(question), hot);

  append({a_flow("10.0.0.1", "198.51.100.1", 300)}, 2);
  EXPECT_THAT(ask(question), ElementsAre("10.0.0.1 800 10 2", "10.0.0.2 700 8 1"));
}

TEST_F(EmbeddedStoreTest, KeepsWhatWasCommittedAndNothingElse) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1);
  commit(1);
  append({a_flow("10.0.0.1", "198.51.100.1", 300)}, 2);
  open();
  EXPECT_EQ(store_->take_recovered().segment, 1u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 500"));
}

TEST_F(EmbeddedStoreTest, CommitsOnlyRowsOfTheSegmentsCovered) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1);
  append({a_flow("10.0.0.1", "198.51.100.1", 300)}, 2);
  commit(1);
  EXPECT_EQ(store_->status().hot_rows, 1u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 800"));
}

TEST_F(EmbeddedStoreTest, RefusesAFolderThatIsHeld) {
  open();
  base::DiskBudget other(1u << 30);
  const auto again = EmbeddedStore::open(folder_, other);
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().errno_value, EWOULDBLOCK);
  const auto reading = EmbeddedStore::open_read_only(folder_);
  ASSERT_FALSE(reading);
  EXPECT_EQ(reading.error().errno_value, EWOULDBLOCK);
}

TEST_F(EmbeddedStoreTest, OneThatOnlyLooksDoesNotKeepAStoreFromOpening) {
  auto looking = FolderLock::take(folder_);
  ASSERT_TRUE(looking);
  const std::jthread lets_go([&] { looking->reset(); });
  open();
  EXPECT_NE(store_, nullptr);
}

TEST_F(EmbeddedStoreTest, ReadsAFolderThatNobodyHoldsWithoutChangingIt) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)});
  commit(1);
  store_.reset();
  const auto written = std::filesystem::last_write_time(folder_ / "state.db");
  auto reading = EmbeddedStore::open_read_only(folder_);
  ASSERT_TRUE(reading) << base::to_text(reading.error());
  store_ = std::move(*reading);
  append({a_flow("10.0.0.1", "198.51.100.1", 300)}, 2);  // replayed from the journal
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 800"));
  store_.reset();
  EXPECT_EQ(std::filesystem::last_write_time(folder_ / "state.db"), written);
}

TEST_F(EmbeddedStoreTest, SweepsFilesThatTheManifestDoesNotName) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)});
  commit(1);
  const auto part = folder_ / store_->parts().front().name;
  const auto stray = part.parent_path() / "0000000099.parquet";
  const auto unfinished = part.parent_path() / "0000000098.parquet.unfinished";
  std::filesystem::copy_file(part, stray);
  std::filesystem::copy_file(part, unfinished);
  open();
  EXPECT_FALSE(std::filesystem::exists(stray));
  EXPECT_FALSE(std::filesystem::exists(unfinished));
  EXPECT_TRUE(std::filesystem::exists(part));
}

TEST_F(EmbeddedStoreTest, RowsOfAnExporterWithoutAClockDoNotStretchTheOthersPart) {
  open();
  auto of_1970 = a_flow("10.0.0.2", "198.51.100.1", 700, 95'000);
  of_1970.received = kNoon + 1'000;
  append(
      {a_flow("10.0.0.1", "198.51.100.1", 500), of_1970, a_flow("10.0.0.1", "198.51.100.1", 300)});
  commit(1);
  const auto parts = store_->parts();
  ASSERT_EQ(parts.size(), 2u);
  EXPECT_EQ(parts[0].min_start, kNoon - 10'000);
  EXPECT_TRUE(parts[0].plain_times);
  EXPECT_EQ(parts[0].rows, 2u);
  EXPECT_EQ(parts[1].max_end, 95'000);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 800"));
  auto all_time = plan("src");
  all_time.range.from = 0;
  EXPECT_THAT(ask(all_time), ElementsAre("10.0.0.1 800", "10.0.0.2 700"));
}

TEST_F(EmbeddedStoreTest, DaysAreOfTheMachinesZone) {
  const query::TestingZone zone("<+1200>-12");  // where the day begins at noon of UTC
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 1'000, kNoon + 4'000),
          a_flow("10.0.0.1", "198.51.100.2", 70, kNoon + 50 * base::kMsPerMinute),
          a_flow("10.0.0.2", "198.51.100.1", 50, kNoon - base::kMsPerMinute)});
  const std::string before = std::to_string(kNoon - base::kMsPerDay);
  const std::string after = std::to_string(kNoon);
  EXPECT_THAT(ask(plan("src", "", "bytes,flows", "day")),
              ElementsAre(before + " 10.0.0.1 600 0", after + " 10.0.0.1 470 2",
                          before + " 10.0.0.2 50 1"));
}

TEST_F(EmbeddedStoreTest, AnswersNothingFromAnEmptyFolder) {
  open();
  EXPECT_THAT(ask(plan("src")), IsEmpty());
  EXPECT_THAT(ask(plan("", "", "bytes,flows")), ElementsAre("0 0"));
  EXPECT_THAT(summary_.totals, ElementsAre(0, 0));
}

}  // namespace
}  // namespace store
