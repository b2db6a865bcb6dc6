#include "collect/journal/journal.h"

#include <fcntl.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <fstream>
#include <string_view>
#include <thread>

#include "collect/journal/replay.h"
#include "collect/journal/replay_marks.h"
#include "collect/journal/segment_format.h"
#include "collect/journal/segment_reader.h"

namespace collect {
namespace {

constexpr std::uint64_t kShare = 4 << 20;

class JournalTest : public testing::Test {
 protected:
  JournalTest() {
    auto name = (std::filesystem::temp_directory_path() / "weir-journal-XXXXXX").string();
    folder_ = ::mkdtemp(name.data());
  }
  ~JournalTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<Journal> open(std::uint64_t committed = 0, std::uint64_t share = kShare) {
    auto journal = Journal::open({folder_, committed, share}, budget_);
    EXPECT_TRUE(journal) << base::to_text(journal.error());
    return std::move(*journal);
  }

  static Datagram datagram(std::string_view payload, flow::Address exporter, int seconds = 0) {
    return {.exporter = exporter,
            .exporter_port = 40'000,
            .local_port = 2055,
            .received_ns = 1'700'000'000'123'456'789 + seconds * 1'000'000'000LL,
            .payload = std::as_bytes(std::span(payload))};
  }
  static flow::Address v4() { return flow::Address::v4(0xc0000201); }
  static flow::Address v6() { return {0x20010db800000000, 7}; }

  struct Read {
    std::vector<std::string> payloads;
    std::uint64_t damaged = 0;
    std::uint64_t torn = 0;
  };
  Read read(std::uint64_t segment) {
    auto reader = SegmentReader::open(segment_path(folder_, segment));
    EXPECT_TRUE(reader);
    Read all;
    while (const auto one = reader->next()) {
      std::string text;
      for (const std::byte octet : one->payload) text += static_cast<char>(octet);
      all.payloads.push_back(text);
    }
    all.damaged = reader->damaged_records();
    all.torn = reader->torn_octets();
    return all;
  }
  void overwrite(std::uint64_t segment, std::int64_t from_end, char with) {
    std::fstream file(segment_path(folder_, segment),
                      std::ios::in | std::ios::out | std::ios::binary);
    file.seekp(-from_end, std::ios::end);
    file.put(with);
  }

  // The lowest descriptor of this process that is open on `path`; -1: none is.
  static int descriptor_of(const std::filesystem::path& path) {
    constexpr int kLooked = 256;
    for (int descriptor = 0; descriptor < kLooked; ++descriptor) {
      std::error_code error;
      const auto open_on =
          std::filesystem::read_symlink("/proc/self/fd/" + std::to_string(descriptor), error);
      if (!error && open_on == path) return descriptor;
    }
    return -1;
  }

  std::filesystem::path folder_;
  base::DiskBudget budget_{std::uint64_t{1} << 30};
};

using testing::ElementsAre;
using testing::IsEmpty;

TEST_F(JournalTest, GivesBackWhatWasAppendedOfBothFamilies) {
  auto journal = open();
  const std::vector burst = {datagram("one", v4()), datagram("", v6()), datagram("three", v6(), 9)};
  ASSERT_TRUE(journal->append(burst));
  EXPECT_EQ(journal->close_segment(), 1u);
  auto reader = SegmentReader::open(segment_path(folder_, 1));
  ASSERT_TRUE(reader);
  for (const Datagram& expected : burst) {
    const auto got = reader->next();
    ASSERT_TRUE(got);
    EXPECT_EQ(got->exporter, expected.exporter);
    EXPECT_EQ(got->exporter_port, expected.exporter_port);
    EXPECT_EQ(got->local_port, expected.local_port);
    EXPECT_EQ(got->received_ns, expected.received_ns);
    EXPECT_TRUE(std::ranges::equal(got->payload, expected.payload));
  }
  EXPECT_FALSE(reader->next());
  EXPECT_EQ(reader->torn_octets(), 0u);
}

TEST_F(JournalTest, TakesTheLargestPayloadOfEachFamily) {
  auto journal = open();
  const std::string most_v4(65'507, 'a');
  const std::string most_v6(65'527, 'b');
  ASSERT_TRUE(journal->append(std::vector{datagram(most_v4, v4()), datagram(most_v6, v6())}));
  EXPECT_THAT(read(1).payloads, ElementsAre(most_v4, most_v6));
}

TEST_F(JournalTest, ATornTailIsLeftOutAndWhatStandsBeforeIsRead) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->append(std::vector{datagram("first", v4()), datagram("second", v4())}));
  }
  const auto path = segment_path(folder_, 1);
  const auto octets = std::filesystem::file_size(path);
  const std::size_t second = kRecordHeaderOctets + 28 + 6;
  for (std::size_t cut = 1; cut < second; ++cut) {
    std::filesystem::resize_file(path, octets - cut);
    const auto all = read(1);
    EXPECT_THAT(all.payloads, ElementsAre("first")) << cut;
    EXPECT_EQ(all.torn, second - cut);
    std::filesystem::resize_file(path, octets);  // zeros: what a power cut leaves of late blocks
  }
}

TEST_F(JournalTest, ZerosAtTheEndAreATornTail) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->append(std::vector{datagram("first", v4())}));
  }
  const auto path = segment_path(folder_, 1);
  std::filesystem::resize_file(path, std::filesystem::file_size(path) + 4'096);
  const auto all = read(1);
  EXPECT_THAT(all.payloads, ElementsAre("first"));
  EXPECT_EQ(all.torn, 4'096u);
}

TEST_F(JournalTest, ADamagedRecordIsLeftOutAndThoseAfterItAreRead) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->append(
        std::vector{datagram("first", v4()), datagram("second", v6()), datagram("third", v4())}));
  }
  overwrite(1, 5 + 28 + kRecordHeaderOctets + 1, 'X');  // the last octet of "second"
  const auto all = read(1);
  EXPECT_THAT(all.payloads, ElementsAre("first", "third"));
  EXPECT_EQ(all.damaged, 1u);
  EXPECT_EQ(all.torn, 0u);
}

TEST_F(JournalTest, AFileThatIsNoSegmentHasNoDatagrams) {
  std::ofstream(segment_path(folder_, 3)) << "not a capture";
  const auto all = read(3);
  EXPECT_THAT(all.payloads, IsEmpty());
  EXPECT_EQ(all.torn, 13u);
  EXPECT_EQ(open()->segment(), 4u);
}

TEST_F(JournalTest, NumbersGoOnAfterWhateverIsThereOrWasCommitted) {
  {
    auto journal = open();
    ASSERT_TRUE(journal->append(std::vector{datagram("x", v4())}));
    journal->close_segment();
    ASSERT_TRUE(journal->append(std::vector{datagram("y", v4())}));
  }
  auto journal = open();
  EXPECT_EQ(journal->segment(), 3u);
  EXPECT_EQ(journal->found().size(), 2u);
  ASSERT_TRUE(journal->set_aside(2));
  journal.reset();
  journal = open(1);
  EXPECT_THAT(journal->found(), IsEmpty());
  EXPECT_EQ(journal->segment(), 3u);
  EXPECT_EQ(open(41)->segment(), 42u);
}

TEST_F(JournalTest, TrimRemovesWhatIsCommittedAndGivesItsRoomBack) {
  auto journal = open();
  ASSERT_TRUE(journal->append(std::vector{datagram("x", v4())}));
  journal->close_segment();
  ASSERT_TRUE(journal->append(std::vector{datagram("y", v4())}));
  EXPECT_EQ(journal->segments_waiting(), 2u);
  const auto used = journal->used_octets();
  journal->trim(1);
  EXPECT_EQ(journal->segments_waiting(), 1u);
  EXPECT_EQ(journal->used_octets(), used / 2);
  EXPECT_FALSE(std::filesystem::exists(segment_path(folder_, 1)));
  EXPECT_TRUE(std::filesystem::exists(segment_path(folder_, 2)));
}

TEST_F(JournalTest, TakesItsShareOfTheBudgetAndNoMore) {
  auto journal = open(0, 10'000);
  EXPECT_EQ(budget_.used_octets(), 10'000u);
  EXPECT_EQ(journal->segment_limit_octets(), 2'500u);
  const std::string payload(1'000, 'p');
  int taken = 0;
  while (journal->append(std::vector{datagram(payload, v4())})) ++taken;
  EXPECT_EQ(taken, 9);
  EXPECT_EQ(journal->used_octets(), std::filesystem::file_size(segment_path(folder_, 1)));
  const auto refused = journal->append(std::vector{datagram(payload, v4())});
  ASSERT_FALSE(refused);
  EXPECT_EQ(refused.error().errno_value, ENOSPC);
  const auto closed = journal->close_segment();
  journal->trim(closed);
  EXPECT_TRUE(journal->append(std::vector{datagram(payload, v4())}));
  journal.reset();
  EXPECT_EQ(budget_.used_octets(), 0u);
}

TEST_F(JournalTest, WhatIsSetAsideStaysInAFourthOfTheShareTheNewestOfIt) {
  const std::string payload(1'000, 'p');
  {
    auto journal = open(0, 10'000);
    for (int i = 0; i < 4; ++i) {
      ASSERT_TRUE(journal->append(std::vector{datagram(payload, v4())}));
      journal->close_segment();
    }
  }
  {
    auto journal = open(0, 10'000);
    for (std::uint64_t number = 1; number <= 4; ++number) {
      ASSERT_TRUE(journal->set_aside(number));
    }
  }
  open(0, 10'000);
  EXPECT_THAT(list_segments(set_aside_folder(folder_)),
              ElementsAre(testing::Field(&SegmentFile::number, 3),
                          testing::Field(&SegmentFile::number, 4)));
}

TEST_F(JournalTest, CopiesSetAsideStayInAFourthOfTheShareToo) {
  const std::string payload(1'000, 'p');
  auto journal = open(0, 10'000);
  for (std::uint64_t number = 1; number <= 6; ++number) {
    ASSERT_TRUE(journal->append(std::vector{datagram(payload, v4())})) << number;
    const std::uint64_t octets = journal->segment_octets();
    ASSERT_EQ(journal->close_segment(), number);
    ASSERT_TRUE(journal->keep_copy({number, octets}));
    journal->trim(number);
    EXPECT_LE(journal->used_octets(), 10'000u / 4);
  }
  EXPECT_THAT(list_segments(set_aside_folder(folder_)),
              ElementsAre(testing::Field(&SegmentFile::number, 5),
                          testing::Field(&SegmentFile::number, 6)));
}

// fdatasync() fails on a pipe, which stands in the segment's place while the disk is "broken".
TEST_F(JournalTest, AClosedSegmentWhoseSyncFailedIsSyncedAgain) {
  auto journal = open();
  ASSERT_TRUE(journal->append(std::vector{datagram("x", v4())}));
  const int segment = descriptor_of(segment_path(folder_, 1));
  ASSERT_GE(segment, 0);
  const int kept = ::dup(segment);
  int pipe[2];
  ASSERT_EQ(::pipe2(pipe, O_CLOEXEC), 0);
  ASSERT_EQ(::dup2(pipe[0], segment), segment);
  journal->close_segment();
  EXPECT_FALSE(journal->sync());
  EXPECT_FALSE(journal->sync());
  ASSERT_EQ(::dup2(kept, segment), segment);
  EXPECT_TRUE(journal->sync());
  EXPECT_EQ(descriptor_of(segment_path(folder_, 1)), kept);  // the journal has closed its own
  for (const int descriptor : {kept, pipe[0], pipe[1]}) ::close(descriptor);
}

TEST_F(JournalTest, SyncsBesideTheAppendingThread) {
  auto journal = open();
  std::jthread syncing([&](std::stop_token stop) { journal->run_sync(stop); });
  for (int i = 0; i < 100; ++i) {
    ASSERT_TRUE(journal->append(std::vector{datagram("x", v4())}));
    if (i % 10 == 9) journal->close_segment();
    EXPECT_TRUE(journal->sync());
  }
}

TEST_F(JournalTest, KnowsWhenItsLastDatagramWasReceived) {
  EXPECT_EQ(last_received_ns(folder_), 0);
  auto journal = open();
  ASSERT_TRUE(journal->append(std::vector{datagram("x", v4(), 1), datagram("y", v4(), 5)}));
  EXPECT_EQ(last_received_ns(folder_), datagram("", v4(), 5).received_ns);
}

TEST_F(JournalTest, AKillFromOutsideHitsAnyDatagramAndBlamesNone) {
  for (const std::uint64_t offset : {24u, 90u, 300u}) {
    ReplayMarks::open(folder_)->begin(0, {7, offset});  // and the process dies
  }
  const auto marks = ReplayMarks::open(folder_);
  EXPECT_THAT(marks->deaths(), ElementsAre(ReplayMarks::Place{7, 300}));
  EXPECT_FALSE(killed_twice(folder_, 7));
}

TEST_F(JournalTest, ADatagramInWhichTheProcessDiedTwiceIsToBlame) {
  for (int i = 0; i < 2; ++i) {
    EXPECT_FALSE(killed_twice(folder_, 7));
    auto marks = ReplayMarks::open(folder_);
    marks->begin(3, {7, 24});
    marks->end(3);
    marks->begin(3, {7, 90});
  }
  EXPECT_FALSE(killed_twice(folder_, 7));  // the second death is noted by the next start
  ASSERT_TRUE(ReplayMarks::open(folder_));
  EXPECT_TRUE(killed_twice(folder_, 7));
  EXPECT_FALSE(killed_twice(folder_, 8));
}

class ReplayTest : public JournalTest {
 protected:
  // Runs a replay of what is in the folder to its end; what came out of the inboxes, as text.
  std::vector<std::string> replay(std::uint64_t committed = 0) {
    auto journal = open(committed);
    Inbox inbox;
    Replay replay(*journal, committed, {&inbox}, status_);
    replay.set_aside_killers();
    replay.run({});
    inbox.close_live();
    std::vector<std::string> out;
    while (!inbox.finished()) {
      const auto message = inbox.pop_until(std::chrono::steady_clock::now());
      if (message) out.push_back(text(*message));
    }
    return out;
  }
  std::string text(const WorkerMessage& message) {
    if (const auto* barrier = std::get_if<Barrier>(&message)) {
      for (const auto& row : barrier->ledger) {
        lost_ += row.counts[flow::NotCounted::SegmentSetAside];
      }
      return "barrier " + std::to_string(barrier->segment);
    }
    const auto& burst = *std::get<std::unique_ptr<Burst>>(message);
    EXPECT_EQ(burst.offsets.size(), burst.datagrams.size());
    return std::to_string(burst.datagrams.size()) + " of " + std::to_string(burst.segment);
  }
  void append_segments(int count) {
    auto journal = open();
    for (int i = 0; i < count; ++i) {
      ASSERT_TRUE(journal->append(std::vector{datagram("x", v4()), datagram("y", v6())}));
      journal->close_segment();
    }
  }

  ReplayStatus status_;
  std::uint64_t lost_ = 0;
};

TEST_F(ReplayTest, SendsUncommittedSegmentsEachWithItsBarrier) {
  append_segments(3);
  EXPECT_THAT(replay(1), ElementsAre("2 of 2", "barrier 2", "2 of 3", "barrier 3"));
  EXPECT_FALSE(status_.is_running);
}

TEST_F(ReplayTest, OfNothingLetsLiveMessagesOut) {
  EXPECT_THAT(replay(), IsEmpty());
}

TEST_F(ReplayTest, SetsASegmentAsideThatKilledTwiceAndCountsItsDatagrams) {
  append_segments(2);
  for (int i = 0; i < 2; ++i) ReplayMarks::open(folder_)->begin(0, {1, 24});
  ASSERT_TRUE(ReplayMarks::open(folder_));
  EXPECT_THAT(replay(), ElementsAre("barrier 1", "2 of 2", "barrier 2"));
  EXPECT_EQ(lost_, 2u);
  EXPECT_THAT(*status_.set_aside.get(), ElementsAre(testing::HasSubstr("segment 1")));
  // Not committed yet: the next start counts it again, once; after the commit no more.
  lost_ = 0;
  EXPECT_THAT(replay(), ElementsAre("barrier 1", "2 of 2", "barrier 2"));
  EXPECT_EQ(lost_, 2u);
  EXPECT_THAT(replay(1), ElementsAre("2 of 2", "barrier 2"));
}

TEST_F(ReplayTest, NamesADamagedSegmentAndKeepsACopy) {
  append_segments(1);
  overwrite(1, 1, 'X');
  EXPECT_THAT(replay(), ElementsAre("1 of 1", "barrier 1"));
  EXPECT_THAT(*status_.set_aside.get(), ElementsAre(testing::HasSubstr("1 damaged records")));
  EXPECT_TRUE(std::filesystem::exists(segment_path(set_aside_folder(folder_), 1)));
  EXPECT_EQ(lost_, 0u);
}

TEST_F(ReplayTest, StoppedBeforeItsEndKeepsLiveMessagesFromOvertaking) {
  append_segments(1);
  auto journal = open();
  Inbox inbox;
  Replay replay(*journal, 0, {&inbox}, status_);
  replay.set_aside_killers();
  std::stop_source stop;
  stop.request_stop();
  replay.run(stop.get_token());
  inbox.push_live(Barrier{2, {}});
  inbox.close_live();
  EXPECT_FALSE(inbox.pop_until(std::chrono::steady_clock::now()));
  EXPECT_TRUE(inbox.finished());
}

}  // namespace
}  // namespace collect
