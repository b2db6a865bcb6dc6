#include "collect/enrich/enrich.h"

#include <gtest/gtest.h>

#include <array>

#include "flow/name_pool.h"
#include "know/site_table.h"
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

TEST(Enricher, NamesTheSiteOfTheRemoteEndByTheBestEvidence) {
  flow::NamePool& pool = flow::NamePool::instance();
  const FlowRecord out = https_flow();
  FlowRecord in = out;
  std::swap(in.src, in.dst);
  FlowRecord of_another = out;
  of_another.src = flow::Address::v4(0x0a000002);
  FlowRecord of_an_as = out;
  of_an_as.dst = flow::Address::v4(0xc6336402);
  of_an_as.dst_as = 64'500;
  of_an_as.src_as = 64'501;  // the local end's
  of_an_as.present |= bit(Column::dst_as) | bit(Column::src_as);
  FlowRecord inside = out;
  inside.dst = flow::Address::v4(0x0a000003);
  FlowRecord elsewhere = out;
  elsewhere.dst = flow::Address::v4(0xc6336403);

  know::SiteTable table(know::SiteTable::kPairsLeast);
  table.hear({out.src, "www.example.org", out.dst, 60}, 1);
  table.hear({out.src, "nas.example.org", inside.dst, 60}, 1);
  table.take_names(std::make_shared<const know::Names>(
      know::Names::Table{{out.dst, {"Host.Example.NET", know::NameOrigin::ReverseDns, 1}},
                         {elsewhere.dst, {"a lease", know::NameOrigin::Lease, 1}}}));
  Knowledge knowledge;
  knowledge.sites.publish(table.changed());
  std::array flows = {out, in, of_another, of_an_as, inside, elsewhere};
  Enricher(knowledge).enrich(flows);  // notes the AS number
  table.take_as_numbers();
  knowledge.sites.publish(table.changed());
  flows = {out, in, of_another, of_an_as, inside, elsewhere};
  Enricher(knowledge).enrich(flows);

  const auto told = [&](const FlowRecord& flow) {
    if (!flow.has(Column::site) || !flow.has(Column::site_evidence)) return std::string();
    return std::string(pool.text_of(flow.site)) + " " +
           std::string(flow::word_of(Column::site_evidence, flow.site_evidence));
  };
  EXPECT_EQ(told(flows[0]), "www.example.org dns");
  EXPECT_EQ(told(flows[1]), "www.example.org dns");
  EXPECT_EQ(told(flows[2]), "host.example.net ptr");
  EXPECT_EQ(told(flows[3]), "AS64500 as");
  EXPECT_EQ(told(flows[4]), "");
  EXPECT_EQ(told(flows[5]), "");
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
