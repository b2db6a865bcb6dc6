#include <gmock/gmock.h>
#include <gtest/gtest.h>

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
    const auto ledger = store_->ledger({kNoon - base::kMsPerHour, kNoon + base::kMsPerHour});
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
