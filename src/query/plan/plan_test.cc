#include "query/plan/plan.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "query/time_text.h"

namespace query {
namespace {

using flow::Column;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

constexpr base::UnixMs kNow = 1'786'651'200'000;  // 2026-08-13T20:00Z

TimeRange range(std::string_view text) {
  return parse_range(text, kNow).value_or(TimeRange{});
}

base::UserError range_error(std::string_view text) {
  const auto parsed = parse_range(text, kNow);
  return parsed ? base::UserError{{}, "no error", {}} : parsed.error();
}

base::UserError plan_error(const PlanText& text) {
  const auto plan = make_plan(text, kNow);
  return plan ? base::UserError{{}, "no error", {}} : base::UserError{plan.error()};
}

TEST(ParseRange, TakesEveryForm) {
  EXPECT_EQ(range("-24h"), (TimeRange{kNow - base::kMsPerDay, kNow}));
  EXPECT_EQ(range("-7d..-1d"), (TimeRange{kNow - 7 * base::kMsPerDay, kNow - base::kMsPerDay}));
  EXPECT_EQ(range("-1h..now"), (TimeRange{kNow - base::kMsPerHour, kNow}));
  EXPECT_EQ(range("2026-08-13T18:00Z..2026-08-13T19:00Z"),
            (TimeRange{kNow - 2 * base::kMsPerHour, kNow - base::kMsPerHour}));
  EXPECT_EQ(range("2026-08-12Z"),
            (TimeRange{kNow - 44 * base::kMsPerHour, kNow - 20 * base::kMsPerHour}));
  EXPECT_EQ(range("1786651100000..1786651200000"), (TimeRange{1'786'651'100'000, kNow}));
}

TEST(ParseRange, DaysAreThoseOfTheMachinesZone) {
  EXPECT_EQ(range("today"), (TimeRange{local_midnight(kNow, 0), kNow}));
  EXPECT_EQ(range("yesterday"), (TimeRange{local_midnight(kNow, -1), local_midnight(kNow, 0)}));
  EXPECT_EQ(range("week"), (TimeRange{local_week(kNow), kNow}));
  EXPECT_EQ(range("month"), (TimeRange{local_month(kNow), kNow}));
  EXPECT_EQ(range("2026-08-12"), (TimeRange{local_midnight(kNow, -1), local_midnight(kNow, 0)}));
}

TEST(ParseRange, SaysWhatWasExpected) {
  for (const auto* text : {"", "..", "-", "-24", "-24x", "noon", "-1h..", "a..b", "-1h..-2h..-3h",
                           "0..9223372036854775807"}) {
    EXPECT_EQ(range_error(text).where, "range") << text;
    EXPECT_THAT(range_error(text).what, HasSubstr("expected -24h, -7d..-1d")) << text;
  }
  EXPECT_EQ(range_error("24h").hint, "the last 24h is -24h");
  EXPECT_EQ(range_error("2026-08-13T18:00Z").hint, "until now is 2026-08-13T18:00Z..now");
  EXPECT_EQ(range_error("bill").hint, "billing cycles are not known to Weir yet");
  EXPECT_THAT(range_error("-1h..-2h").what, HasSubstr("begins before it ends"));
}

TEST(MakePlan, TakesTheDefaults) {
  const auto plan = make_plan({}, kNow);
  ASSERT_TRUE(plan);
  EXPECT_EQ(plan->filter.root, nullptr);
  EXPECT_TRUE(plan->by.empty());
  EXPECT_THAT(plan->metrics, ElementsAre(Metric::Bytes, Metric::Packets, Metric::Flows));
  EXPECT_EQ(plan->range, (TimeRange{kNow - base::kMsPerDay, kNow}));
  EXPECT_EQ(plan->step_ms, 0);
  EXPECT_EQ(plan->top, 10u);
  EXPECT_TRUE(plan->counted_only);
  EXPECT_FALSE(plan->flows);
}

TEST(MakePlan, ReadsEveryMember) {
  PlanText text;
  text.filter = "port:443";
  text.by = "src,dport,proto,dir";
  text.metric = "flows,raw_bytes";
  text.range = "-1h";
  text.step = "5m";
  text.top = "3";
  const auto plan = make_plan(text, kNow);
  ASSERT_TRUE(plan) << base::to_text(plan.error());
  EXPECT_EQ(plan->filter.canonical, "port:443");
  EXPECT_THAT(plan->by, ElementsAre(Dimension{Column::src}, Dimension{Column::dst_port},
                                    Dimension{Column::protocol}, Dimension{DerivedDimension::Way}));
  EXPECT_THAT(plan->metrics, ElementsAre(Metric::Flows, Metric::RawBytes));
  EXPECT_EQ(plan->step_ms, 5 * base::kMsPerMinute);
  EXPECT_EQ(plan->top, 3u);
}

TEST(MakePlan, ReadsStepsOfACalendar) {
  PlanText text;
  text.step = "day";
  text.range = "month";
  const auto plan = make_plan(text, kNow);
  ASSERT_TRUE(plan) << base::to_text(plan.error());
  EXPECT_EQ(plan->calendar, Calendar::Day);
  EXPECT_EQ(plan->step_ms, base::kMsPerHour);
  text.range = "0..now";
  EXPECT_EQ(make_plan(text, kNow).error().where, "step");
}

TEST(MakePlan, ListsFlows) {
  PlanText text;
  text.flows = "1";
  text.limit = "100";
  const auto plan = make_plan(text, kNow);
  ASSERT_TRUE(plan);
  EXPECT_TRUE(plan->flows);
  EXPECT_EQ(plan->flows_limit, 100u);
  EXPECT_FALSE(plan->counted_only);
  text.by = "src";
  EXPECT_EQ(plan_error(text).where, "by");
}

TEST(MakePlan, CountsOnceUnlessTheQuestionIsAboutObservationPoints) {
  const auto counted_only = [](const char* filter, const char* by) {
    PlanText text;
    text.filter = filter;
    text.by = by;
    return make_plan(text, kNow)->counted_only;
  };
  EXPECT_TRUE(counted_only("host:10.0.0.1", "src,app"));
  EXPECT_FALSE(counted_only("exporter:10.0.0.1", "src"));
  EXPECT_FALSE(counted_only("-(port:1 | if:3)", "src"));
  EXPECT_FALSE(counted_only("", "exporter"));
  EXPECT_FALSE(counted_only("", "if"));
}

TEST(MakePlan, NamesTheWrongMember) {
  const auto error = [](std::string PlanText::*member, const char* value) {
    PlanText text;
    text.*member = value;
    return plan_error(text);
  };
  EXPECT_EQ(error(&PlanText::filter, "port:x").where, "filter, character 6");
  EXPECT_THAT(error(&PlanText::by, "colour").hint, HasSubstr("one of host, "));
  EXPECT_EQ(error(&PlanText::by, "exportr").hint, "exporter");
  EXPECT_EQ(error(&PlanText::by, "port").hint, "src_port or dst_port");
  EXPECT_EQ(error(&PlanText::by, "src,src").what, "`src` came twice");
  EXPECT_EQ(error(&PlanText::by, "bytes").where, "by");
  EXPECT_EQ(error(&PlanText::by, "host,if").where, "by");
  EXPECT_THAT(error(&PlanText::by, "tag").what, HasSubstr("not known to Weir yet"));
  EXPECT_THAT(error(&PlanText::by, "src,dst,src_port,dst_port,protocol,tos,vlan,app,exporter").what,
              HasSubstr("at most 8"));
  EXPECT_EQ(error(&PlanText::metric, "octets").where, "metric");
  EXPECT_EQ(error(&PlanText::metric, "bytes,bytes").what, "`bytes` came twice");
  EXPECT_EQ(error(&PlanText::top, "0").where, "top");
  EXPECT_EQ(error(&PlanText::top, "10001").where, "top");
  EXPECT_EQ(error(&PlanText::step, "5").where, "step");
  EXPECT_EQ(error(&PlanText::step, "0s").where, "step");
  EXPECT_THAT(error(&PlanText::step, "1ms").what, HasSubstr("at most 100000 steps"));
  EXPECT_EQ(error(&PlanText::range, "x").where, "range");
  EXPECT_EQ(error(&PlanText::flows, "yes").where, "flows");
  EXPECT_EQ(error(&PlanText::limit, "5").where, "limit");
}

}  // namespace
}  // namespace query
