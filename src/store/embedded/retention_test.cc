#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::ElementsAre;

// Parts of one row each, a minute apart, so that their order of age is plain.
class RetentionTest : public StoreTest {
 protected:
  void commit_parts(std::uint64_t count) {
    for (std::uint64_t segment = 1; segment <= count; ++segment) {
      const auto end = kNoon + static_cast<std::int64_t>(segment) * base::kMsPerMinute;
      append({a_flow("10.0.0." + std::to_string(segment), "198.51.100.1", 100, end)}, segment);
      commit(segment);
    }
  }
  std::uint64_t octets_on_disk() const {
    std::uint64_t octets = 0;
    for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / "flows")) {
      if (entry.is_regular_file()) octets += entry.file_size();
    }
    return octets;
  }
};

TEST_F(RetentionTest, TheOldestPartGoesFirstAndTheAnswerSaysSo) {
  open();
  commit_parts(3);
  ASSERT_EQ(budget_->used_octets(), octets_on_disk());
  EXPECT_FALSE(ask(plan("src")).empty());
  EXPECT_FALSE(summary_.kept_from);

  const std::uint64_t first = store_->parts().front().octets;
  ASSERT_TRUE(store_->make_room(budget_->limit_octets() - budget_->used_octets() + first));
  EXPECT_EQ(store_->parts().size(), 2u);
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
  EXPECT_EQ(store_->status().rows_dropped_by_retention, 1u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.2 100", "10.0.0.3 100"));
  EXPECT_EQ(summary_.kept_from, kNoon + base::kMsPerMinute + 1);

  open();
  EXPECT_EQ(store_->status().rows_dropped_by_retention, 1u);
  EXPECT_EQ(store_->parts().size(), 2u);
}

TEST_F(RetentionTest, NothingGoesForWhatWouldNotFitInItsPlace) {
  open();
  commit_parts(3);
  const std::uint64_t others = budget_->limit_octets() / 2;  // the journal's share, say
  ASSERT_TRUE(budget_->take(others));
  const auto room = store_->make_room(budget_->limit_octets() - others + 1);
  ASSERT_FALSE(room);
  EXPECT_EQ(room.error().errno_value, ENOSPC);
  EXPECT_EQ(store_->parts().size(), 3u);
  EXPECT_TRUE(store_->make_room(budget_->limit_octets() - others));
  EXPECT_TRUE(store_->parts().empty());
  budget_->give_back(others);
}

// Asks for room while a reader holds what goes for it.
class RoomWhileReading final : public query::AnswerSink {
 public:
  explicit RoomWhileReading(EmbeddedStore& store, std::uint64_t octets)
      : store_(store), octets_(octets) {}
  void head(const std::vector<query::AnswerColumn>&) override {}
  bool chunk(const query::AnswerChunk&) override {
    for (int attempt = 0; attempt < 3; ++attempt) {
      const auto room = store_.make_room(octets_);
      EXPECT_TRUE(!room && room.error().errno_value == ENOSPC);
    }
    return true;
  }

 private:
  EmbeddedStore& store_;
  const std::uint64_t octets_;
};

TEST_F(RetentionTest, WhatASlowReaderHoldsIsWaitedForInsteadOfDroppingMore) {
  open();
  commit_parts(4);
  const std::uint64_t free = budget_->limit_octets() - budget_->used_octets();
  RoomWhileReading reader(*store_, free + 1);
  ASSERT_TRUE(store_->query(plan("src"), reader, query::Cancel()));
  EXPECT_EQ(store_->parts().size(), 3u);
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
  EXPECT_TRUE(store_->make_room(free + 1));
  EXPECT_EQ(store_->parts().size(), 3u);
}

TEST_F(RetentionTest, TheLedgerGoesWithThePartsOfItsMinutes) {
  open();
  commit_parts(3);
  Commit counted;
  counted.segment = 4;
  for (int minute = 0; minute <= 4; ++minute) {
    flow::LedgerRow row{address("192.0.2.1"), kNoon + minute * base::kMsPerMinute, {}};
    row.counts.records = 1;
    row.counts[flow::NotCounted::UnknownVersion] = 1;
    counted.ledger.push_back(row);
  }
  ASSERT_TRUE(store_->commit(counted));
  const auto minutes = [&] {
    std::vector<std::int64_t> found;
    const auto ledger = store_->ledger({0, kNoon + base::kMsPerHour}).value();
    for (const auto& row : ledger) {
      found.push_back((row.minute - kNoon) / base::kMsPerMinute);
    }
    return found;
  };
  EXPECT_THAT(minutes(), ElementsAre(0, 1, 2, 3, 4));
  const auto drop_one = [&] {
    return store_->make_room(budget_->limit_octets() - budget_->used_octets() + 1);
  };
  ASSERT_TRUE(drop_one());  // received in minute 1
  EXPECT_THAT(minutes(), ElementsAre(1, 2, 3, 4));
  ASSERT_TRUE(drop_one());
  EXPECT_THAT(minutes(), ElementsAre(2, 3, 4));
  ASSERT_TRUE(drop_one());
  EXPECT_THAT(minutes(), ElementsAre(3, 4));
}

TEST_F(RetentionTest, ABudgetTooSmallForTheRowsKeepsThemHotAndSaysSo) {
  limit_octets_ = 1'000;
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)});
  Commit commit;
  commit.segment = 1;
  const auto done = store_->commit(commit);
  ASSERT_FALSE(done);
  EXPECT_EQ(done.error().errno_value, ENOSPC);
  EXPECT_EQ(store_->status().commits_failed, 1u);
  EXPECT_EQ(store_->status().hot_rows, 1u);
  EXPECT_EQ(budget_->used_octets(), 0u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 500"));
}

TEST_F(RetentionTest, RowsBeyondTheHotCapAreRefusedAndTheLedgerSaysSo) {
  open();
  const auto flow = a_flow("10.0.0.1", "198.51.100.1", 100);
  const std::vector<flow::FlowRecord> many(flow::Batch::kRows, flow);
  std::uint64_t appended = 0;
  while (store_->status().rows_refused == 0) {
    append(many);
    appended += many.size();
    ASSERT_LE(appended, EmbeddedStore::kHotRowsMax + many.size());
  }
  EXPECT_EQ(store_->status().rows_refused, many.size());
  EXPECT_EQ(store_->status().hot_rows, appended - many.size());
  const auto refused = store_->refused();  // before any commit works
  ASSERT_EQ(refused.size(), 1u);
  EXPECT_EQ(refused.front().exporter, flow.exporter);
  EXPECT_EQ(refused.front().counts[flow::NotCounted::StoreRefused], many.size());
  Commit commit;
  commit.segment = 1;
  commit.rolled_up = true;
  flow::LedgerRow row{flow.exporter, base::floor_to(flow.received, base::kMsPerMinute), {}};
  row.counts.records = row.counts.flows = appended;
  commit.ledger = {row};
  ASSERT_TRUE(store_->commit(commit));
  EXPECT_TRUE(store_->refused().empty());
  for (const Part& part : store_->parts()) {
    EXPECT_FALSE(part.rolled_up) << "minute rows would tell of flows that were refused";
  }
  const auto ledger = store_->ledger({0, kNoon + base::kMsPerHour}).value();
  ASSERT_EQ(ledger.size(), 1u);
  EXPECT_EQ(ledger.front().counts.flows, appended - many.size());
  EXPECT_EQ(ledger.front().counts[flow::NotCounted::StoreRefused], many.size());
}

}  // namespace
}  // namespace store
