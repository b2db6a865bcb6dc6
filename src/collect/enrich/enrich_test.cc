#include "collect/enrich/enrich.h"

#include <gtest/gtest.h>

#include <array>

#include "flow/name_pool.h"
#include "know/testing_mmdb.h"

namespace collect {
namespace {

using flow::bit;
using flow::Column;
using flow::FlowRecord;

FlowRecord https_flow() {
  FlowRecord flow;
  flow.exporter = flow::Address::v4(0xc0000201);
  flow.src = flow::Address::v4(0x0a000001);
  flow.dst = flow::Address::v4(0xc6336401);
  flow.protocol = 6;
  flow.src_port = 50'000;
  flow.dst_port = 443;
  flow.present = bit(Column::exporter) | bit(Column::src) | bit(Column::dst) |
                 bit(Column::protocol) | bit(Column::src_port) | bit(Column::dst_port);
  return flow;
}

TEST(Enricher, FillsLocalityApplicationAndCounted) {
  const Knowledge knowledge;
  std::array flows = {https_flow()};
  Enricher(knowledge).enrich(flows);
  EXPECT_EQ(flows[0].locality, static_cast<std::uint8_t>(flow::Locality::LocalToRemote));
  EXPECT_EQ(flow::NamePool::instance().text_of(flows[0].app), "https");
  EXPECT_EQ(flow::word_of(Column::app_evidence, flows[0].app_evidence), "service");
  EXPECT_TRUE(flows[0].counted);
  for (const Column column :
       {Column::locality, Column::app, Column::app_evidence, Column::counted}) {
    EXPECT_TRUE(flows[0].has(column));
  }
  EXPECT_FALSE(flows[0].has(Column::sampling_rate));
}

TEST(Enricher, SaysNothingOfWhatWasNotExported) {
  const Knowledge knowledge;
  std::array<FlowRecord, 2> flows{};
  flows[1].protocol = 6;
  flows[1].src_port = 443;  // a value without its presence bit is no port
  flows[1].present = bit(Column::protocol);
  Enricher(knowledge).enrich(flows);
  EXPECT_FALSE(flows[0].has(Column::locality));
  EXPECT_FALSE(flows[0].has(Column::app));
  EXPECT_EQ(flow::NamePool::instance().text_of(flows[1].app), "other-tcp");
}

TEST(Enricher, ASetSamplingRateWinsOverTheExportersAndTheLongestPrefixCounts) {
  Knowledge knowledge;
  knowledge.sampling.publish(
      std::make_shared<const SamplingOverrides>(std::vector<SamplingOverrides::Override>{
          {*flow::parse_network("192.0.2.0/24"), 10}, {*flow::parse_network("192.0.2.1"), 1000}}));
  std::array flows = {https_flow(), https_flow(), https_flow()};
  flows[0].sampling_rate = 7;
  flows[0].present |= bit(Column::sampling_rate);
  flows[1].exporter = flow::Address::v4(0xc0000202);
  flows[2].exporter = flow::Address::v4(0xc6336401);
  Enricher(knowledge).enrich(flows);
  EXPECT_EQ(flows[0].sampling_rate, 1000u);
  EXPECT_EQ(flows[0].sampling_source, static_cast<std::uint8_t>(flow::SamplingSource::Setting));
  EXPECT_EQ(flows[1].sampling_rate, 10u);
  EXPECT_FALSE(flows[2].has(Column::sampling_rate));
}

TEST(Enricher, LeavesTheApplicationThatTheExporterNamed) {
  const Knowledge knowledge;
  std::array flows = {https_flow()};
  flows[0].app = flow::NamePool::instance().id_of(flow::NameKind::Heard, "web-video");
  flows[0].app_evidence = static_cast<std::uint8_t>(flow::AppEvidence::Exporter);
  flows[0].present |= bit(Column::app) | bit(Column::app_evidence);
  Enricher(knowledge).enrich(flows);
  EXPECT_EQ(flow::NamePool::instance().text_of(flows[0].app), "web-video");
  EXPECT_EQ(flow::word_of(Column::app_evidence, flows[0].app_evidence), "exporter");
}

TEST(Enricher, SaysWhereRemoteEndsAre) {
  using know::MmdbValue;
  const std::string file = ::testing::TempDir() + "weir_enrich_places";
  know::MmdbWriter writer;
  writer.add("198.51.100.0/24", {{"country", MmdbValue{std::string("IS")}},
                                 {"autonomous_system_number", MmdbValue{std::uint32_t{64'500}}}});
  writer.add("10.0.0.0/8", {{"country", MmdbValue{std::string("DE")}}});
  writer.write(file);
  std::string problem;
  Knowledge knowledge;
  knowledge.places.publish(std::make_shared<const know::Places>(file, file, problem));
  ASSERT_EQ(problem, "");
  std::array flows = {https_flow(), https_flow(), https_flow()};
  flows[1].dst_as = 64'501;
  flows[1].present |= bit(Column::dst_as);
  flows[2].dst_as = 0;
  flows[2].present |= bit(Column::dst_as);
  std::swap(flows[2].src, flows[2].dst);
  Enricher(knowledge).enrich(flows);
  EXPECT_EQ(flow::NamePool::instance().text_of(flows[0].dst_country), "IS");
  EXPECT_FALSE(flows[0].has(Column::src_country));  // a local end is nowhere
  EXPECT_EQ(flows[0].dst_as, 64'500u);
  EXPECT_EQ(flows[1].dst_as, 64'501u);  // what the exporter said
  EXPECT_TRUE(flows[2].has(Column::src_country));
  EXPECT_FALSE(flows[2].has(Column::dst_country));
  EXPECT_EQ(flows[2].src_as, 64'500u);
  EXPECT_EQ(flows[2].dst_as, 0u);
}

TEST(Enricher, KeepsWhatItFetchedWhenNewerKnowledgeIsPublished) {
  Knowledge knowledge;
  const Enricher earlier(knowledge);
  knowledge.networks.publish(std::make_shared<const know::LocalNetworks>(
      std::vector{*flow::parse_network("198.51.100.0/24")}));
  std::array flows = {https_flow()};
  earlier.enrich(flows);
  EXPECT_EQ(flows[0].locality, static_cast<std::uint8_t>(flow::Locality::LocalToRemote));
  Enricher(knowledge).enrich(flows);
  EXPECT_EQ(flows[0].locality, static_cast<std::uint8_t>(flow::Locality::LocalToLocal));
}

}  // namespace
}  // namespace collect
