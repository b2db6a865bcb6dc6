#include "serve/questions.h"

#include <boost/json.hpp>

#include "serve/api/testing_server.h"
#include "store/embedded/store_fixture_test.h"

// On the embedded store, with what no store knows: the uncommitted ledger.
namespace serve {
namespace {

using store::a_flow;
using store::address;
using store::kNoon;

class QuestionsTest : public store::StoreTest {
 protected:
  QuestionsTest() {
    open();
    append({a_flow("10.0.0.1", "198.51.100.1", 500), a_flow("2001:db8::2", "2001:db8::1", 700)});
    store::Commit commit;
    commit.segment = 1;
    commit.ledger = {row("192.0.2.1", kNoon, 2, 1), row("192.0.2.2", kNoon, 0, 0),
                     row("192.0.2.1", kNoon - base::kMsPerHour, 9, 9)};
    EXPECT_TRUE(store_->commit(commit));
  }

  static flow::LedgerRow row(std::string_view exporter, base::UnixMs minute, std::uint64_t flows,
                             std::uint64_t truncated) {
    flow::LedgerRow made{address(exporter), minute, {}};
    made.counts.flows = flows;
    made.counts[flow::NotCounted::RecordTruncated] = truncated;
    made.counts.records = flows + truncated;
    return made;
  }

  Questions questions() {
    return Questions(*store_, Uncommitted{.ledger = [this] { return uncommitted_; },
                                          .replaying = [] { return false; }});
  }

  std::vector<flow::LedgerRow> uncommitted_;
  const query::TimeRange range_{kNoon, kNoon + base::kMsPerMinute};
};

TEST_F(QuestionsTest, RowsOfOneMinuteAreOneCommittedOrNot) {
  uncommitted_ = {row("192.0.2.1", kNoon, 4, 0), row("192.0.2.3", kNoon - 1, 1, 1)};
  const auto rows = questions().ledger(range_).value();
  ASSERT_EQ(rows.size(), 2u);
  EXPECT_EQ(rows[0].exporter, address("192.0.2.1"));
  EXPECT_EQ(rows[0].counts.flows, 6u);
  EXPECT_EQ(rows[0].counts.records, 7u);
  EXPECT_EQ(rows[1].exporter, address("192.0.2.2"));
}

TEST_F(QuestionsTest, SumsPerExporterAreThoseOfTheRows) {
  uncommitted_ = {row("192.0.2.1", kNoon, 4, 0), row("2001:db8::1", kNoon, 1, 1)};
  const query::TimeRange day{kNoon - base::kMsPerDay, kNoon + base::kMsPerDay};
  const auto sums = questions().ledger_sums(day).value();
  std::map<flow::Address, flow::LedgerCounts> expected;
  const auto rows = questions().ledger(day).value();
  for (const auto& row : rows) expected[row.exporter] += row.counts;
  EXPECT_EQ(sums, expected);
  EXPECT_EQ(sums.at(address("192.0.2.1")).flows, 15u);
  EXPECT_EQ(sums.at(address("192.0.2.1"))[flow::NotCounted::RecordTruncated], 10u);
}

TEST_F(QuestionsTest, AnAnswerTellsTheLossOfItsRange) {
  query::Plan question = plan("src");
  question.range = range_;
  store::TextSink sink;
  query::Cancel cancel;
  EXPECT_EQ(questions().answer(question, sink, cancel)->loss.not_counted, 1u);
  uncommitted_ = {row("192.0.2.1", kNoon, 4, 2), row("192.0.2.2", kNoon, 0, 3)};
  store::TextSink again;
  const auto summary = questions().answer(question, again, cancel);
  EXPECT_EQ(summary->loss.not_counted, 6u);
  EXPECT_EQ(summary->loss.minutes, 2u);
}

// Refused rows are a loss before any commit says so.
TEST_F(QuestionsTest, AnAnswerTellsWhatTheStoreRefusedAndHasNotCommitted) {
  ScriptedStore store;
  flow::LedgerRow refused = row("192.0.2.1", kNoon, 0, 0);
  refused.counts.flows -= 5;
  refused.counts[flow::NotCounted::StoreRefused] = 5;
  store.refused_rows = {refused};
  uncommitted_ = {row("192.0.2.1", kNoon, 8, 0)};
  Questions asked(store,
                  {.ledger = [this] { return uncommitted_; }, .replaying = [] { return false; }});
  query::Plan question = plan("src");
  question.range = {kNoon + 1'000, kNoon + 2'000};
  store::TextSink sink;
  EXPECT_EQ(asked.answer(question, sink, query::Cancel())->loss.not_counted, 5u);
  EXPECT_EQ(asked.ledger(range_)->at(0).counts.flows, 3u);
}

TEST_F(QuestionsTest, CountsWhatRunsAndWhatNobodyWaitedFor) {
  Questions asked = questions();
  query::Plan question = plan("src");
  question.range = range_;
  store::TextSink sink;
  const query::Cancel cancel;
  EXPECT_TRUE(asked.answer(question, sink, cancel));
  EXPECT_EQ(asked.counters().cancelled.get(), 0u);
  class Nobody final : public query::AnswerSink {
    void head(const std::vector<query::AnswerColumn>&) override {}
    bool chunk(const query::AnswerChunk&) override { return false; }
  } nobody;
  EXPECT_FALSE(asked.answer(question, nobody, cancel));
  EXPECT_EQ(asked.counters().begun.get(), 2u);
  EXPECT_EQ(asked.counters().ended.get(), 2u);
  EXPECT_EQ(asked.counters().cancelled.get(), 1u);
}

TEST_F(QuestionsTest, TheApiAnswersFromTheEmbeddedStore) {
  const TestServer server({}, store_.get());
  const std::string range = "range=2026-11-23T11:00Z..2026-11-23T13:00Z";
  const boost::json::value answer =
      boost::json::parse(server.ask_unix("GET", "/api/v1/query?by=src&metric=bytes&" + range).body);
  EXPECT_EQ(boost::json::serialize(answer.at("rows")),
            R"([{"src":"2001:db8::2","bytes":700},{"src":"10.0.0.1","bytes":500}])");
  EXPECT_EQ(answer.at_pointer("/totals/bytes").as_int64(), 1200);
  EXPECT_EQ(answer.at_pointer("/loss/not_counted").as_int64(), 10);
  const boost::json::value ledger =
      boost::json::parse(server.ask_unix("GET", "/api/v1/ledger?" + range).body);
  EXPECT_EQ(ledger.at_pointer("/sums/flows").as_int64(), 11);
  EXPECT_EQ(ledger.at("minutes").get_array().size(), 3u);
}

}  // namespace
}  // namespace serve
