#include "collect/collector.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <thread>

#include "collect/testing_datagrams.h"
#include "collect/testing_sender.h"

namespace collect {
namespace {

class CollectorTest : public testing::Test {
 protected:
  CollectorTest() {
    auto name = (std::filesystem::temp_directory_path() / "weir-collector-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~CollectorTest() override { std::filesystem::remove_all(folder_); }

  struct Life {
    std::uint64_t rows = 0;
    std::vector<std::uint64_t> done;  // segments, as often as there are workers
    std::uint64_t gap = 0;            // of the ledger
  };

  // One process' life: sends `datagrams` of two flows each, ends, and says what was handed over. A
  // life that is `cut` ends like a killed one: what it handed over is not committed.
  Life live(std::uint32_t datagrams, bool is_cut) {
    Life life;
    base::Channel<flow::Handover> handovers(16);
    auto opened = Collector::open(options(), knowledge_, budget_, handovers);
    EXPECT_TRUE(opened) << base::to_text(opened.error());
    Collector& collector = **opened;
    EXPECT_THAT(collector.open_ports(), testing::IsEmpty());
    const auto port = state::parse_endpoint(collector.ports()[0].address)->port;
    std::jthread storing([&] {
      while (auto handover = handovers.pop()) take(*handover, life);
    });
    collector.start();
    // A stop would cut the replay short.
    while (collector.is_replaying()) std::this_thread::yield();
    for (std::uint32_t i = 0; i < datagrams; ++i) {
      const TestingSender sender(AF_INET);
      sender.send(port, netflow5_datagram(2, sequence_, base::SystemClock().now_ms()));
      sequence_ += 2;
    }
    collector.stop();
    handovers.close();
    storing.join();
    if (!is_cut && !life.done.empty()) {
      committed_ = *std::ranges::max_element(life.done);
      collector.committed(committed_);
      exporters_.insert(exporters_.end(), states_.begin(), states_.end());
    }
    states_.clear();
    return life;
  }
  void take(flow::Handover& handover, Life& life) {
    if (const auto* batch = std::get_if<std::unique_ptr<flow::Batch>>(&handover.what)) {
      life.rows += (*batch)->rows();
      return;
    }
    auto& done = std::get<flow::SegmentDone>(handover.what);
    life.done.push_back(done.segment);
    for (const auto& row : done.ledger) life.gap += row.counts.sequence_gap;
    states_.insert(states_.end(), done.exporters.begin(), done.exporters.end());
  }
  Collector::Options options() const {
    return {.journal_folder = folder_,
            .journal_share_octets = std::uint64_t{64} << 20,
            .workers = 2,
            .receive = {.listen = {{flow::Address::v4(0x7f000001), 0}},
                        .buffer_octets = 4 << 20,
                        .senders = {}},
            .committed_segment = committed_,
            .exporters = exporters_};
  }

  std::filesystem::path folder_;
  base::DiskBudget budget_{std::uint64_t{1} << 30};
  Knowledge knowledge_;
  std::uint32_t sequence_ = 0;
  std::uint64_t committed_ = 0;
  std::vector<flow::ExporterState> exporters_;
  std::vector<flow::ExporterState> states_;
};

using testing::ElementsAre;

TEST_F(CollectorTest, WhatWasCommittedIsNotReplayed) {
  const Life first = live(100, false);
  EXPECT_EQ(first.rows, 200u);
  EXPECT_THAT(first.done, ElementsAre(1, 1));
  EXPECT_THAT(list_segments(folder_), testing::IsEmpty());
  const Life second = live(50, false);
  EXPECT_EQ(second.rows, 100u);
  EXPECT_THAT(second.done, ElementsAre(2, 2));
  EXPECT_EQ(second.gap, 0u);
}

TEST_F(CollectorTest, WhatWasNotCommittedIsReplayedOnceBeforeWhatComesLive) {
  EXPECT_EQ(live(100, false).rows, 200u);
  EXPECT_EQ(live(70, true).rows, 140u);
  EXPECT_EQ(live(30, true).rows, 200u);  // those of the life before, and its own
  const Life last = live(10, false);
  EXPECT_EQ(last.rows, 220u);
  EXPECT_THAT(last.done, testing::UnorderedElementsAre(2, 2, 3, 3, 4, 4));
  EXPECT_EQ(last.gap, 0u);  // in order: nothing seems lost
  EXPECT_THAT(list_segments(folder_), testing::IsEmpty());
}

}  // namespace
}  // namespace collect
