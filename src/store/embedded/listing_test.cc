#include "store/embedded/listing.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::ElementsAre;

// What came, and whether it came in order of receipt.
class OrderSink final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>& columns) override {
    received_ =
        std::ranges::find(columns, "received", &query::AnswerColumn::name) - columns.begin();
  }
  bool chunk(const query::AnswerChunk& chunk) override {
    const auto& received = chunk.columns[static_cast<std::size_t>(received_)].numbers;
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      in_order = in_order && received[row] >= last;
      last = received[row];
    }
    rows += chunk.rows;
    return true;
  }
  std::uint64_t rows = 0;
  std::int64_t last = 0;
  bool in_order = true;

 private:
  std::ptrdiff_t received_ = 0;
};

class ListingTest : public StoreTest {
 protected:
  static constexpr std::uint64_t kPartRows = 600'000;

  // Flows whose receipt runs from `first` on, one each millisecond.
  void append_flows(base::UnixMs first, std::uint64_t count, std::uint64_t segment) {
    auto flow = a_flow("10.0.0.1", "198.51.100.1", 100);
    std::vector<flow::FlowRecord> rows;
    for (std::uint64_t made = 0; made < count; made += rows.size()) {
      rows.clear();
      while (rows.size() < std::min<std::uint64_t>(flow::Batch::kRows, count - made)) {
        flow.received = first + static_cast<std::int64_t>(made + rows.size());
        rows.push_back(flow);
      }
      append(rows, segment);
    }
  }
  static query::Plan listing(const std::string& limit = "") {
    query::PlanText text;
    text.flows = "1";
    text.limit = limit;
    text.range =
        std::to_string(kNoon - base::kMsPerHour) + ".." + std::to_string(kNoon + base::kMsPerHour);
    return query::make_plan(text, kNoon).value();
  }
  OrderSink list(const query::Plan& plan) {
    OrderSink sink;
    const auto answer = store_->query(plan, sink, query::Cancel());
    EXPECT_TRUE(answer) << answer.error().detail;
    return sink;
  }
};

TEST_F(ListingTest, GivesMoreFlowsThanASliceHoldsInOrderOfReceipt) {
  open();
  append_flows(kNoon, kPartRows, 1);
  commit(1);
  append_flows(kNoon + 500'000, kPartRows, 2);  // overlaps the first
  commit(2);
  append_flows(kNoon + 1'050'000, 60'000, 3);  // hot, and overlaps the second

  const auto all = list(listing());
  EXPECT_EQ(all.rows, 2 * kPartRows + 60'000);
  EXPECT_TRUE(all.in_order);
  EXPECT_EQ(all.last, kNoon + 1'109'999);

  // 500,000 of the first slice, the rest of the next.
  const auto some = list(listing("500003"));
  EXPECT_EQ(some.rows, 500'003u);
  EXPECT_TRUE(some.in_order);
  EXPECT_EQ(some.last, kNoon + 500'001);
}

TEST_F(ListingTest, EndsWhenItsReceiverGoesAndLeavesTheThreadFit) {
  class Gone final : public query::AnswerSink {
    void head(const std::vector<query::AnswerColumn>&) override {}
    bool chunk(const query::AnswerChunk&) override { return false; }
  };
  open();
  append_flows(kNoon, 100'000, 1);
  commit(1);
  Gone gone;
  const auto answer = store_->query(listing(), gone, query::Cancel());
  ASSERT_FALSE(answer);
  EXPECT_EQ(answer.error().kind, query::QueryError::Kind::Cancelled);
  EXPECT_EQ(list(listing()).rows, 100'000u);
}

TEST_F(ListingTest, SaysTheColumnsOfAnEmptyAnswerToo) {
  open();
  TextSink sink;
  ASSERT_TRUE(store_->query(listing(), sink, query::Cancel()));
  EXPECT_EQ(sink.names().size(), flow::kColumnCount);
  EXPECT_TRUE(sink.rows.empty());
}

TEST_F(ListingTest, LeavesEmptyWhatNoFlowHas) {
  open();
  append({a_flow("10.0.0.1", "198.51.100.1", 500)});
  commit(1);
  auto flow = a_flow("10.0.0.2", "198.51.100.1", 700, kNoon + 1);
  flow.protocol = 6;
  flow.present |= flow::bit(flow::Column::protocol);
  append({flow}, 2);
  TextSink sink;
  ASSERT_TRUE(store_->query(listing(), sink, query::Cancel()));
  ASSERT_EQ(sink.rows.size(), 2u);
  const auto names = sink.names();
  const auto field = [&](std::size_t row, std::string_view name) {
    std::istringstream line(sink.rows[row]);
    std::string word;
    for (auto at = std::ranges::find(names, name) - names.begin(); at >= 0; --at) line >> word;
    return word;
  };
  EXPECT_THAT((std::vector{field(0, "src"), field(0, "protocol"), field(0, "vlan")}),
              ElementsAre("10.0.0.1", "-", "-"));
  EXPECT_THAT((std::vector{field(1, "src"), field(1, "protocol"), field(1, "vlan")}),
              ElementsAre("10.0.0.2", "6", "-"));
}

TEST_F(ListingTest, HasAPlaceToSpillTo) {
  open();
  ask(plan("src"));
  EXPECT_TRUE(std::filesystem::is_directory(folder_ / "spill"));
}

}  // namespace
}  // namespace store
