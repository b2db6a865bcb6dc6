#include "collect/worker.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <filesystem>
#include <thread>

#include "collect/testing_datagrams.h"

namespace collect {
namespace {

constexpr base::UnixMs kNow = 1'700'000'000'000;

class WorkerTest : public testing::Test {
 protected:
  WorkerTest() {
    auto name = (std::filesystem::temp_directory_path() / "weir-worker-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
    marks_.emplace(ReplayMarks::open(folder_).value());
  }
  ~WorkerTest() override { std::filesystem::remove_all(folder_); }

  // One datagram of `flows` flows.
  std::unique_ptr<Burst> burst(std::uint64_t segment, std::uint16_t flows) {
    auto memory =
        std::make_shared<std::vector<std::byte>>(netflow5_datagram(flows, sequence_, kNow - 100));
    sequence_ += flows;
    auto burst = std::make_unique<Burst>();
    burst->segment = segment;
    burst->datagrams = {{.exporter = flow::Address::v4(0xc0000201),
                         .exporter_port = 40'000,
                         .local_port = 2055,
                         .received_ns = kNow * base::kNsPerMs,
                         .payload = *memory}};
    burst->octets = memory->size();
    burst->memory = std::move(memory);
    return burst;
  }

  std::filesystem::path folder_;
  std::optional<ReplayMarks> marks_;
  Knowledge knowledge_;
  std::atomic<std::uint64_t> committed_{0};
  std::uint32_t sequence_ = 0;
};

struct Seen {
  std::uint64_t segment = 0;
  std::size_t rows = 0;  // of a batch; 0: a SegmentDone
  bool operator==(const Seen&) const = default;
};

Seen seen(const flow::Handover& handover) {
  if (const auto* batch = std::get_if<std::unique_ptr<flow::Batch>>(&handover.what)) {
    return {(*batch)->segment, (*batch)->rows()};
  }
  return {std::get<flow::SegmentDone>(handover.what).segment, 0};
}

TEST_F(WorkerTest, HandsOverASegmentsRowsBeforeItsEnd) {
  std::vector<Seen> all;
  flow::SegmentDone last;
  Worker worker(5, knowledge_, *marks_, committed_, [&](flow::Handover handover) {
    EXPECT_EQ(handover.worker, 5u);
    all.push_back(seen(handover));
    if (auto* done = std::get_if<flow::SegmentDone>(&handover.what)) last = std::move(*done);
  });
  worker.inbox().end_replay();
  worker.inbox().push_live(burst(1, 3));
  worker.inbox().push_live(Barrier{1, {}});
  worker.inbox().push_live(burst(2, 2));
  worker.inbox().push_live(Barrier{2, {{.exporter = {}, .minute = kNow, .counts = {}}}});
  worker.inbox().close_live();
  worker.run();
  EXPECT_THAT(all, testing::ElementsAre(Seen{1, 3}, Seen{1, 0}, Seen{2, 2}, Seen{2, 0}));
  EXPECT_EQ(worker.rows(), 5u);
  ASSERT_EQ(last.minutes.hosts.size(), 2u);  // of exactly the second segment's flows
  EXPECT_EQ(last.minutes.interfaces.size(), 2u);
  std::uint64_t flows = 0;
  for (const auto& row : last.ledger) flows += row.counts.flows;
  EXPECT_EQ(flows, 2u);
  EXPECT_EQ(last.ledger.size(), 2u);  // the decoder's row and the barrier's own
}

TEST_F(WorkerTest, ShowsALedgerAsUnderWayThenAsPassedUntilItIsCommitted) {
  std::vector<std::size_t> passed_at_handover;
  std::unique_ptr<Worker> worker;
  worker = std::make_unique<Worker>(0, knowledge_, *marks_, committed_, [&](flow::Handover one) {
    if (!std::holds_alternative<flow::SegmentDone>(one.what)) return;
    const auto view = worker->view().get();
    EXPECT_THAT(view->uncommitted, testing::IsEmpty());
    passed_at_handover.push_back(view->passed.size());
    if (view->passed.size() == 2) committed_ = 2;
  });
  worker->inbox().end_replay();
  for (const std::uint64_t segment : {1u, 2u, 3u}) {
    worker->inbox().push_live(burst(segment, 1));
    worker->inbox().push_live(Barrier{segment, {}});
  }
  worker->inbox().close_live();
  worker->run();
  EXPECT_THAT(passed_at_handover, testing::ElementsAre(1, 2, 1));
  const auto view = worker->view().get();
  ASSERT_EQ(view->passed.size(), 1u);
  EXPECT_EQ(view->passed[0].segment, 3u);
  EXPECT_EQ(view->passed[0].rows->at(0).counts.flows, 1u);
}

TEST_F(WorkerTest, FillsBatchesToTheirLastRow) {
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
  GTEST_SKIP() << "under a sanitizer a batch grows old before it is full";
#endif
  std::uint64_t rows = 0;
  std::size_t largest = 0;
  Worker worker(0, knowledge_, *marks_, committed_, [&](flow::Handover handover) {
    const auto one = seen(handover);
    rows += one.rows;
    largest = std::max(largest, one.rows);
  });
  worker.inbox().end_replay();
  for (int i = 0; i < 3'000; ++i) worker.inbox().push_live(burst(1, 30));
  worker.inbox().close_live();
  worker.run();
  EXPECT_EQ(rows, 90'000u);
  EXPECT_EQ(largest, flow::Batch::kRows);
}

TEST_F(WorkerTest, ABatchThatDoesNotFillGoesOutByItself) {
  base::Channel<flow::Handover> handovers(8);
  Worker worker(0, knowledge_, *marks_, committed_,
                [&](flow::Handover handover) { handovers.push(handover); });
  worker.inbox().end_replay();
  std::jthread working([&] { worker.run(); });
  worker.inbox().push_live(burst(1, 3));
  const auto handover =
      handovers.pop_until(std::chrono::steady_clock::now() + std::chrono::seconds(20));
  ASSERT_TRUE(handover);
  EXPECT_EQ(seen(*handover), (Seen{1, 3}));
  worker.inbox().close_live();
}

TEST_F(WorkerTest, ReplayedDatagramsComeBeforeLiveOnes) {
  std::vector<Seen> all;
  Worker worker(0, knowledge_, *marks_, committed_,
                [&](flow::Handover handover) { all.push_back(seen(handover)); });
  worker.inbox().push_live(burst(2, 2));
  worker.inbox().push_live(Barrier{2, {}});
  worker.inbox().close_live();
  auto replayed = burst(1, 3);
  replayed->offsets = {24};
  std::jthread replaying([&] {
    worker.inbox().push_replayed(std::move(replayed));
    worker.inbox().push_replayed(Barrier{1, {}});
    worker.inbox().end_replay();
  });
  worker.run();
  EXPECT_THAT(all, testing::ElementsAre(Seen{1, 3}, Seen{1, 0}, Seen{2, 2}, Seen{2, 0}));
  EXPECT_THAT(ReplayMarks::open(folder_)->deaths(), testing::IsEmpty());
}

TEST_F(WorkerTest, AnAbandonedReplayLeavesLiveDatagramsToTheNextStart) {
  std::vector<Seen> all;
  Worker worker(0, knowledge_, *marks_, committed_,
                [&](flow::Handover handover) { all.push_back(seen(handover)); });
  worker.inbox().push_live(burst(2, 2));
  worker.inbox().push_live(Barrier{2, {}});
  worker.inbox().close_live();
  worker.inbox().abandon();
  worker.run();
  EXPECT_THAT(all, testing::IsEmpty());
}

}  // namespace
}  // namespace collect
