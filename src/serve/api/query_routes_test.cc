#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

namespace json = boost::json;

class QueryRoute : public testing::Test {
 protected:
  QueryRoute() {
    server.store.on_query =
        [this](const query::Plan& plan, query::AnswerSink& sink,
               const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
      asked = plan;
      if (failure) return base::Unexpected(*failure);
      sink.head({{"src", query::AnswerType::Address}, {"bytes", query::AnswerType::Number}});
      query::AnswerSummary summary;
      summary.range = plan.range;
      summary.totals = summary.rest = summary.bound = {0};
      summary.tier = "raw";
      summary.loss = committed_loss;
      return summary;
    };
  }

  TestServer server;
  NamedText token = server.token(state::Role::Viewer);
  query::Plan asked;
  query::Loss committed_loss;
  std::optional<query::QueryError> failure;
};

TEST_F(QueryRoute, TakesTheFlagsOfTheCommandLine) {
  const Answer answer = server.get(
      "/api/v1/query?filter=port:443&by=src,app&metric=bytes&range=-2h..-1h&step=5m&top=3",
      {token});
  ASSERT_EQ(answer.status, 200) << answer.body;
  EXPECT_EQ(answer.header("content-type"), "application/json");
  EXPECT_EQ(asked.filter.canonical, "port:443");
  EXPECT_EQ(asked.by.size(), 2u);
  EXPECT_EQ(asked.metrics, std::vector{query::Metric::Bytes});
  EXPECT_EQ(asked.step_ms, 300'000);
  EXPECT_EQ(asked.top, 3u);
  EXPECT_EQ(asked.range.to - asked.range.from, base::kMsPerHour);
  EXPECT_EQ(json::parse(answer.body).at("tier").get_string(), "raw");
}

TEST_F(QueryRoute, AnswersInTheFormatsAsked) {
  EXPECT_EQ(server.get("/api/v1/query?format=csv&by=src&metric=bytes", {token}).body,
            "src,bytes,src_name\n");
  const Answer lines = server.get("/api/v1/query?format=ndjson&by=src", {token});
  EXPECT_EQ(lines.status, 200);
  EXPECT_EQ(lines.body, "");
  EXPECT_TRUE(lines.complete);
  EXPECT_EQ(server.get("/api/v1/query?format=xml", {token}).status, 400);
}

TEST_F(QueryRoute, PointsAtTheCharacterOfAFilterThatIsWrong) {
  const Answer answer = server.get("/api/v1/query?filter=app:dns+port:x", {token});
  EXPECT_EQ(answer.status, 400);
  const json::value error = json::parse(answer.body).at("error");
  EXPECT_EQ(error.at("from").as_int64(), 13);
  EXPECT_EQ(error.at("to").as_int64(), 14);
  EXPECT_EQ(error.at("where").get_string(), "filter, character 14");
}

TEST_F(QueryRoute, NamesTheParameterThatIsWrong) {
  const auto where = [&](const std::string& query) {
    const Answer answer = server.get("/api/v1/query?" + query, {token});
    EXPECT_EQ(answer.status, 400) << query;
    return std::string(json::parse(answer.body).at_pointer("/error/where").get_string());
  };
  EXPECT_EQ(where("by=nothing"), "by");
  EXPECT_EQ(where("range=whenever"), "range");
  EXPECT_EQ(where("step=5"), "step");
  EXPECT_EQ(where("top=many"), "top");
  EXPECT_EQ(where("metric=money"), "metric");
  EXPECT_EQ(where("fitler=x"), "fitler");
}

TEST_F(QueryRoute, SaysThatAQueryFailed) {
  failure = query::QueryError{query::QueryError::Kind::TooMuchMemory, "256 MB"};
  const Answer answer = server.get("/api/v1/query", {token});
  EXPECT_EQ(answer.status, 503);
  EXPECT_NE(answer.body.find("256 MB"), std::string::npos);
}

TEST_F(QueryRoute, TellsTheLossOfTheRangeCommittedOrNot) {
  const base::UnixMs minute = base::floor_to(server.clock.now_ms(), base::kMsPerMinute);
  const flow::Address router = *flow::parse_address("192.0.2.1");
  flow::LedgerRow row{router, minute, {}};
  row.counts.sequence_gap = 5;
  row.counts[flow::NotCounted::NoTemplatePending] = 3;
  server.store.committed = {row};
  committed_loss = {.sequence_gap = 105, .not_counted = 3, .minutes = 8};
  // The same minute goes on: more gap, a broken record, and the template for the three came.
  row.counts[flow::NotCounted::RecordTruncated] = 2;
  row.counts[flow::NotCounted::NoTemplatePending] = ~std::uint64_t{0} - 2;
  flow::LedgerRow outside{router, minute - base::kMsPerDay, {}};
  outside.counts.sequence_gap = 1'000;
  server.workers.emplace_back().uncommitted = {row, outside};

  const Answer answer = server.get("/api/v1/query?range=-1h", {token});
  const json::value loss = json::parse(answer.body).at("loss");
  EXPECT_EQ(loss.at("sequence_gap").as_int64(), 110);
  EXPECT_EQ(loss.at("not_counted").as_int64(), 2);
  EXPECT_EQ(loss.at("minutes").as_int64(), 8);
}

TEST(FilterRoute, ExplainsAFilter) {
  const TestServer server;
  const auto ask = [&](const std::string& query) {
    return json::parse(server.ask_unix("GET", "/api/v1/filter?" + query).body);
  };
  const json::value right = ask("text=host:10.0.0.5+-port:443");
  EXPECT_EQ(right.at("canonical").get_string(), "host:10.0.0.5 -port:443");
  EXPECT_EQ(right.at("chips").get_array().size(), 2u);
  EXPECT_TRUE(right.at("chips").get_array()[1].at("negated").get_bool());
  EXPECT_EQ(right.at("ast").at("and").get_array()[0].at("condition").get_string(), "host:10.0.0.5");
  EXPECT_TRUE(right.at("errors").get_array().empty());

  const json::value wrong = ask("text=port:x+nonsense:");
  EXPECT_TRUE(wrong.at("canonical").is_null());
  EXPECT_GE(wrong.at("errors").get_array().size(), 1u);
  EXPECT_EQ(wrong.at("errors").get_array()[0].at("from").as_int64(), 5);

  EXPECT_FALSE(ask("text=por&pos=3").at("completions").get_array().empty());
}

TEST(LedgerRoute, SumsKeepBothEqualities) {
  TestServer server;
  const base::UnixMs minute = base::floor_to(server.clock.now_ms(), base::kMsPerMinute);
  flow::LedgerRow row{*flow::parse_address("192.0.2.1"), minute, {}};
  row.counts.records = 10;
  row.counts.flows = 6;
  row.counts.options = 1;
  row.counts[flow::NotCounted::NoTemplateExpired] = 3;
  row.counts.sequence_sent = 12;
  row.counts.sequence_received = 10;
  row.counts.sequence_gap = 2;
  server.store.committed = {row};
  server.workers.emplace_back().uncommitted = {row};
  server.store.listed_parts.emplace_back().name = "flows/2026/11/23/bad.parquet";
  server.store.listed_parts.back().set_aside = true;
  server.store.told_status.last_problem = "disk full";
  server.receive.set_aside = {"segment 7: torn"};

  const json::value ledger = json::parse(server.ask_unix("GET", "/api/v1/ledger?range=-1h").body);
  const json::value& sums = ledger.at("sums");
  EXPECT_EQ(sums.at("records").as_int64(), 20);
  EXPECT_EQ(sums.at("records").as_int64(),
            sums.at("flows").as_int64() + sums.at("options").as_int64() +
                sums.at("events").as_int64() +
                sums.at("not_counted").at("NoTemplateExpired").as_int64());
  EXPECT_EQ(sums.at("sequence_sent").as_int64(),
            sums.at("sequence_received").as_int64() + sums.at("sequence_gap").as_int64());
  EXPECT_EQ(ledger.at("minutes").get_array().size(), 1u);
  EXPECT_EQ(ledger.at_pointer("/exporters/0/exporter").get_string(), "192.0.2.1");
  EXPECT_EQ(ledger.at_pointer("/store/parts_set_aside/0/name").get_string(),
            "flows/2026/11/23/bad.parquet");
  EXPECT_EQ(ledger.at_pointer("/store/segments_set_aside/0").get_string(), "segment 7: torn");
  EXPECT_EQ(ledger.at_pointer("/store/last_problem").get_string(), "disk full");
}

TEST(ExportersRoute, ListsTemplatesAsFarAsTheyHaveRoom) {
  TestServer server;
  flow::ExporterView view;
  view.exporter = *flow::parse_address("192.0.2.1");
  flow::TemplateView large;
  large.fields = std::string(300 << 10, 'x');
  flow::TemplateView small;
  small.fields = "octetDeltaCount 12345:7";
  view.templates = {std::make_shared<const flow::TemplateView>(large),
                    std::make_shared<const flow::TemplateView>(small)};
  flow::WorkerView worker;
  worker.exporters = {view};
  server.workers = {worker};

  const json::value answer =
      json::parse(server.ask_unix("GET", "/api/v1/exporters?range=-1h").body);
  EXPECT_EQ(answer.at("templates_left_out").to_number<int>(), 1);
  const json::array& templates = answer.at_pointer("/exporters/0/templates").as_array();
  ASSERT_EQ(templates.size(), 1u);
  EXPECT_EQ(templates[0].at("fields"), json::array({"octetDeltaCount", "12345:7"}));
}

TEST(ExportersRoute, TellsFlowsPerSecondSamplingWithItsOriginAndLearnedTimeouts) {
  TestServer server;
  const flow::Address router = *flow::parse_address("192.0.2.1");
  const base::UnixMs now = server.clock.now_ms();
  const base::UnixMs minute = base::floor_to(now, base::kMsPerMinute);
  flow::LedgerRow before{router, minute - 2 * base::kMsPerMinute, {}};
  before.counts.flows = 1'000'000;
  flow::LedgerRow lately{router, minute - base::kMsPerMinute, {}};
  lately.counts.flows = static_cast<std::uint64_t>((now - lately.minute) / base::kMsPerSecond) * 50;
  server.store.committed = {before, lately};
  flow::ExporterView view;
  view.exporter = router;
  view.active_timeout_ms = 60'000;
  view.sampling = {{.rate = 100, .source = 0}};
  flow::WorkerView worker;
  worker.exporters = {view};
  server.workers = {worker};
  ASSERT_TRUE(server.live_settings().change("exporters.sampling", [&](state::Settings& all) {
    all.exporters.sampling = {{*flow::parse_network("192.0.2.0/24"), 10},
                              {*flow::parse_network("192.0.2.1"), 20}};
    all.exporters.names = {{router, "=attic"}};
  }));

  const json::value told =
      json::parse(server.ask_unix("GET", "/api/v1/exporters").body).at_pointer("/exporters/0");
  EXPECT_EQ(told.at("flows_per_s").as_double(), 50.0);
  EXPECT_EQ(told.at("active_timeout_ms").as_int64(), 60'000);
  EXPECT_FALSE(told.as_object().contains("inactive_timeout_ms"));
  EXPECT_EQ(told.at("name").as_string(), "=attic");
  EXPECT_EQ(json::serialize(told.at("sampling")),
            R"([{"domain":0,"sampler":0,"rate":20,"source":"setting"},)"
            R"({"domain":0,"sampler":0,"rate":100,"source":"header"}])");
}

TEST(LedgerRoute, LeavesOutTheOldestMinutesOfALongRange) {
  TestServer server;
  const base::UnixMs minute = base::floor_to(server.clock.now_ms(), base::kMsPerMinute);
  for (int i = 0; i < 20'005; ++i) {
    server.store.committed.push_back(
        {*flow::parse_address("192.0.2.1"), minute - i * base::kMsPerMinute, {}});
    server.store.committed.back().counts.flows = 1;
  }
  const json::value ledger = json::parse(server.ask_unix("GET", "/api/v1/ledger?range=-30d").body);
  EXPECT_EQ(ledger.at("minutes").get_array().size(), 20'000u);
  EXPECT_EQ(ledger.at("minutes_from").as_int64(), minute - 19'999 * base::kMsPerMinute);
  EXPECT_EQ(ledger.at_pointer("/sums/flows").as_int64(), 20'005);
  EXPECT_EQ(ledger.at("minutes").get_array().back().at("time").as_int64(), minute);
}

// No number without its loss: an answer of zeros would say that nothing was lost.
TEST(LedgerRoute, SaysThatTheLedgerCannotBeRead) {
  TestServer server;
  server.store.is_ledger_unreadable = true;
  for (const char* target : {"/api/v1/ledger", "/api/v1/exporters", "/api/v1/diagnosis"}) {
    const Answer answer = server.ask_unix("GET", target);
    EXPECT_EQ(answer.status, 503) << target;
    EXPECT_NE(answer.body.find("the disk is gone"), std::string::npos) << target;
  }
}

TEST(LedgerRoute, ListsTheExportersWithMostDatagramsAndCountsTheRest) {
  TestServer server;
  const base::UnixMs minute = base::floor_to(server.clock.now_ms(), base::kMsPerMinute);
  for (std::uint32_t i = 0; i < 5'007; ++i) {
    server.store.committed.push_back({flow::Address::v4(0x0a000000 + i), minute, {}});
    server.store.committed.back().counts.datagrams = i < 7 ? 1 : 2;
  }
  const json::value ledger = json::parse(server.ask_unix("GET", "/api/v1/ledger").body);
  EXPECT_EQ(ledger.at("exporters").get_array().size(), 5'000u);
  EXPECT_EQ(ledger.at("exporters").at(0).at("exporter").as_string(), "10.0.0.7");
  EXPECT_EQ(ledger.at("exporters_left_out").as_int64(), 7);
  EXPECT_EQ(ledger.at_pointer("/sums/datagrams").as_int64(), 10'007);
  const json::value exporters = json::parse(server.ask_unix("GET", "/api/v1/exporters").body);
  EXPECT_EQ(exporters.at("exporters").get_array().size(), 5'000u);
  EXPECT_EQ(exporters.at("exporters_left_out").as_int64(), 7);
}

TEST(Metrics, CountWithBoundedLabels) {
  TestServer server;
  flow::WorkerView& worker = server.workers.emplace_back();
  for (std::uint32_t i = 0; i < 1'000; ++i) {
    flow::ExporterView& view = worker.exporters.emplace_back();
    view.exporter = flow::Address::v4(0x0a000000 + i);
    view.since_start.flows = 1;
    view.since_start[flow::NotCounted::CountLies] = 2;
    view.not_kept = 3;
  }
  worker.of_no_exporter[flow::NotCounted::ExporterOverCap] = 7;
  worker.of_no_exporter.flows = 5;  // of exporters that were evicted
  const std::string text = server.ask_unix("GET", "/metrics").body;
  const auto has = [&](const std::string& line) { return text.find(line) != std::string::npos; };
  EXPECT_TRUE(has("weir_exporters 1000\n"));
  EXPECT_TRUE(has("weir_exporter_flows_total{exporter=\"10.0.0.0\"} 1\n"));
  EXPECT_TRUE(has("weir_exporter_flows_total{exporter=\"others\"} 505\n"));
  EXPECT_TRUE(has("weir_not_counted_total{reason=\"CountLies\",unit=\"records\"} 2000\n"));
  EXPECT_TRUE(has("weir_not_counted_total{reason=\"ExporterOverCap\",unit=\"datagrams\"} 7\n"));
  EXPECT_TRUE(has("weir_not_kept 3000\n"));
  EXPECT_TRUE(has("weir_port_bound{port=\"127.0.0.1:2055\"} 1\n"));
  EXPECT_TRUE(has("# TYPE weir_http_requests_total counter\n"));
}

}  // namespace
}  // namespace serve
