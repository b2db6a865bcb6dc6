#include "serve/export/export.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

namespace serve {
namespace {

using query::AnswerChunk;
using query::AnswerColumn;
using query::AnswerSummary;
using query::AnswerType;
using query::AnswerValues;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

flow::Address address(const char* text) {
  return *flow::parse_address(text);
}

AnswerValues addresses(std::vector<flow::Address> values) {
  AnswerValues column;
  column.valid.assign(values.size(), 1);
  column.addresses = std::move(values);
  return column;
}
AnswerValues numbers(std::vector<std::int64_t> values) {
  AnswerValues column;
  column.valid.assign(values.size(), 1);
  column.numbers = std::move(values);
  return column;
}
AnswerValues texts(std::vector<std::string_view> values) {
  AnswerValues column;
  column.valid.assign(values.size(), 1);
  column.texts = std::move(values);
  return column;
}

query::Plan plan_by_src() {
  query::Plan plan;
  plan.by = {query::Dimension{flow::Column::src}};
  plan.metrics = {query::Metric::Bytes, query::Metric::Flows};
  plan.range = {1'000, 2'000};
  return plan;
}

AnswerSummary summary() {
  AnswerSummary said;
  said.range = {1'000, 2'000};
  said.totals = {1'234'567, 5};
  said.rest_groups = 2;
  said.rest = {67, 2};
  said.tier = "raw";
  said.bound = {0, 0};
  return said;
}

std::string written(Format format, const query::Plan& plan, const std::vector<AnswerColumn>& head,
                    const std::vector<AnswerChunk>& chunks, const AnswerSummary& said) {
  std::string text;
  const auto writer = make_writer(format, plan, [&](std::string_view piece) {
    text += piece;
    return true;
  });
  writer->head(head);
  for (const AnswerChunk& chunk : chunks) EXPECT_TRUE(writer->chunk(chunk));
  EXPECT_TRUE(writer->finish(said));
  return text;
}

const std::vector<AnswerColumn> kHead = {
    {"src", AnswerType::Address}, {"bytes", AnswerType::Number}, {"flows", AnswerType::Number}};

AnswerChunk two_hosts() {
  AnswerChunk chunk{2,
                    {addresses({address("2001:db8::1"), address("10.0.0.1")}),
                     numbers({1'234'000, 500}), numbers({2, 1})}};
  chunk.columns[0].valid[1] = 0;
  return chunk;
}

TEST(Formats, HaveNamesAndContentTypes) {
  for (const auto* name : {"table", "json", "csv", "ndjson"}) {
    ASSERT_TRUE(find_format(name)) << name;
    EXPECT_FALSE(content_type(*find_format(name)).empty());
  }
  EXPECT_EQ(find_format("xml"), std::nullopt);
}

TEST(JsonAnswer, HoldsRowsAndWhatTheAnswerSaysOfItself) {
  auto said = summary();
  said.loss = {3, 4, 5};
  said.kept_from = 1'500;
  const auto json =
      boost::json::parse(written(Format::Json, plan_by_src(), kHead, {two_hosts()}, said));
  EXPECT_EQ(json.at("rows"), boost::json::parse(R"([{"src":"2001:db8::1","bytes":1234000,"flows":2},
                                                   {"bytes":500,"flows":1}])"));
  EXPECT_EQ(json.at("totals"), boost::json::parse(R"({"bytes":1234567,"flows":5})"));
  EXPECT_EQ(json.at("rest"), boost::json::parse(R"({"groups":2,"bytes":67,"flows":2})"));
  EXPECT_EQ(json.at("range"), boost::json::parse(R"({"from":1000,"to":2000})"));
  EXPECT_EQ(json.at("tier"), "raw");
  EXPECT_EQ(json.at("exact"), true);
  EXPECT_EQ(json.at("kept_from"), 1'500);
  EXPECT_EQ(json.at("bound"), boost::json::parse(R"({"bytes":0,"flows":0})"));
  EXPECT_EQ(json.at("loss"),
            boost::json::parse(R"({"sequence_gap":3,"not_counted":4,"minutes":5})"));
  EXPECT_EQ(json.as_object().count("step"), 0u);
}

TEST(JsonAnswer, WithoutRowsIsWhole) {
  const auto json = boost::json::parse(written(Format::Json, plan_by_src(), kHead, {}, summary()));
  EXPECT_TRUE(json.at("rows").as_array().empty());
}

TEST(JsonAnswer, WritesEveryType) {
  query::Plan plan;
  plan.flows = true;
  const std::vector<AnswerColumn> head = {{"start", AnswerType::Time},
                                          {"counted", AnswerType::Flag},
                                          {"src_mac", AnswerType::Mac},
                                          {"app", AnswerType::Text},
                                          {"n", AnswerType::Number}};
  const AnswerChunk chunk{1,
                          {numbers({1'786'651'200'123}), numbers({0}), numbers({0x000c294f8e35}),
                           texts({"a\"\n"}), numbers({std::numeric_limits<std::int64_t>::min()})}};
  const auto json = boost::json::parse(written(Format::Json, plan, head, {chunk}, summary()));
  EXPECT_EQ(json.at("rows"), boost::json::parse(R"([{"start":1786651200123,"counted":false,
              "src_mac":"00:0c:29:4f:8e:35","app":"a\"\n","n":-9223372036854775808}])"));
  EXPECT_EQ(json.as_object().count("totals"), 0u);
}

TEST(NdjsonAnswer, IsARowPerLine) {
  EXPECT_EQ(
      written(Format::Ndjson, plan_by_src(), kHead, {two_hosts()}, summary()),
      "{\"src\":\"2001:db8::1\",\"bytes\":1234000,\"flows\":2}\n{\"bytes\":500,\"flows\":1}\n");
}

TEST(CsvAnswer, LeavesAbsentCellsEmpty) {
  EXPECT_EQ(written(Format::Csv, plan_by_src(), kHead, {two_hosts()}, summary()),
            "src,bytes,flows\n2001:db8::1,1234000,2\n,500,1\n");
}

TEST(CsvAnswer, QuotesTextsAndDisarmsFormulas) {
  const std::vector<AnswerColumn> head = {{"app", AnswerType::Text}, {"n", AnswerType::Number}};
  const AnswerChunk chunk{8,
                          {texts({"plain", "a,b", "say \"hi\"", "=1+1", "@x", "-", "", "+a\"\r\n"}),
                           numbers({-1, 0, 1, 2, 3, 4, 5, 6})}};
  EXPECT_EQ(written(Format::Csv, {}, head, {chunk}, summary()),
            "app,n\nplain,-1\n\"a,b\",0\n\"say \"\"hi\"\"\",1\n'=1+1,2\n'@x,3\n'-,4\n\"\",5\n"
            "\"'+a\"\"\r\n\",6\n");
}

TEST(CsvAnswer, WritesTextsLongerThanItsBuffer) {
  const std::string longer(1'000'000, 'x');
  const std::vector<AnswerColumn> head = {{"app", AnswerType::Text}, {"n", AnswerType::Number}};
  const AnswerChunk chunk{2, {texts({longer, longer}), numbers({1, 2})}};
  EXPECT_EQ(written(Format::Csv, {}, head, {chunk}, summary()),
            "app,n\n" + longer + ",1\n" + longer + ",2\n");
}

TEST(CsvAnswer, KeepsEveryRowAcrossFlushes) {
  const std::vector<AnswerColumn> head = {{"n", AnswerType::Number}};
  std::vector<std::int64_t> values;
  std::string expected = "n\n";
  for (std::int64_t i = 0; i < 100'000; ++i) {
    values.push_back(i * 1'000'003);
    expected += std::to_string(values.back()) + "\n";
  }
  EXPECT_EQ(written(Format::Csv, {}, head, {{values.size(), {numbers(values)}}}, summary()),
            expected);
}

TEST(Writers, StopWhenTheReceiverHasGone) {
  for (const Format format : {Format::Table, Format::Json, Format::Csv, Format::Ndjson}) {
    int calls = 0;
    const auto writer = make_writer(format, plan_by_src(), [&](std::string_view) {
      ++calls;
      return false;
    });
    writer->head(kHead);
    AnswerChunk chunk{
        50'000,
        {addresses(std::vector<flow::Address>(50'000)), numbers(std::vector<std::int64_t>(50'000)),
         numbers(std::vector<std::int64_t>(50'000))}};
    EXPECT_FALSE(writer->chunk(chunk));
    EXPECT_FALSE(writer->finish(summary()));
    EXPECT_EQ(calls, 1);
  }
}

TEST(TableAnswer, AlignsColumnsAndShowsRestAndTotal) {
  EXPECT_EQ(written(Format::Table, plan_by_src(), kHead, {two_hosts()}, summary()),
            "src              bytes  flows\n"
            "2001:db8::1  1,234,000      2\n"
            "                   500      1\n"
            "rest (2)            67      2\n"
            "total        1,234,567      5\n"
            "1970-01-01T00:00:01Z to 1970-01-01T00:00:02Z, tier raw\n");
}

TEST(TableAnswer, HidesControlCharacters) {
  const std::vector<AnswerColumn> head = {{"app", AnswerType::Text}};
  query::Plan plan;
  plan.flows = true;
  EXPECT_THAT(written(Format::Table, plan, head, {{1, {texts({"\x1b[31mü"})}}}, summary()),
              HasSubstr("?[31mü\n"));
}

TEST(Remarks, SayWhatTheRowsDoNot) {
  EXPECT_TRUE(remarks(plan_by_src(), summary()).empty());
  auto said = summary();
  said.replaying = true;
  said.kept_from = 1'500;
  said.exact = false;
  said.bound = {10, 1};
  said.loss = {7, 8, 9};
  said.removed_bytes = 11;
  EXPECT_THAT(remarks(plan_by_src(), said),
              ElementsAre(HasSubstr("journal"), HasSubstr("before 1970-01-01T00:00:01.500Z"),
                          HasSubstr("bytes 10, flows 1"), HasSubstr("7 that never came"),
                          HasSubstr("11 bytes")));
}

}  // namespace
}  // namespace serve
