#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/resource.h>

#include <fstream>

#include "store/embedded/inspect.h"
#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

// Two parts of one row each: 10.0.0.1's 500 octets and 10.0.0.2's 700, one minute later.
class DamagedPartsTest : public StoreTest {
 protected:
  void SetUp() override {
    open();
    append({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1);
    flow::LedgerRow row{
        address("192.0.2.1"), base::floor_to(kNoon + 1'000, base::kMsPerMinute), {}};
    row.counts.records = row.counts.flows = 1;
    Commit first;
    first.segment = 1;
    first.ledger = {row};
    ASSERT_TRUE(store_->commit(first));
    append({a_flow("10.0.0.2", "198.51.100.1", 700, kNoon + base::kMsPerMinute)}, 2);
    commit(2);
    file_ = folder_ / store_->parts().front().name;
  }

  void flip_a_bit(std::uintmax_t octet) {
    std::fstream file(file_, std::ios::in | std::ios::out | std::ios::binary);
    file.seekg(static_cast<std::streamoff>(octet));
    const auto was = static_cast<char>(file.get());
    file.seekp(static_cast<std::streamoff>(octet));
    file.put(static_cast<char>(was ^ 4));
  }

  // The first part is set aside and counted as lost, and said so everywhere.
  void expect_first_set_aside() {
    EXPECT_EQ(store_->status().parts_set_aside, 1u);
    EXPECT_THAT(store_->status().last_problem, HasSubstr("is damaged: 1 rows set aside"));
    const auto parts = store_->parts();
    ASSERT_EQ(parts.size(), 2u);
    EXPECT_TRUE(parts.front().set_aside);
    EXPECT_FALSE(parts.back().set_aside);
    EXPECT_FALSE(std::filesystem::exists(file_));
    const auto ledger =
        store_->ledger({kNoon - base::kMsPerHour, kNoon + base::kMsPerHour}).value();
    ASSERT_EQ(ledger.size(), 1u);
    EXPECT_EQ(ledger.front().counts.flows, 0u);
    EXPECT_EQ(ledger.front().counts[flow::NotCounted::PartDamaged], 1u);
    EXPECT_EQ(ledger.front().counts.records,
              ledger.front().counts.flows + ledger.front().counts.not_counted_sum());
    EXPECT_EQ(summary_.loss.not_counted, 1u);
  }

  std::filesystem::path file_;
};

TEST_F(DamagedPartsTest, ATruncatedPartIsSetAsideAndTheRestServed) {
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  expect_first_set_aside();
  EXPECT_TRUE(std::filesystem::exists(folder_ / "set_aside"));
}

TEST_F(DamagedPartsTest, APartThatCannotBeMovedStaysAndIsReadNoMore) {
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
  std::ofstream(folder_ / "set_aside") << "in the folder's place";
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  EXPECT_EQ(store_->status().parts_set_aside, 1u);
  open();
  EXPECT_TRUE(std::filesystem::exists(file_)) << "nothing is deleted";
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  EXPECT_EQ(store_->status().parts_set_aside, 1u);
}

TEST_F(DamagedPartsTest, TheLossOfAMinuteIsThatOfAnyRangeInIt) {
  std::filesystem::resize_file(file_, std::filesystem::file_size(file_) / 2);
  ask(plan("src"));
  auto inside = plan("src");
  inside.range = {kNoon + 10'000, kNoon + 50'000};
  ask(inside);
  EXPECT_EQ(summary_.loss.not_counted, 1u);
}

TEST_F(DamagedPartsTest, AMissingPartIsSetAsideAndTheRestServed) {
  std::filesystem::remove(file_);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  expect_first_set_aside();
}

TEST_F(DamagedPartsTest, AFlippedBitIsFoundByTheCheckThoughTheReaderMayNotSee) {
  EXPECT_THAT(check_folder(folder_)->problems, IsEmpty());
  flip_a_bit(std::filesystem::file_size(file_) / 2);
  const auto report = check_folder(folder_);
  ASSERT_TRUE(report);
  ASSERT_EQ(report->problems.size(), 1u);
  EXPECT_THAT(report->problems.front(), HasSubstr("expected checksum"));
  EXPECT_EQ(report->parts_read, 2u);
}

TEST_F(DamagedPartsTest, AfterAnUncleanStopEveryPartIsReadBeforeItIsBelieved) {
  store_.reset();
  {
    const auto db = state::StateDb::open(folder_ / "state.db");
    ASSERT_TRUE(db && db->run("UPDATE facts SET value = 1 WHERE name = ?", kOpenedUnclean));
  }
  flip_a_bit(std::filesystem::file_size(file_) / 2);
  open();
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  expect_first_set_aside();
}

// While it lives this process can open no further file.
class NoDescriptors {
 public:
  NoDescriptors() {
    getrlimit(RLIMIT_NOFILE, &before_);
    rlimit none = before_;
    none.rlim_cur = 0;
    setrlimit(RLIMIT_NOFILE, &none);
  }
  ~NoDescriptors() { setrlimit(RLIMIT_NOFILE, &before_); }
  NoDescriptors(const NoDescriptors&) = delete;
  NoDescriptors& operator=(const NoDescriptors&) = delete;

 private:
  rlimit before_{};
};

TEST_F(DamagedPartsTest, AGoodPartThatCannotBeOpenedIsNotCondemned) {
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700", "10.0.0.1 500"));
  const auto part = PartFile(store_->parts().front(), file_, nullptr);
  {
    const NoDescriptors none;
    const auto intact = EmbeddedStore::is_intact(part);
    ASSERT_FALSE(intact);
    EXPECT_EQ(intact.error().errno_value, EMFILE);
    TextSink sink;
    const auto answer = store_->query(plan("src", "dst:198.51.100.1"), sink, query::Cancel());
    ASSERT_FALSE(answer);
    EXPECT_EQ(answer.error().kind, query::QueryError::Kind::Failed);
  }
  EXPECT_EQ(store_->status().parts_set_aside, 0u);
  EXPECT_EQ(EmbeddedStore::is_intact(part), true);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700", "10.0.0.1 500"));
}

TEST_F(DamagedPartsTest, AStatementThatIsWrongReadsNoPart) {
  flip_a_bit(std::filesystem::file_size(file_) / 2);
  query::Plan wrong = plan("src");
  wrong.filter.root = std::make_shared<const query::Node>(query::Node{
      query::Condition{{{flow::Column::app}}, std::vector<query::TextPattern>{{"\xff"}}}});
  TextSink sink;
  const auto answer = store_->query(wrong, sink, query::Cancel());
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().detail, HasSubstr("cannot bind"));
  EXPECT_EQ(store_->status().parts_set_aside, 0u);
}

TEST_F(DamagedPartsTest, AQuestionThatIsGivenUpReadsNoMoreParts) {
  store_.reset();
  {
    const auto db = state::StateDb::open(folder_ / "state.db");
    ASSERT_TRUE(db && db->run("UPDATE facts SET value = 1 WHERE name = ?", kOpenedUnclean));
  }
  flip_a_bit(std::filesystem::file_size(file_) / 2);
  open();
  query::Cancel given_up;
  given_up.set();
  TextSink sink;
  const auto answer = store_->query(plan("src"), sink, given_up);
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, query::QueryError::Kind::Cancelled);
  EXPECT_EQ(store_->status().parts_set_aside, 0u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  expect_first_set_aside();
}

TEST_F(DamagedPartsTest, AnAnswerWhoseLossIsNotKnownIsNoAnswer) {
  {
    const auto db = state::StateDb::open(folder_ / "state.db");
    ASSERT_TRUE(db && db->execute("DROP TABLE ledger_not_counted"));
  }
  TextSink sink;
  const auto answer = store_->query(plan("src"), sink, query::Cancel());
  ASSERT_FALSE(answer);
  EXPECT_THAT(answer.error().detail, HasSubstr("ledger_not_counted"));
}

TEST_F(DamagedPartsTest, StaysSetAsideAfterTheNextStart) {
  std::filesystem::remove(file_);
  ask(plan("src"));
  open();
  EXPECT_EQ(store_->status().parts_set_aside, 1u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 700"));
  EXPECT_THAT(check_folder(folder_)->problems, ElementsAre(HasSubstr("set aside, 1 rows lost")));
}

}  // namespace
}  // namespace store
