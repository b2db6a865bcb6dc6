#include "store/store_thread.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <latch>
#include <thread>

#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::ElementsAre;

flow::SegmentDone done(std::uint64_t segment) {
  flow::SegmentDone done;
  done.segment = segment;
  done.exporters = {{address("192.0.2.1"), "state " + std::to_string(segment)}};
  return done;
}

class StoreThreadTest : public StoreTest {
 protected:
  void hand_over(std::uint32_t worker, std::unique_ptr<flow::Batch> batch) {
    flow::Handover handover{worker, std::move(batch)};
    ASSERT_TRUE(channel_.push(handover));
  }
  void hand_over(std::uint32_t worker, flow::SegmentDone what) {
    flow::Handover handover{worker, std::move(what)};
    ASSERT_TRUE(channel_.push(handover));
  }
  // Runs the thread over what was handed over, to its end.
  void run(StoreThread::Options options) {
    channel_.close();
    StoreThread(*store_, channel_, options, [this](std::uint64_t segment) {
      committed_.push_back(segment);
    }).run();
  }

  base::Channel<flow::Handover> channel_{64};
  std::vector<std::uint64_t> committed_;
};

TEST_F(StoreThreadTest, CommitsASegmentWhenAllWorkersHaveFinishedIt) {
  open();
  hand_over(0, batch_of({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1));
  hand_over(1, batch_of({a_flow("10.0.0.2", "198.51.100.1", 700)}, 1));
  hand_over(0, done(1));
  hand_over(0, batch_of({a_flow("10.0.0.1", "198.51.100.1", 1)}, 2));
  hand_over(0, done(2));
  hand_over(1, done(1));
  run({.workers = 2});
  EXPECT_THAT(committed_, ElementsAre(1));
  EXPECT_EQ(store_->status().hot_rows, 1u);
  open();
  const auto recovered = store_->take_recovered();
  EXPECT_EQ(recovered.segment, 1u);
  ASSERT_EQ(recovered.exporters.size(), 1u);
  EXPECT_EQ(recovered.exporters.front().state, "state 1");
}

TEST_F(StoreThreadTest, CommitsSeveralFinishedSegmentsAsOneWithTheNewestStates) {
  open();
  hand_over(0, done(3));
  hand_over(0, done(4));
  hand_over(1, done(4));
  run({.workers = 2});
  EXPECT_THAT(committed_, ElementsAre(4));
  open();
  auto recovered = store_->take_recovered();
  EXPECT_EQ(recovered.segment, 4u);
  ASSERT_EQ(recovered.exporters.size(), 1u);
  EXPECT_EQ(recovered.exporters.front().state, "state 4");
}

TEST_F(StoreThreadTest, TriesAFailingCommitAgainAndLosesNothing) {
  open();
  // While this stands where the folder of the day must be, no part can be written.
  std::filesystem::create_directories(folder_ / "flows/2026/11");
  const auto obstacle = folder_ / "flows/2026/11/23";
  { std::ofstream file(obstacle); }
  hand_over(0, batch_of({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1));
  hand_over(0, done(1));
  std::jthread thread([this] {
    StoreThread(*store_, channel_,
                {.workers = 1,
                 .first_wait = std::chrono::milliseconds(10),
                 .longest_wait = std::chrono::milliseconds(20)},
                [this](std::uint64_t segment) { committed_.push_back(segment); })
        .run();
  });
  while (store_->status().commits_failed < 2) std::this_thread::yield();
  EXPECT_EQ(store_->status().hot_rows, 1u);
  EXPECT_NE(store_->status().last_problem, "");
  std::filesystem::remove(obstacle);
  channel_.close();
  thread.join();
  EXPECT_THAT(committed_, ElementsAre(1));
  EXPECT_EQ(store_->parts().size(), 1u);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 500"));
}

TEST_F(StoreThreadTest, MinuteRowsBeyondTheCapAreGivenUpAndTheFlowsSayTheSame) {
  open();
  std::filesystem::create_directories(folder_ / "flows/2026/11");
  const auto obstacle = folder_ / "flows/2026/11/23";
  { std::ofstream file(obstacle); }
  hand_over(0, batch_of({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1));
  auto finished = done(1);
  finished.minutes.hosts.resize(3);
  finished.exporters.push_back({address("192.0.2.1"), "newer"});
  hand_over(0, std::move(finished));
  std::jthread thread([this] {
    StoreThread(*store_, channel_,
                {.workers = 1,
                 .first_wait = std::chrono::milliseconds(10),
                 .longest_wait = std::chrono::milliseconds(20),
                 .minute_rows_max = 2},
                [this](std::uint64_t segment) { committed_.push_back(segment); })
        .run();
  });
  while (store_->status().commits_failed < 2) std::this_thread::yield();
  std::filesystem::remove(obstacle);
  channel_.close();
  thread.join();
  EXPECT_THAT(committed_, ElementsAre(1));
  ASSERT_EQ(store_->parts().size(), 1u);  // no rollup part
  EXPECT_FALSE(store_->parts().front().rolled_up);
  EXPECT_THAT(ask(plan("src")), ElementsAre("10.0.0.1 500"));
  open();
  const auto recovered = store_->take_recovered();
  ASSERT_EQ(recovered.exporters.size(), 1u);
  EXPECT_EQ(recovered.exporters.front().state, "newer");
}

TEST_F(StoreThreadTest, MergesSmallPartsWhileNothingWaits) {
  open();
  constexpr base::UnixMs kYear = 365 * base::kMsPerDay;
  for (std::uint64_t segment = 1; segment <= 3; ++segment) {
    append({a_flow("10.0.0.1", "198.51.100.1", 500, kNoon - kYear)}, segment);
    commit(segment);
  }
  std::jthread thread([this] {
    StoreThread(*store_, channel_, {.workers = 1}, [this](std::uint64_t segment) {
      committed_.push_back(segment);
    }).run();
  });
  while (store_->parts().size() != 1) std::this_thread::yield();
  hand_over(0, batch_of({a_flow("10.0.0.1", "198.51.100.1", 500)}, 4));
  hand_over(0, done(4));
  channel_.close();
  thread.join();
  EXPECT_THAT(committed_, ElementsAre(4));
  ASSERT_EQ(store_->parts().size(), 2u);
  EXPECT_EQ(store_->parts().front().rows, 3u);
}

// Merges for as long as it is let.
class EverMergingStore final : public Store {
 public:
  void append(std::unique_ptr<flow::Batch>) override {}
  base::Expected<void, base::IoError> commit(const Commit&) override { return {}; }
  base::Expected<bool, base::IoError> merge_small_parts(base::UnixMs,
                                                        const Meanwhile& meanwhile) override {
    while (meanwhile()) has_begun.count_down(has_begun.try_wait() ? 0 : 1);
    return false;
  }
  base::Expected<query::AnswerSummary, query::QueryError> query(const query::Plan&,
                                                                query::AnswerSink&,
                                                                const query::Cancel&) override {
    return query::AnswerSummary{};
  }
  base::Expected<LedgerRows, query::QueryError> ledger(query::TimeRange) const override {
    return LedgerRows{};
  }
  base::Expected<LedgerRows, query::QueryError> ledger_sums(query::TimeRange) const override {
    return LedgerRows{};
  }
  std::vector<flow::LedgerRow> refused() const override { return {}; }
  std::vector<Part> parts() const override { return {}; }
  StoreStatus status() const override { return {}; }

  std::latch has_begun{1};
};

TEST_F(StoreThreadTest, BreaksAMergeOffWhenNothingMoreWillCome) {
  EverMergingStore store;
  std::jthread thread([&] {
    StoreThread(store, channel_, {.workers = 1}, [this](std::uint64_t segment) {
      committed_.push_back(segment);
    }).run();
  });
  store.has_begun.wait();
  hand_over(0, done(4));
  channel_.close();
  thread.join();
  EXPECT_THAT(committed_, ElementsAre(4));
}

TEST_F(StoreThreadTest, GivesUpAFailingCommitAfterTheDrainAndLeavesItToTheJournal) {
  limit_octets_ = 1'000;
  open();
  hand_over(0, batch_of({a_flow("10.0.0.1", "198.51.100.1", 500)}, 1));
  hand_over(0, done(1));
  run({.workers = 1,
       .first_wait = std::chrono::milliseconds(5),
       .longest_wait = std::chrono::milliseconds(5),
       .drain = std::chrono::milliseconds(30)});
  EXPECT_TRUE(committed_.empty());
  EXPECT_GE(store_->status().commits_failed, 2u);
}

}  // namespace
}  // namespace store
