#include "serve/export/named_rows.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace serve {
namespace {

using query::AnswerType;
using testing::ElementsAre;

flow::Address address_of(std::string_view text) {
  return flow::parse_address(text).value();
}

std::shared_ptr<const know::Names> names() {
  return std::make_shared<const know::Names>(
      know::Names::Table{{address_of("192.168.1.5"), {"nas", know::NameOrigin::Lease, 1}},
                         {address_of("192.168.1.6"), {"=1+1 <b>", know::NameOrigin::Person, 1}}});
}

// Three hosts, of which the last has no name, and one row without an address.
std::string written(Format format, const ShownAddresses& shown = {}) {
  query::Plan plan;
  plan.by = {flow::Column::src};
  plan.metrics = {query::Metric::Bytes};
  std::string text;
  const auto writer = with_names(make_writer(format, plan,
                                             [&](std::string_view piece) {
                                               text += piece;
                                               return true;
                                             }),
                                 names(), name_place(format), shown);
  writer->head({{"src", AnswerType::Address}, {"bytes", AnswerType::Number}});
  query::AnswerChunk chunk;
  chunk.rows = 4;
  chunk.columns = {{.valid = {1, 1, 1, 0},
                    .numbers = {},
                    .addresses = {address_of("192.168.1.5"),
                                  address_of("192.168.1.6"),
                                  address_of("192.0.2.1"),
                                  {}},
                    .texts = {}},
                   {.valid = {1, 1, 1, 1}, .numbers = {4, 3, 2, 1}, .addresses = {}, .texts = {}}};
  EXPECT_TRUE(writer->chunk(chunk));
  query::AnswerSummary summary;
  summary.totals = {10};
  EXPECT_TRUE(writer->finish(summary));
  return text;
}

TEST(NamedRows, StandBehindTheColumnsThatProgramsKnow) {
  EXPECT_EQ(written(Format::Csv),
            "src,bytes,src_name\n"
            "192.168.1.5,4,nas\n"
            "192.168.1.6,3,'=1+1 <b>\n"
            "192.0.2.1,2,\n"
            ",1,\n");
  EXPECT_EQ(written(Format::Ndjson),
            "{\"src\":\"192.168.1.5\",\"bytes\":4,\"src_name\":\"nas\"}\n"
            "{\"src\":\"192.168.1.6\",\"bytes\":3,\"src_name\":\"=1+1 <b>\"}\n"
            "{\"src\":\"192.0.2.1\",\"bytes\":2}\n"
            "{\"bytes\":1}\n");
}

TEST(NamedRows, StandBesideTheirAddressesForReading) {
  EXPECT_THAT(written(Format::Table), testing::StartsWith("src          src_name  bytes\n"
                                                          "192.168.1.5  nas           4\n"
                                                          "192.168.1.6  =1+1 <b>      3\n"
                                                          "192.0.2.1                  2\n"));
}

TEST(NamedRows, TellWhichAddressesWereShown) {
  std::vector<flow::Address> shown;
  written(Format::Csv, [&](std::span<const flow::Address> addresses) {
    shown.assign(addresses.begin(), addresses.end());
  });
  EXPECT_THAT(shown,
              testing::UnorderedElementsAre(address_of("192.168.1.5"), address_of("192.168.1.6"),
                                            address_of("192.0.2.1")));
}

}  // namespace
}  // namespace serve
