#include "store/embedded/merge.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <fstream>
#include <functional>

#include "store/embedded/inspect.h"
#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using flow::Column;
using testing::Each;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::SizeIs;

constexpr base::UnixMs kHourOver = kNoon + base::kMsPerHour + kMergeLateMs;
constexpr base::UnixMs kDayOver = kNoon + base::kMsPerDay;

std::vector<std::string> sorted(std::vector<std::string> rows) {
  std::ranges::sort(rows);
  return rows;
}

class MergeTest : public StoreTest {
 protected:
  // One segment of flows and the minute rows that say the same of their hosts.
  void seal(const std::vector<flow::FlowRecord>& flows, std::uint32_t cut_keys = 0) {
    append(flows, ++segment_);
    Commit commit;
    commit.segment = segment_;
    commit.rolled_up = true;
    for (const auto& flow : flows) {
      const flow::Volume volume{flow.bytes, flow.packets, 1, flow.bytes, flow.packets, 1};
      commit.minutes.hosts.push_back({base::floor_to(flow.end, base::kMsPerMinute), flow.src, false,
                                      flow::Way::Out, flow.app, volume, cut_keys});
    }
    ASSERT_TRUE(store_->commit(commit));
  }
  // A part of three flows for each five minutes of an hour; the ends are in whole minutes.
  void seal_an_hour(base::UnixMs begin = kNoon) {
    for (int i = 0; i < 12; ++i) {
      const base::UnixMs end = begin + i * 5 * base::kMsPerMinute + 30'000;
      auto other = a_flow("10.0.0.2", "2001:db8::1", 70, end);
      other.app = flow::NamePool::instance().id_of(flow::NameKind::Known,
                                                   "a longer name of an application");
      seal({a_flow("10.0.0.3", "198.51.100.7", 500 + i, end),
            a_flow("10.0.0.1", "198.51.100.1", 100, end), other});
    }
  }
  void merge(base::UnixMs now) {
    for (;;) {
      const auto more = store_->merge_small_parts(now, [] { return true; });
      ASSERT_TRUE(more) << base::to_text(more.error());
      if (!*more) return;
    }
  }
  std::vector<Part> parts(std::string_view kind = "flows") const {
    std::vector<Part> found;
    for (const auto& part : store_->parts()) {
      if (part.kind == kind) found.push_back(part);
    }
    return found;
  }
  static query::Plan flows_plan(const std::string& limit, const std::string& after = "") {
    query::PlanText text;
    text.flows = "1";
    text.limit = limit;
    text.range = std::to_string(after.empty() ? kNoon - base::kMsPerHour : std::stoll(after)) +
                 ".." + std::to_string(kNoon + base::kMsPerDay);
    const auto made = query::make_plan(text, kNoon);
    EXPECT_TRUE(made) << base::to_text(made.error());
    return made ? *made : query::Plan{};
  }
  // Everything that a merge must not change: sums by both ends, minute rows, listings whole and
  // cut.
  std::vector<std::string> all_answers() {
    std::vector<std::string> all;
    for (const auto& rows :
         {sorted(ask(plan("src,dst,src_port,dst_port,protocol"))),
          sorted(ask(plan("src,app", "", "flows", "5m"))), ask(flows_plan("1000")),
          ask(flows_plan("7")), ask(flows_plan("5", std::to_string(kNoon)))}) {
      all.insert(all.end(), rows.begin(), rows.end());
      all.emplace_back("--");
    }
    return all;
  }
  std::vector<std::filesystem::path> files() const {
    std::vector<std::filesystem::path> files;
    for (const char* top : {"flows", "rollups"}) {
      for (const auto& entry : std::filesystem::recursive_directory_iterator(folder_ / top)) {
        if (entry.is_regular_file()) files.push_back(entry.path());
      }
    }
    return files;
  }
  std::uint64_t octets_of_parts() const {
    std::uint64_t octets = 0;
    for (const auto& part : store_->parts()) octets += part.octets;
    return octets;
  }
  std::uint64_t octets_on_disk() const {
    std::uint64_t octets = 0;
    for (const auto& file : files()) octets += std::filesystem::file_size(file);
    return octets;
  }

  std::uint64_t segment_ = 0;
};

TEST_F(MergeTest, AnHourBecomesOnePartAndEveryAnswerStaysAsItWas) {
  open();
  seal_an_hour();
  const auto before = all_answers();
  merge(kHourOver - 1);
  EXPECT_THAT(parts(), SizeIs(12));
  merge(kHourOver);
  ASSERT_THAT(parts(), SizeIs(1));
  ASSERT_THAT(parts("hosts"), SizeIs(1));
  EXPECT_EQ(all_answers(), before);
  open();
  EXPECT_EQ(all_answers(), before);

  const Part merged = parts().front();
  EXPECT_EQ(merged.rows, 36u);
  EXPECT_EQ(merged.merges, 1u);
  EXPECT_EQ(merged.segment, 12u);
  EXPECT_EQ(merged.min_start, kNoon + 20'000);
  EXPECT_EQ(merged.max_end, kNoon + 55 * base::kMsPerMinute + 30'000);
  EXPECT_EQ(merged.min_received, kNoon + 31'000);
  EXPECT_EQ(merged.max_received, merged.max_end + 1'000);
  EXPECT_TRUE(merged.rolled_up && merged.plain_times && merged.all_counted);
  EXPECT_EQ(parts("hosts").front().min_received, kNoon + 31'000);
  EXPECT_EQ(parts("hosts").front().max_received, merged.max_received);
  EXPECT_THAT(files(), SizeIs(2));
  EXPECT_THAT(check_folder(folder_)->problems, IsEmpty());
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
}

TEST_F(MergeTest, CountsWhatItMerged) {
  open();
  seal_an_hour();
  merge(kHourOver);
  EXPECT_EQ(store_->status().parts_merged, 24u);
  EXPECT_EQ(store_->status().rows_merged, 72u);
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
}

TEST_F(MergeTest, TheOrderIsThatOfOneSeal) {
  open();
  seal_an_hour();
  merge(kHourOver);
  const auto merged = ask(flows_plan("1000"));
  const std::uint64_t merged_octets = parts().front().octets;
  const auto rows_of = [](base::UnixMs begin) {
    std::vector<flow::FlowRecord> flows;
    for (int i = 0; i < 12; ++i) {
      const base::UnixMs end = begin + i * 5 * base::kMsPerMinute + 30'000;
      auto other = a_flow("10.0.0.2", "2001:db8::1", 70, end);
      other.app = flow::NamePool::instance().id_of(flow::NameKind::Known,
                                                   "a longer name of an application");
      flows.insert(flows.end(), {a_flow("10.0.0.3", "198.51.100.7", 500 + i, end),
                                 a_flow("10.0.0.1", "198.51.100.1", 100, end), other});
    }
    return flows;
  };
  store_.reset();
  std::filesystem::remove_all(folder_);
  segment_ = 11;  // so that the parts say the same of themselves but for `merges` and their name
  open();
  seal(rows_of(kNoon));
  EXPECT_EQ(ask(flows_plan("1000")), merged);
  EXPECT_NEAR(static_cast<double>(parts().front().octets), static_cast<double>(merged_octets), 8);
}

TEST_F(MergeTest, ADayTakesWhatHoursLeftAndThenNothingMore) {
  open();
  seal_an_hour(kNoon - base::kMsPerHour);
  seal_an_hour();
  const auto before = all_answers();
  merge(kHourOver);
  EXPECT_THAT(parts(), SizeIs(2));
  merge(kDayOver);
  ASSERT_THAT(parts(), SizeIs(1));
  EXPECT_EQ(parts().front().merges, 2u);
  EXPECT_EQ(all_answers(), before);
  // Two final parts and a late one of the same day.
  seal({a_flow("10.0.0.9", "198.51.100.1", 100)});
  seal({a_flow("10.0.0.8", "198.51.100.1", 100)});
  merge(kDayOver);
  ASSERT_THAT(parts(), SizeIs(2));
  seal({a_flow("10.0.0.7", "198.51.100.1", 100)});
  const auto merged = sorted(ask(plan("src,dst")));
  merge(kDayOver);
  ASSERT_THAT(parts(), SizeIs(2));
  for (const auto& part : parts()) EXPECT_EQ(part.merges, 2u);
  EXPECT_EQ(sorted(ask(plan("src,dst"))), merged);
}

TEST_F(MergeTest, DaysHoursAndRowsWithoutAClockStayApart) {
  open();
  auto clockless = a_flow("10.0.0.5", "198.51.100.1", 100, 1'000'000);
  for (const base::UnixMs at :
       {kNoon - base::kMsPerDay, kNoon - base::kMsPerHour, kNoon, kNoon + 60'000}) {
    clockless.received = at + 1'000;
    seal({a_flow("10.0.0.1", "198.51.100.1", 100, at), clockless});
  }
  ASSERT_THAT(parts(), SizeIs(8));
  merge(kHourOver);
  ASSERT_THAT(parts(), SizeIs(6));  // of the two in one hour
  merge(kDayOver);
  ASSERT_THAT(parts(), SizeIs(4));
  for (const auto& part : parts()) {
    EXPECT_TRUE(part.max_end < kNoon / 2 || part.min_start > kNoon / 2);
    EXPECT_LE(part.max_received - part.min_received, base::kMsPerDay);
  }
}

TEST_F(MergeTest, PartsOfOtherColumnsBecomeOneWithAllOfThem) {
  open();
  auto tagged = a_flow("10.0.0.1", "198.51.100.1", 100);
  tagged.vlan = 7;
  tagged.src_mac = 0x0000'1234'5678'9abc;
  tagged.present |= flow::bit(Column::vlan) | flow::bit(Column::src_mac);
  auto bare = a_flow("10.0.0.2", "198.51.100.1", 100, kNoon + 1'000);
  bare.present &= ~(flow::bit(Column::app) | flow::bit(Column::start) | flow::bit(Column::counted));
  seal({tagged});
  seal({bare});
  const auto before = ask(flows_plan("10"));
  merge(kHourOver);
  ASSERT_THAT(parts(), SizeIs(1));
  EXPECT_EQ(parts().front().columns, tagged.present | bare.present);
  EXPECT_FALSE(parts().front().plain_times);
  EXPECT_EQ(ask(flows_plan("10")), before);
}

TEST_F(MergeTest, EveryColumnComesBackAsItWas) {
  open();
  const auto largest = [&]<class T>(T& value) { value = std::numeric_limits<T>::max(); };
  flow::FlowRecord flow = a_flow("2001:db8::1", "ffff:ffff::ffff", 1);
  largest(flow.in_if);
  largest(flow.src_port);
  largest(flow.tcp_flags);
  largest(flow.bytes);
  largest(flow.packets);
  flow.next_hop = address("::ffff:10.0.0.1");
  flow.nat_src = address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff");
  flow.dst_mac = 0xffff'ffff'ffff;
  flow.export_time = -1;
  flow.counted = false;
  flow.present = ~flow::ColumnMask{0} >> (64 - flow::kColumnCount);
  seal({flow});
  auto another = flow;
  another.received += 1;
  seal({another});
  const auto before = ask(flows_plan("10"));
  merge(kHourOver);
  ASSERT_THAT(parts(), SizeIs(1));
  EXPECT_EQ(parts().front().columns, flow.present);
  EXPECT_FALSE(parts().front().all_counted);
  EXPECT_EQ(ask(flows_plan("10")), before);
}

TEST_F(MergeTest, MinuteRowsOfOneKeyAddUp) {
  open();
  seal({a_flow("10.0.0.1", "198.51.100.1", 100)});
  seal({a_flow("10.0.0.1", "198.51.100.2", 50)});
  const auto before = ask(plan("src", "", "bytes", "1m"));
  merge(kHourOver);
  ASSERT_THAT(parts("hosts"), SizeIs(1));
  EXPECT_EQ(parts("hosts").front().rows, 1u);
  EXPECT_EQ(ask(plan("src", "", "bytes", "1m")), before);
}

TEST_F(MergeTest, ARollupPartWithARestRowStaysByItself) {
  open();
  seal({a_flow("10.0.0.1", "198.51.100.1", 100)}, 3);
  seal({a_flow("10.0.0.1", "198.51.100.2", 50)});
  seal({a_flow("10.0.0.1", "198.51.100.3", 25)});
  merge(kHourOver);
  ASSERT_THAT(parts("hosts"), SizeIs(2));
  EXPECT_EQ(parts("hosts").front().cut_rows + parts("hosts").back().cut_rows, 1u);
}

// Merged, two of them would keep minute rows from answering for all that lies between.
TEST_F(MergeTest, FlowPartsWhoseMinuteRowsWereGivenUpAreMergedWithNeighboursAlone) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 1)}, ++segment_);
  commit(segment_);
  seal({a_flow("10.0.0.1", "198.51.100.1", 10, kNoon + 30 * base::kMsPerMinute)});
  for (const int minute : {50, 55}) {
    append({a_flow("10.0.0.1", "198.51.100.1", 100, kNoon + minute * base::kMsPerMinute)},
           ++segment_);
    commit(segment_);
  }
  merge(kHourOver);
  merge(kDayOver);
  ASSERT_THAT(parts(), SizeIs(3));
  EXPECT_EQ(parts().back().rows, 2u);
  auto between = plan("host");
  between.range = {kNoon + 20 * base::kMsPerMinute, kNoon + 40 * base::kMsPerMinute};
  EXPECT_THAT(ask(between), ElementsAre("10.0.0.1 10"));
  EXPECT_EQ(summary_.tier, "minute");
}

// What a kill leaves is the files and the state.db of some moment: these are put together from
// copies made before and after the merge.
TEST_F(MergeTest, KilledAnywhereEveryFlowIsThereOnce) {
  open();
  seal_an_hour();
  const auto answers = all_answers();
  const auto copy = [&](const char* name) {
    const auto to = folder_.string() + name;
    std::filesystem::copy(folder_, to, std::filesystem::copy_options::recursive);
    return std::filesystem::path(to);
  };
  const auto before = copy(".before");
  merge(kHourOver);
  store_.reset();
  const auto after = copy(".after");
  const auto stand_at = [&](const std::filesystem::path& state, const char* suffix) {
    std::filesystem::remove_all(folder_);
    std::filesystem::copy(state, folder_, std::filesystem::copy_options::recursive);
    for (const auto& other : {before, after}) {
      for (const char* top : {"flows", "rollups"}) {
        for (const auto& entry : std::filesystem::recursive_directory_iterator(other / top)) {
          const auto to = folder_ / std::filesystem::relative(entry.path(), other);
          if (!entry.is_regular_file() || std::filesystem::exists(to)) continue;
          std::filesystem::copy_file(entry.path(), to.string() + suffix);
        }
      }
    }
  };
  for (const auto& [state, suffix, count] :
       {std::tuple(before, ".unfinished", 12u), std::tuple(before, "", 12u),
        std::tuple(after, "", 1u)}) {
    stand_at(state, suffix);
    open();
    EXPECT_THAT(parts(), SizeIs(count));
    EXPECT_EQ(all_answers(), answers);
    EXPECT_EQ(files().size(), store_->parts().size());
    EXPECT_EQ(budget_->used_octets(), octets_on_disk());
    merge(kHourOver);
    EXPECT_THAT(parts(), SizeIs(1));
    EXPECT_EQ(all_answers(), answers);
  }
  std::filesystem::remove_all(before);
  std::filesystem::remove_all(after);
}

TEST_F(MergeTest, ADamagedPartIsSetAsideAndTheRestMerged) {
  open();
  seal_an_hour();
  const auto file = folder_ / parts().at(3).name;
  {
    std::fstream octets(file, std::ios::in | std::ios::out | std::ios::binary);
    octets.seekp(static_cast<std::streamoff>(std::filesystem::file_size(file) / 2));
    octets.put('\x5a');
    octets.put('\xa5');
  }
  merge(kHourOver);
  EXPECT_EQ(store_->status().parts_set_aside, 1u);
  EXPECT_THAT(store_->status().last_problem, HasSubstr("is damaged: 3 rows set aside"));
  ASSERT_THAT(parts(), SizeIs(2));
  EXPECT_EQ(parts().back().rows, 33u);
  const auto ledger = store_->ledger({kNoon, kNoon + base::kMsPerHour}).value();
  ASSERT_THAT(ledger, SizeIs(1));
  EXPECT_EQ(ledger.front().counts[flow::NotCounted::PartDamaged], 3u);
}

TEST_F(MergeTest, WithoutRoomItWaitsAndNothingGoes) {
  open();
  seal_an_hour();
  const auto before = all_answers();
  const std::uint64_t free = budget_->limit_octets() - budget_->used_octets();
  ASSERT_TRUE(budget_->take(free));
  merge(kHourOver);
  EXPECT_THAT(parts(), SizeIs(12));
  EXPECT_EQ(store_->status().merges_deferred, 1u);
  EXPECT_EQ(budget_->used_octets(), budget_->limit_octets());
  EXPECT_EQ(all_answers(), before);
  budget_->give_back(free);
  merge(kHourOver);
  EXPECT_THAT(parts(), SizeIs(1));
  EXPECT_EQ(all_answers(), before);
}

TEST_F(MergeTest, APartThatCannotBeWrittenLeavesEverythingAsItWas) {
  open();
  seal_an_hour();
  const auto before = all_answers();
  const auto used = budget_->used_octets();
  const auto count = files().size();
  const auto folder = (folder_ / parts().front().name).parent_path();
  std::filesystem::create_directory(folder / "0000000025.parquet.unfinished");
  std::filesystem::create_directory(folder / "0000000025.parquet.unfinished/in_the_way");
  EXPECT_FALSE(store_->merge_small_parts(kHourOver, [] { return true; }));
  std::filesystem::remove_all(folder / "0000000025.parquet.unfinished");
  EXPECT_EQ(files().size(), count);
  EXPECT_EQ(budget_->used_octets(), used);
  EXPECT_EQ(all_answers(), before);
  merge(kHourOver + PutOff::kFirstWaitMs);
  EXPECT_THAT(parts(), SizeIs(1));
  EXPECT_EQ(all_answers(), before);
}

TEST_F(MergeTest, AMergeThatFailsWaitsLongerEachTimeAndOthersGoFirst) {
  open();
  seal_an_hour();
  seal_an_hour(kNoon + base::kMsPerHour);
  const auto folder = (folder_ / parts().front().name).parent_path();
  const auto fails = [&](base::UnixMs now, const std::string& next_part) {
    const auto obstacle = folder / (next_part + ".parquet.unfinished");
    std::filesystem::create_directories(obstacle / "in_the_way");
    const bool failed = !store_->merge_small_parts(now, [] { return true; });
    std::filesystem::remove_all(obstacle);
    return failed;
  };
  const auto flows_of_first_hour = [&] {
    return std::ranges::count_if(
        parts(), [](const Part& part) { return part.max_received < kNoon + base::kMsPerHour; });
  };
  const base::UnixMs now = kHourOver + base::kMsPerHour;
  constexpr base::UnixMs kWait = PutOff::kFirstWaitMs;
  EXPECT_TRUE(fails(now, "0000000049"));
  merge(now + kWait - 1);
  EXPECT_EQ(flows_of_first_hour(), 12);
  EXPECT_THAT(parts(), SizeIs(13));
  EXPECT_THAT(parts("hosts"), SizeIs(2));
  EXPECT_TRUE(fails(now + kWait, "0000000053"));
  merge(now + 3 * kWait - 1);
  EXPECT_EQ(flows_of_first_hour(), 12);
  merge(now + 3 * kWait);
  EXPECT_EQ(flows_of_first_hour(), 1);
  EXPECT_EQ(store_->status().merges_failed, 2u);
}

// Merges while a reader holds what is merged.
class MergeWhileReading final : public query::AnswerSink {
 public:
  explicit MergeWhileReading(std::function<void()> merge) : merge_(std::move(merge)) {}
  void head(const std::vector<query::AnswerColumn>&) override {}
  bool chunk(const query::AnswerChunk& chunk) override {
    rows += chunk.rows;
    merge_();
    return true;
  }
  std::uint64_t rows = 0;

 private:
  const std::function<void()> merge_;
};

TEST_F(MergeTest, AReaderKeepsTheFilesOfItsView) {
  open();
  seal_an_hour();
  MergeWhileReading reader([&] {
    merge(kHourOver);
    EXPECT_THAT(parts(), SizeIs(1));
    EXPECT_THAT(files(), SizeIs(26));
    EXPECT_EQ(budget_->used_octets(), octets_of_parts());
  });
  ASSERT_TRUE(store_->query(flows_plan("1000"), reader, query::Cancel()));
  EXPECT_EQ(reader.rows, 36u);
  EXPECT_THAT(files(), SizeIs(2));
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
}

TEST_F(MergeTest, WhatAReaderHoldsOfMergedPartsKeepsNoCommitFromTheBudget) {
  open();
  seal_an_hour();
  const std::uint64_t one_row = 2 * 64 + 3 * (256u << 10);  // what a commit of one flow reserves
  const std::uint64_t free = budget_->limit_octets() - budget_->used_octets();
  ASSERT_TRUE(budget_->take(free - one_row));
  MergeWhileReading reader([&] {
    merge(kHourOver);
    ASSERT_THAT(parts(), SizeIs(1));
    seal({a_flow("10.0.0.9", "198.51.100.1", 1)});
  });
  ASSERT_TRUE(store_->query(flows_plan("1000"), reader, query::Cancel()));
  EXPECT_THAT(parts(), SizeIs(2));
  EXPECT_EQ(store_->status().commits_failed, 0u);
  EXPECT_EQ(store_->status().rows_dropped_by_retention, 0u);
}

TEST_F(MergeTest, WaitsWhileReadersHoldMoreOfMergedPartsThanCommitsLeaveRoomFor) {
  limit_octets_ = 1'600'000;
  open();
  seal_an_hour();
  MergeWhileReading reader([&] {
    merge(kHourOver);
    EXPECT_EQ(store_->status().merges_deferred, 1u);
    EXPECT_LE(octets_on_disk(), budget_->used_octets() + limit_octets_ / 32);
  });
  ASSERT_TRUE(store_->query(flows_plan("1000"), reader, query::Cancel()));
  const auto merged = store_->status().parts_merged;
  EXPECT_GT(merged, 0u);
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
  merge(kHourOver);
  EXPECT_GT(store_->status().parts_merged, merged);
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
}

TEST_F(MergeTest, WhatComesMeanwhileIsSeenAndKept) {
  open();
  seal_an_hour();
  std::uint64_t came = 0;
  const auto more = store_->merge_small_parts(kHourOver, [&] {
    if (++came > 3) return true;
    append({a_flow("10.0.0.4", "198.51.100.1", static_cast<std::int64_t>(came))}, segment_ + 1);
    EXPECT_EQ(store_->status().hot_rows, came);
    return true;
  });
  ASSERT_TRUE(more && *more);
  EXPECT_GT(came, 24);
  EXPECT_EQ(store_->status().hot_rows, 3u);
  EXPECT_THAT(ask(plan("src", "src:10.0.0.4", "flows")), ElementsAre("10.0.0.4 3"));
  commit(segment_ + 1);
  EXPECT_EQ(store_->status().hot_rows, 0u);
  EXPECT_THAT(ask(plan("src", "src:10.0.0.4", "flows")), ElementsAre("10.0.0.4 3"));
}

TEST_F(MergeTest, BrokenOffAnywhereItLeavesEverythingAsItWas) {
  open();
  seal_an_hour();
  const auto before = all_answers();
  const auto used = budget_->used_octets();
  int asked = 0;
  ASSERT_TRUE(store_->merge_small_parts(kHourOver, [&] { return ++asked > 0; }));
  store_.reset();
  std::filesystem::remove_all(folder_);
  segment_ = 0;
  open();
  seal_an_hour();
  for (int last = 1; last <= asked; ++last) {
    int count = 0;
    const auto merged = store_->merge_small_parts(kHourOver, [&] { return ++count < last; });
    ASSERT_TRUE(merged) << base::to_text(merged.error());
    EXPECT_FALSE(*merged);
    EXPECT_EQ(count, last);  // not asked again
    EXPECT_EQ(budget_->used_octets(), used);
    EXPECT_THAT(files(), SizeIs(24));
  }
  EXPECT_EQ(all_answers(), before);
  merge(kHourOver);
  EXPECT_THAT(parts(), SizeIs(1));
  EXPECT_EQ(all_answers(), before);
}

TEST_F(MergeTest, RetentionTakesAMergedPartWhole) {
  open();
  seal_an_hour();
  seal_an_hour(kNoon + base::kMsPerHour);
  merge(kHourOver + base::kMsPerHour);
  ASSERT_THAT(parts(), SizeIs(2));
  // Rollups go first where they are more than a third; here both merged parts of the first hour go.
  const std::uint64_t free = budget_->limit_octets() - budget_->used_octets();
  ASSERT_TRUE(store_->make_room(free + parts().front().octets + parts("hosts").front().octets));
  ASSERT_THAT(parts(), SizeIs(1));
  EXPECT_GT(parts().front().min_received, kNoon + base::kMsPerHour);
  EXPECT_EQ(store_->status().rows_dropped_by_retention, 36u);
}

TEST_F(MergeTest, WhereTheBudgetIsAlwaysFullMergesGoOn) {
  limit_octets_ = 1'160'000;
  open();
  for (int hour = 0; hour < 14; ++hour) {
    seal_an_hour(kNoon + hour * base::kMsPerHour);
    merge(kHourOver + hour * base::kMsPerHour);
  }
  EXPECT_GT(store_->status().rows_dropped_by_retention, 0u);
  EXPECT_EQ(store_->status().merges_deferred, 0u);
  EXPECT_GT(store_->status().parts_merged, 14u * 6);
  EXPECT_EQ(budget_->used_octets(), octets_on_disk());
}

TEST_F(MergeTest, PartsTogetherAboveAMillionRowsAreMergedInPieces) {
  std::vector<PartPtr> files;
  for (int i = 0; i < 8; ++i) {
    Part part;
    part.name = std::to_string(i);
    part.kind = "flows";
    part.octets = 300;
    part.rows = i == 4 ? kMergedRowsMax : 300'000;
    part.max_end = part.max_received = kNoon + i * base::kMsPerMinute;
    files.push_back(std::make_shared<const PartFile>(part, part.name, nullptr));
  }
  constexpr std::uint64_t kRoom = 1'000;
  const auto named = [](const std::optional<Merge>& merge) {
    std::vector<std::string> names;
    for (const auto& source : merge ? merge->sources : std::vector<PartPtr>()) {
      names.push_back(source->part().name);
    }
    return names;
  };
  EXPECT_THAT(named(next_merge(files, kHourOver, kRoom, {})), ElementsAre("0", "1", "2"));
  files.erase(files.begin(), files.begin() + 3);
  EXPECT_THAT(named(next_merge(files, kHourOver, kRoom, {})), ElementsAre("3", "5", "6"));
  EXPECT_THAT(named(next_merge(files, kHourOver, kRoom, {"5"})), ElementsAre("3", "6", "7"));
  EXPECT_EQ(named(next_merge(files, kHourOver, 600, {})).size(), 2u);
  EXPECT_FALSE(next_merge(files, kHourOver, 599, {}));
  files.erase(files.begin(), files.begin() + 4);
  EXPECT_FALSE(next_merge(files, kHourOver, kRoom, {}));
}

}  // namespace
}  // namespace store
