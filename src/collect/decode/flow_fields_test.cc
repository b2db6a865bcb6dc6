#include <gtest/gtest.h>

#include "collect/decode/testing_messages.h"
#include "wire/export/netflow5.h"

// What elements make of a flow: one template, one record, the columns that come out.
namespace collect {
namespace {

using flow::Column;
using flow::FlowRecord;
using flow::SamplingSource;

// A field of a template with the value it has in the record.
struct Said {
  wire::FieldSpecifier field;
  std::uint64_t value;
};

wire::Template template_of(std::uint16_t id, const std::vector<Said>& said) {
  wire::Template described{.id = id};
  for (const Said& one : said) described.fields.push_back(one.field);
  return described;
}

Octets data_of(std::uint16_t id, const std::vector<Said>& said) {
  std::vector<Value> values;
  for (const Said& one : said) values.push_back({one.value, one.field.length});
  return data_set(id, values);
}

Said element(std::uint16_t id, std::uint16_t length, std::uint64_t value) {
  return {{.id = id, .length = length}, value};
}

Said reverse_element(std::uint16_t id, std::uint16_t length, std::uint64_t value) {
  return {{.enterprise = 29305, .id = id, .length = length}, value};
}

std::vector<FlowRecord> all_in_ipfix(const std::vector<Said>& said) {
  Received received;
  return received.receive(ipfix({ipfix_template(template_of(256, said)), data_of(256, said)}));
}

FlowRecord in_ipfix(const std::vector<Said>& said) {
  const auto flows = all_in_ipfix(said);
  EXPECT_EQ(flows.size(), 1u);
  return flows.empty() ? FlowRecord() : flows[0];
}

FlowRecord in_netflow9(const std::vector<Said>& said) {
  Received received;
  const auto flows =
      received.receive(netflow9({netflow9_template(template_of(256, said)), data_of(256, said)}));
  EXPECT_EQ(flows.size(), 1u);
  return flows.empty() ? FlowRecord() : flows[0];
}

TEST(FlowFields, WhatWasNotSaidIsAbsent) {
  const auto flow = in_ipfix({element(8, 4, 1)});
  constexpr auto kOwn = flow::bit(Column::src) | flow::bit(Column::received) |
                        flow::bit(Column::exporter) | flow::bit(Column::domain) |
                        flow::bit(Column::export_time);
  EXPECT_EQ(flow.present, kOwn);
}

TEST(FlowFields, CountersOfEveryReducedSizeAreRead) {
  for (std::uint16_t length = 1; length <= 8; ++length) {
    EXPECT_EQ(in_ipfix({element(1, length, 200)}).bytes, 200) << length;
  }
  EXPECT_EQ(in_ipfix({element(1, 8, 0x7fffffffffffffff)}).bytes, 0x7fffffffffffffff);
}

TEST(FlowFields, ACounterNobodyCanHaveWasNotSaid) {
  EXPECT_FALSE(in_ipfix({element(1, 8, ~std::uint64_t{0})}).has(Column::bytes));
  EXPECT_FALSE(in_ipfix({element(152, 8, ~std::uint64_t{0})}).has(Column::start));
}

TEST(FlowFields, WhatItsColumnCannotHoldWasNotSaid) {
  EXPECT_FALSE(in_ipfix({element(7, 4, 70'000)}).has(Column::src_port));
  EXPECT_EQ(in_ipfix({element(7, 4, 65'535)}).src_port, 65'535);
  EXPECT_FALSE(in_ipfix({element(10, 8, std::uint64_t{1} << 32)}).has(Column::in_if));
  EXPECT_EQ(in_ipfix({element(10, 8, 0xffff'ffff)}).in_if, 0xffff'ffff);
  EXPECT_FALSE(in_ipfix({element(16, 8, std::uint64_t{1} << 40)}).has(Column::src_as));
  EXPECT_FALSE(in_ipfix({element(58, 3, 0x10000)}).has(Column::vlan));
  EXPECT_FALSE(in_ipfix({element(89, 4, 256)}).has(Column::forwarding_status));
  const auto of_both = in_ipfix({element(7, 4, 70'000), element(7, 4, 80)});
  EXPECT_TRUE(of_both.has(Column::src_port));
  EXPECT_EQ(of_both.src_port, 80);
}

TEST(FlowFields, ALengthTheElementCannotHaveIsPassedOver) {
  const auto flow =
      in_ipfix({element(8, 5, 1), element(4, 2, 6), element(1, 9, 7), element(2, 4, 3)});
  EXPECT_FALSE(flow.has(Column::src));
  EXPECT_FALSE(flow.has(Column::protocol));
  EXPECT_FALSE(flow.has(Column::bytes));
  EXPECT_EQ(flow.packets, 3);
}

TEST(FlowFields, EnterpriseElementsAreNotTakenForIanas) {
  const auto flow = in_ipfix({{{.enterprise = 9, .id = 8, .length = 4}, 77}, element(2, 4, 3)});
  EXPECT_FALSE(flow.has(Column::src));
  EXPECT_EQ(flow.packets, 3);
}

TEST(FlowFields, Netflow9IdsWithTheTopBitAreNobodys) {
  const auto flow = in_netflow9({element(0x8008, 4, 77), element(2, 4, 3)});
  EXPECT_FALSE(flow.has(Column::src));
  EXPECT_EQ(flow.packets, 3);
}

TEST(FlowFields, TotalsCountOnlyWithoutDeltasThenInitiatorThenPost) {
  EXPECT_EQ(in_ipfix({element(85, 8, 5), element(1, 4, 6)}).bytes, 6);
  EXPECT_EQ(in_ipfix({element(1, 4, 0), element(85, 8, 5)}).bytes, 0);
  EXPECT_EQ(in_ipfix({element(23, 4, 3), element(231, 4, 4), element(85, 8, 5)}).bytes, 5);
  EXPECT_EQ(in_ipfix({element(23, 4, 3), element(231, 4, 4)}).bytes, 4);
  EXPECT_EQ(in_ipfix({element(24, 4, 3)}).packets, 3);
}

TEST(FlowFields, OfBothFamiliesTheOneThatIsNotZeroCounts) {
  const auto v4 =
      in_ipfix({element(8, 4, 1), element(12, 4, 2), element(27, 16, 0), element(28, 16, 0)});
  EXPECT_EQ(v4.src, flow::Address::v4(1));
  EXPECT_EQ(v4.dst, flow::Address::v4(2));
  const auto v6 =
      in_ipfix({element(8, 4, 0), element(12, 4, 0), element(27, 16, 1), element(28, 16, 2)});
  EXPECT_EQ(v6.src, (flow::Address{0, 1}));
  EXPECT_EQ(v6.dst, (flow::Address{0, 2}));
  const auto dhcp =
      in_ipfix({element(27, 16, 0), element(8, 4, 0), element(28, 16, 0), element(12, 4, ~0u)});
  EXPECT_EQ(dhcp.src, flow::Address::v4(0));
}

TEST(FlowFields, OfARepeatedElementTheInnermostCounts) {
  const auto flow =
      in_ipfix({element(4, 1, 41), element(7, 2, 0), element(4, 1, 17), element(7, 2, 53)});
  EXPECT_EQ(flow.protocol, 17);
  EXPECT_EQ(flow.src_port, 53);
}

TEST(FlowFields, PhysicalInterfacesAndBgpNextHopStandInWhenTheOthersAreAbsent) {
  const auto flow = in_ipfix({element(252, 4, 1), element(253, 4, 2), element(18, 4, 3)});
  EXPECT_EQ(flow.in_if, 1u);
  EXPECT_EQ(flow.out_if, 2u);
  EXPECT_EQ(flow.next_hop, flow::Address::v4(3));
  EXPECT_EQ(in_ipfix({element(18, 4, 3), element(15, 4, 4)}).next_hop, flow::Address::v4(4));
}

TEST(FlowFields, AnUnknownDirectionIsNotSaid) {
  EXPECT_TRUE(in_ipfix({element(61, 1, 1)}).has(Column::direction));
  EXPECT_FALSE(in_ipfix({element(61, 1, 255)}).has(Column::direction));
}

TEST(FlowFields, IcmpTypeAndCodeFromWhereverTheyAre) {
  for (const auto& said : std::vector<std::vector<Said>>{
           {element(4, 1, 1), element(32, 2, 0x0301)},
           {element(4, 1, 58), element(139, 2, 0x0301), element(32, 2, 0)},
           {element(4, 1, 1), element(176, 1, 3), element(177, 1, 1)},
           {element(4, 1, 1), element(7, 2, 0), element(11, 2, 0x0301)},
           {element(4, 1, 1), element(7, 2, 0x0103), element(11, 2, 0)}}) {
    const auto flow = in_ipfix(said);
    ASSERT_TRUE(flow.has(Column::icmp_type));
    EXPECT_EQ(flow.icmp_type, 3);
    EXPECT_EQ(flow.icmp_code, 1);
  }
  EXPECT_FALSE(in_ipfix({element(4, 1, 6), element(32, 2, 0)}).has(Column::icmp_type));
  EXPECT_FALSE(in_ipfix({element(4, 1, 6), element(176, 1, 0)}).has(Column::icmp_type));
}

TEST(FlowTimes, UptimeStampsAreRelativeToTheHeadersUptimeAndMayWrap) {
  const auto flow =
      in_netflow9({element(22, 4, kExportUptimeMs - 5'000), element(21, 4, kExportUptimeMs - 1)});
  EXPECT_EQ(flow.start, kExportMs - 5'000);
  EXPECT_EQ(flow.end, kExportMs - 1);
  EXPECT_FALSE(flow.has(Column::export_time));
  const auto wrapped = in_netflow9({element(22, 4, 4'294'967'295u)});
  EXPECT_EQ(wrapped.start, kExportMs - kExportUptimeMs - 1);
  EXPECT_TRUE(wrapped.has(Column::export_time));
  EXPECT_EQ(in_netflow9({element(22, 8, kExportUptimeMs)}).start, kExportMs);  // NX-OS: 8 octets
}

TEST(FlowTimes, IpfixUptimeStampsNeedTheSystemsStart) {
  EXPECT_FALSE(in_ipfix({element(22, 4, 5'000)}).has(Column::start));
  EXPECT_EQ(in_ipfix({element(22, 4, 5'000), element(160, 8, kExportMs - 6'000)}).start,
            kExportMs - 1'000);

  Received received;  // from an options record
  const wire::Template options{.id = 300,
                               .is_options = true,
                               .scope_count = 1,
                               .fields = {{.id = 149, .length = 4}, {.id = 160, .length = 8}}};
  const std::vector<Said> said{element(22, 4, 5'000)};
  const auto flows = received.receive(
      ipfix({ipfix_template(options), ipfix_template(template_of(256, said)),
             data_set(300, {{0, 4}, {static_cast<std::uint64_t>(kExportMs - 6'000), 8}}),
             data_of(256, said)}));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].start, kExportMs - 1'000);
}

TEST(FlowTimes, EveryTimeElementIsRead) {
  const std::uint64_t ntp = (std::uint64_t{kExportSeconds} + 2'208'988'800u) << 32 | 0x80000000u;
  const std::uint64_t plain_us = static_cast<std::uint64_t>(kExportMs) * 1'000 + 500'000;
  const auto ms = static_cast<std::uint64_t>(kExportMs + 500);
  for (const Said& said :
       {element(150, 4, kExportSeconds), element(152, 8, ms), element(154, 8, ntp),
        element(156, 8, ntp), element(154, 8, plain_us), element(156, 8, plain_us * 1'000),
        element(158, 4, 0), element(322, 4, kExportSeconds), element(323, 8, ms),
        element(324, 8, ntp), element(325, 8, ntp)}) {
    const auto flow = in_ipfix({said});
    ASSERT_TRUE(flow.has(Column::start)) << said.field.id;
    EXPECT_LE(std::abs(flow.start - kExportMs), 500) << said.field.id;
  }
  EXPECT_EQ(in_ipfix({element(154, 8, ntp)}).start, kExportMs + 500);
  EXPECT_EQ(in_ipfix({element(159, 4, 2'000'000)}).end, kExportMs - 2'000);
}

TEST(FlowTimes, TheFinerElementCounts) {
  const auto ms = static_cast<std::uint64_t>(kExportMs - 7);
  EXPECT_EQ(in_ipfix({element(152, 8, ms), element(150, 4, 1)}).start, kExportMs - 7);
  EXPECT_EQ(in_netflow9({element(22, 4, kExportUptimeMs - 3), element(150, 4, 1)}).start,
            kExportMs - 3);
}

TEST(FlowTimes, ADurationMakesTheOtherEnd) {
  const auto flow = in_ipfix({element(150, 4, kExportSeconds), element(161, 4, 1'500)});
  EXPECT_EQ(flow.end, kExportMs + 1'500);
  const auto backwards = in_ipfix({element(151, 4, kExportSeconds), element(162, 4, 1'500'000)});
  EXPECT_EQ(backwards.start, kExportMs - 1'500);
}

TEST(FlowTimes, WithoutAnyTheExportTimeStands) {
  const auto flow = in_ipfix({element(8, 4, 1)});
  EXPECT_FALSE(flow.has(Column::start));
  EXPECT_FALSE(flow.has(Column::end));
  EXPECT_EQ(flow.export_time, kExportMs);
}

TEST(Biflow, MakesASecondFlowTheOtherWayRound) {
  const auto flows = all_in_ipfix({element(8, 4, 1), element(12, 4, 2), element(7, 2, 1'000),
                                   element(11, 2, 80), element(10, 4, 5), element(1, 8, 100),
                                   element(2, 8, 1), element(6, 1, 2), reverse_element(1, 8, 900),
                                   reverse_element(2, 8, 9), reverse_element(6, 1, 18)});
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[1].src, flow::Address::v4(2));
  EXPECT_EQ(flows[1].src_port, 80);
  EXPECT_EQ(flows[1].bytes, 900);
  EXPECT_EQ(flows[1].packets, 9);
  EXPECT_EQ(flows[1].tcp_flags, 18);
  EXPECT_FALSE(flows[1].has(Column::in_if));
  EXPECT_EQ(flows[1].out_if, 5u);
  EXPECT_EQ(flows[0].bytes, 100);
}

TEST(Biflow, TheOtherHalfDoesNotRepeatWhatIsTrueOfTheFirstAlone) {
  const auto flows =
      all_in_ipfix({element(8, 4, 1), element(12, 4, 2), element(4, 1, 1), element(176, 1, 8),
                    element(177, 1, 0), element(225, 4, 3), element(226, 4, 4), element(227, 2, 5),
                    element(228, 2, 6), element(1, 8, 100), reverse_element(1, 8, 900)});
  ASSERT_EQ(flows.size(), 2u);
  constexpr auto kOfTheFirst = flow::bit(Column::nat_src) | flow::bit(Column::nat_dst) |
                               flow::bit(Column::nat_src_port) | flow::bit(Column::nat_dst_port) |
                               flow::bit(Column::icmp_type) | flow::bit(Column::icmp_code);
  EXPECT_EQ(flows[0].present & kOfTheFirst, kOfTheFirst);
  EXPECT_EQ(flows[1].present & kOfTheFirst, 0u);
}

TEST(Biflow, AReverseTimeNobodyCanMeanWasNotSaid) {
  const auto ms = static_cast<std::uint64_t>(kExportMs);
  for (const std::uint64_t wrong :
       {std::uint64_t{1} << 63, ~std::uint64_t{0}, std::uint64_t{253'402'300'800'000}}) {
    const auto flows =
        all_in_ipfix({element(152, 8, ms - 9), element(153, 8, ms - 1), reverse_element(1, 8, 900),
                      reverse_element(152, 8, wrong), reverse_element(153, 8, wrong)});
    ASSERT_EQ(flows.size(), 2u);
    EXPECT_EQ(flows[0].start, kExportMs - 9);
    EXPECT_FALSE(flows[1].has(Column::start));
    EXPECT_FALSE(flows[1].has(Column::end));
    EXPECT_EQ(flows[1].export_time, kExportMs);
  }
}

TEST(Biflow, AnEmptyReverseHalfMakesNoFlow) {
  EXPECT_EQ(all_in_ipfix({element(1, 8, 100), reverse_element(1, 8, 0)}).size(), 1u);
  EXPECT_EQ(all_in_ipfix({element(231, 8, 100), element(232, 8, 0), element(299, 8, 0)}).size(),
            1u);
  EXPECT_EQ(all_in_ipfix({element(231, 8, 100), element(232, 8, 50)}).size(), 2u);
}

TEST(Sampling, FromTheRecordItself) {
  for (const auto& said :
       std::vector<std::vector<Said>>{{element(34, 4, 100)},
                                      {element(50, 4, 100)},
                                      {element(305, 4, 1), element(306, 4, 99)},
                                      {element(309, 4, 2), element(310, 4, 200)}}) {
    const auto flow = in_ipfix(said);
    EXPECT_EQ(flow.sampling_rate, 100u) << said[0].field.id;
    EXPECT_EQ(flow.sampling_source, static_cast<std::uint8_t>(SamplingSource::Record));
  }
}

TEST(Sampling, RatesNobodyCanMeanAreNotSaid) {
  EXPECT_FALSE(in_ipfix({element(34, 4, 0)}).has(Column::sampling_rate));
  EXPECT_FALSE(in_ipfix({element(34, 4, 4'000'000'001u)}).has(Column::sampling_rate));
  EXPECT_FALSE(in_ipfix({element(305, 4, 0), element(306, 4, 9)}).has(Column::sampling_rate));
  EXPECT_EQ(in_ipfix({element(34, 4, 16'777'216)}).sampling_rate, 1u);  // MikroTik: byte order
}

// The rate that a flow of domain 0 gets after an options record.
std::optional<std::uint32_t> rate_after(const wire::Template& options,
                                        const std::vector<Value>& option_values,
                                        const std::vector<Said>& said) {
  Received received;
  received.receive(ipfix({ipfix_template(options), data_set(options.id, option_values)}));
  const auto flows =
      received.receive(ipfix({ipfix_template(template_of(256, said)), data_of(256, said)}, 1));
  EXPECT_EQ(flows.size(), 1u);
  if (flows.empty() || !flows[0].has(Column::sampling_rate)) return std::nullopt;
  EXPECT_EQ(flows[0].sampling_source, static_cast<std::uint8_t>(SamplingSource::Options));
  return flows[0].sampling_rate;
}

wire::Template options_of(std::vector<wire::FieldSpecifier> fields) {
  return {.id = 300, .is_options = true, .scope_count = 1, .fields = std::move(fields)};
}

TEST(Sampling, FromOptionsBySamplerSelectorInterfaceTemplateAndSystem) {
  const auto by_sampler =
      options_of({{.id = 149, .length = 4}, {.id = 48, .length = 1}, {.id = 50, .length = 4}});
  EXPECT_EQ(rate_after(by_sampler, {{0, 4}, {3, 1}, {64, 4}}, {element(48, 2, 3)}), 64u);
  EXPECT_EQ(rate_after(by_sampler, {{0, 4}, {3, 1}, {64, 4}}, {element(48, 2, 4)}), std::nullopt);
  EXPECT_EQ(rate_after(by_sampler, {{0, 4}, {3, 1}, {64, 4}}, {element(8, 4, 4)}), std::nullopt);

  const auto by_selector =
      options_of({{.id = 302, .length = 8}, {.id = 305, .length = 4}, {.id = 306, .length = 4}});
  EXPECT_EQ(rate_after(by_selector, {{7, 8}, {1, 4}, {999, 4}}, {element(302, 4, 7)}), 1'000u);

  const auto by_interface = options_of({{.id = 10, .length = 4}, {.id = 34, .length = 4}});
  EXPECT_EQ(rate_after(by_interface, {{5, 4}, {10, 4}}, {element(10, 4, 5)}), 10u);
  EXPECT_EQ(rate_after(by_interface, {{5, 4}, {10, 4}}, {element(10, 4, 6)}), std::nullopt);

  const auto by_template = options_of({{.id = 145, .length = 2}, {.id = 34, .length = 4}});
  EXPECT_EQ(rate_after(by_template, {{256, 2}, {20, 4}}, {element(8, 4, 5)}), 20u);

  const auto by_system = options_of({{.id = 149, .length = 4}, {.id = 305, .length = 4}});
  EXPECT_EQ(rate_after(by_system, {{0, 4}, {30, 4}}, {element(8, 4, 5)}), 30u);
  EXPECT_EQ(rate_after(by_system, {{0, 4}, {30, 4}}, {element(48, 1, 5)}), 30u);
}

TEST(Sampling, Netflow9ScopesAreTypesNotElements) {
  Received received;
  const wire::Template options{.id = 300,
                               .is_options = true,
                               .scope_count = 1,
                               .fields = {{.id = 2, .length = 4}, {.id = 34, .length = 4}}};
  const std::vector<Said> said{element(10, 4, 5)};
  const auto flows = received.receive(
      netflow9({netflow9_template(options), netflow9_template(template_of(256, said)),
                data_set(300, {{5, 4}, {10, 4}}), data_of(256, said)}));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].sampling_rate, 10u);
}

TEST(Sampling, TheRateOnARowIsTheOneOfItsTime) {
  Received received;
  const auto options = options_of({{.id = 149, .length = 4}, {.id = 34, .length = 4}});
  const std::vector<Said> said{element(8, 4, 1)};
  received.receive(ipfix({ipfix_template(options), ipfix_template(template_of(256, said)),
                          data_set(300, {{0, 4}, {10, 4}}), data_of(256, said)}));
  received.receive(ipfix({data_set(300, {{0, 4}, {20, 4}}), data_of(256, said)}, 2));
  ASSERT_EQ(received.flows.size(), 2u);
  EXPECT_EQ(received.flows[0].sampling_rate, 10u);
  EXPECT_EQ(received.flows[1].sampling_rate, 20u);
}

Octets netflow5(const wire::Netflow5Header& header, const wire::Netflow5Record& record) {
  Octets octets;
  wire::ByteWriter out(octets);
  header.emit(out);
  record.emit(out);
  return octets;
}

TEST(Netflow5Fields, AllOfThemAndTheEngineAsDomain) {
  Received received;
  const auto flows = received.receive(netflow5({.count = 1,
                                                .sys_uptime_ms = 10'000,
                                                .unix_secs = kExportSeconds,
                                                .unix_nsecs = 250'000'000,
                                                .engine_type = 1,
                                                .engine_id = 2,
                                                .sampling = 0x4064},
                                               {.src = 1,
                                                .dst = 2,
                                                .next_hop = 3,
                                                .in_if = 4,
                                                .out_if = 5,
                                                .packets = 6,
                                                .octets = 4'294'967'295u,
                                                .first_ms = 9'000,
                                                .last_ms = 11'000,
                                                .src_port = 7,
                                                .dst_port = 8,
                                                .tcp_flags = 9,
                                                .protocol = 6,
                                                .tos = 10,
                                                .src_as = 11,
                                                .dst_as = 12,
                                                .src_mask = 13,
                                                .dst_mask = 14}));
  ASSERT_EQ(flows.size(), 1u);
  const FlowRecord& flow = flows[0];
  EXPECT_EQ(flow.start, kExportMs + 250 - 1'000);
  EXPECT_EQ(flow.end, kExportMs + 250 + 1'000);
  EXPECT_EQ(flow.domain, 0x0102u);
  EXPECT_EQ(flow.sampling_rate, 100u);
  EXPECT_EQ(flow.sampling_source, static_cast<std::uint8_t>(SamplingSource::Header));
  EXPECT_EQ(flow.bytes, 4'294'967'295);
  EXPECT_EQ(flow.dst_as, 12u);
  EXPECT_EQ(flow.next_hop, flow::Address::v4(3));
  EXPECT_FALSE(flow.has(Column::icmp_type));
  EXPECT_FALSE(flow.has(Column::vlan));
}

TEST(Netflow5Fields, SamplingOfSixteenBitsAndNone) {
  Received received;
  EXPECT_EQ(received.receive(netflow5({.count = 1, .sampling = 50'000}, {}))[0].sampling_rate,
            50'000u);
  EXPECT_FALSE(
      received.receive(netflow5({.count = 1, .flow_sequence = 1, .sampling = 0x4000}, {}))[0].has(
          Column::sampling_rate));
}

TEST(Netflow5Fields, NanosecondsOfASecondAndMoreAreNotBelieved) {
  Received received;
  const auto flows = received.receive(netflow5(
      {.count = 1, .sys_uptime_ms = 5, .unix_secs = kExportSeconds, .unix_nsecs = 4'000'000'000u},
      {.first_ms = 5, .last_ms = 5}));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].start, kExportMs);
}

}  // namespace
}  // namespace collect
