#include "collect/decode/decoder.h"

#include <gtest/gtest.h>

#include <algorithm>

#include "collect/decode/caps.h"
#include "collect/decode/testing_messages.h"
#include "collect/testing_datagrams.h"

// What is received, kept and refused. What fields mean is tested in flow_fields_test.cc.
namespace collect {
namespace {

using flow::NotCounted;

// src, dst, octets, packets: 16 octets.
const wire::Template kTemplate{.id = 256,
                               .fields = {{.id = 8, .length = 4},
                                          {.id = 12, .length = 4},
                                          {.id = 1, .length = 4},
                                          {.id = 2, .length = 4}}};
const wire::Template kOptions{.id = 257,
                              .is_options = true,
                              .scope_count = 1,
                              .fields = {{.id = 1, .length = 4}, {.id = 34, .length = 4}}};
const wire::Template kVariable{
    .id = 258, .fields = {{.id = 8, .length = 4}, {.id = 82, .length = wire::kVariableLength}}};
const std::vector<Value> kRecord{{0x0a000001, 4}, {0x0a000002, 4}, {100, 4}, {1, 4}};

Octets truncated(Octets octets, std::size_t by) {
  octets.resize(octets.size() - by);
  return octets;
}

TEST(Decoder, TemplateAndDataInOneMessageMakeFlowsInBothProtocols) {
  Received v9;
  EXPECT_EQ(v9.receive(netflow9({netflow9_template(kTemplate), data_set(256, kRecord)})).size(),
            1u);
  Received ipfix_received;
  EXPECT_EQ(
      ipfix_received.receive(ipfix({ipfix_template(kTemplate), data_set(256, kRecord)})).size(),
      1u);
  for (Received* received : {&v9, &ipfix_received}) {
    const auto counts = received->counted();
    EXPECT_EQ(counts.datagrams, 1u);
    EXPECT_EQ(counts.templates, 1u);
    EXPECT_EQ(counts.flows, 1u);
    EXPECT_EQ(counts.records, 1u);
    EXPECT_EQ(counts.not_counted_sum(), 0u);
    EXPECT_TRUE(adds_up(counts));
    EXPECT_EQ(received->flows[0].bytes, 100);
    EXPECT_EQ(received->flows[0].exporter, Received::kExporter);
  }
}

TEST(Decoder, DataBeforeItsTemplateIsDecodedWhenThatComesWithItsOwnTimeOfReceipt) {
  Received received;
  EXPECT_TRUE(received.receive(netflow9({data_set(256, kRecord)})).empty());
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
  const base::UnixMs data_received = received.now_ms - 1;

  received.now_ms += base::kMsPerMinute;
  const auto flows = received.receive(netflow9({netflow9_template(kTemplate)}, 1));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].received, data_received);
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 0u);
  EXPECT_EQ(received.counted().flows, 1u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, ATemplateAtTheEndOfAMessageServesTheDataBeforeIt) {
  Received received;
  EXPECT_EQ(received.receive(ipfix({data_set(256, kRecord), ipfix_template(kTemplate)})).size(),
            1u);
  EXPECT_EQ(received.counted().records, 1u);
}

TEST(Decoder, OneSetWithoutTemplateDoesNotCostTheOthers) {
  Received received;
  const auto flows = received.receive(
      netflow9({data_set(300, kRecord), netflow9_template(kTemplate), data_set(256, kRecord)}));
  EXPECT_EQ(flows.size(), 1u);
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 1u);
}

TEST(Decoder, PendingSetsAreGivenUpAfterTheirTime) {
  Received received;
  received.receive(netflow9({data_set(256, kRecord)}));
  received.decoder.expire(received.now_ms + kPendingMaxAgeMs - 10);
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 1u);
  received.decoder.expire(received.now_ms + kPendingMaxAgeMs + 10);
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 0u);
  EXPECT_EQ(received.counted(NotCounted::NoTemplateExpired), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, PendingSetsHaveACap) {
  Received received;
  for (std::size_t i = 0; i <= kPendingSetsPerExporterMax; ++i) {
    received.receive(netflow9({data_set(256, kRecord)}, static_cast<std::uint32_t>(i)));
  }
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), kPendingSetsPerExporterMax);
  EXPECT_EQ(received.counted(NotCounted::NoTemplateOverCap), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, DomainsAndExportersHaveTemplatesOfTheirOwn) {
  Received received;
  received.receive(netflow9({netflow9_template(kTemplate)}, 0, 1));
  EXPECT_TRUE(received.receive(netflow9({data_set(256, kRecord)}, 0, 2)).empty());
  EXPECT_TRUE(
      received.receive(netflow9({data_set(256, kRecord)}, 0, 1), flow::Address::v4(1)).empty());
  EXPECT_TRUE(received.receive(ipfix({data_set(256, kRecord)}, 0, 1)).empty());
  EXPECT_EQ(received.receive(netflow9({data_set(256, kRecord)}, 1, 1)).size(), 1u);
}

TEST(Decoder, ATemplateSentAnewWithOtherFieldsReplacesTheOld) {
  Received received;
  const wire::Template reversed{.id = 256,
                                .fields = {{.id = 12, .length = 4}, {.id = 8, .length = 4}}};
  received.receive(netflow9({netflow9_template(kTemplate), netflow9_template(reversed)}));
  const auto flows = received.receive(netflow9({data_set(256, {{1, 4}, {2, 4}})}, 1));
  ASSERT_EQ(flows.size(), 1u);
  EXPECT_EQ(flows[0].dst, flow::Address::v4(1));
  EXPECT_FALSE(flows[0].has(flow::Column::bytes));
}

TEST(Decoder, AnIdMayTurnFromDataToOptionsTemplate) {
  Received received;
  auto options = kOptions;
  options.id = 256;
  received.receive(netflow9({netflow9_template(kTemplate), data_set(256, kRecord)}));
  received.receive(netflow9({netflow9_template(options), data_set(256, {{0, 4}, {10, 4}})}, 1));
  EXPECT_EQ(received.counted().flows, 1u);
  EXPECT_EQ(received.counted().options, 1u);
  ASSERT_EQ(received.others.size(), 1u);
  const std::vector<std::pair<std::string, std::string>> expected{{"system", "0"},
                                                                  {"samplingInterval", "10"}};
  EXPECT_EQ(received.others[0].fields, expected);
}

TEST(Decoder, AWithdrawalOverUdpIsIgnored) {
  Received received;
  received.receive(ipfix({ipfix_template(kTemplate)}));
  received.receive(ipfix({ipfix_template({.id = 256}), ipfix_template({.id = 2})}));
  EXPECT_EQ(received.receive(ipfix({data_set(256, kRecord)})).size(), 1u);
}

TEST(Decoder, PaddingOfAnyKindIsNoRecord) {
  Received received;
  const Octets records = joined({record_of(kRecord), record_of(kRecord)});
  const Octets odd = joined({records, Octets(7, std::byte{0x55})});
  EXPECT_EQ(received.receive(netflow9({netflow9_template(kTemplate), set_of(256, odd)})).size(),
            2u);
  EXPECT_EQ(
      received.receive(netflow9({set_of(256, records), Octets(1'000, std::byte{0})}, 1)).size(),
      2u);
  EXPECT_EQ(received.counted().not_counted_sum(), 0u);
}

TEST(Decoder, VariableLengthRecordsAreFoundOneAfterTheOther) {
  Received received;
  const Octets records =
      record_of({{1, 4}, {3, 1}, {0x616263, 3}, {2, 4}, {255, 1}, {2, 2}, {0x6465, 2}, {0, 2}});
  const auto flows = received.receive(ipfix({ipfix_template(kVariable), set_of(258, records)}));
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].src, flow::Address::v4(1));
  EXPECT_EQ(flows[1].src, flow::Address::v4(2));
  EXPECT_EQ(received.counted().not_counted_sum(), 0u);
}

// Each zero is a record here, for the set does not end with them: a walk that looked at the rest
// before each would need 65,000² / 2 steps, seconds rather than milliseconds.
TEST(Decoder, ZerosAreRecordsUntilNothingElseFollows) {
  const wire::Template one_name{.id = 259, .fields = {{.id = 82, .length = wire::kVariableLength}}};
  Octets records(60'000);
  records.push_back(std::byte{1});
  records.push_back(std::byte{'A'});
  records.resize(records.size() + 3);
  Received received;
  received.receive(ipfix({ipfix_template(one_name)}));
  EXPECT_EQ(received.receive(ipfix({set_of(259, records)})).size(), 60'001u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, AVariableLengthBeyondItsSetCostsTheSetAndEndsTheMessage) {
  Received received;
  received.receive(ipfix({ipfix_template(kTemplate), ipfix_template(kVariable)}));
  const Octets records = record_of({{1, 4}, {0, 1}, {2, 4}, {200, 1}, {1, 1}});
  const auto flows = received.receive(
      ipfix({data_set(256, kRecord), set_of(258, records), data_set(256, kRecord)}));
  EXPECT_EQ(flows.size(), 1u);  // the set before stays; of the bad one not even its good record
  EXPECT_EQ(received.counted(NotCounted::VariableLengthTruncated), 1u);
  EXPECT_EQ(received.counted().records, 2u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, Netflow9GoesOnAfterASetWhoseRecordsAreWrong) {
  Received received;
  const auto flows = received.receive(
      netflow9({netflow9_template(kTemplate), set_of(256, Octets(15, std::byte{1})),
                set_of(17, Octets(4)), data_set(256, kRecord)}));
  EXPECT_EQ(flows.size(), 1u);
  EXPECT_EQ(received.counted(NotCounted::RecordTruncated), 1u);
  EXPECT_EQ(received.counted(NotCounted::ReservedSetId), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, ATemplateThatMakesNoSenseDoesNotCostTheOthersOfItsMessage) {
  auto no_scope = kOptions;
  no_scope.scope_count = 0;
  Received received;
  received.receive(ipfix({ipfix_template(kTemplate), ipfix_template(no_scope)}));
  EXPECT_EQ(received.counted(NotCounted::ScopeInvalid), 1u);
  EXPECT_EQ(received.receive(ipfix({data_set(256, kRecord)})).size(), 1u);
}

TEST(Decoder, TemplatesOfAMessageThatEndsBadlyAreNotKeptInIpfixButAreInNetflow9) {
  const Octets bad_set = record_of({{300, 2}, {3, 2}});
  Received in_ipfix;
  in_ipfix.receive(ipfix({ipfix_template(kTemplate), data_set(256, kRecord), bad_set}));
  EXPECT_EQ(in_ipfix.flows.size(), 1u);
  EXPECT_TRUE(in_ipfix.receive(ipfix({data_set(256, kRecord)})).empty());
  EXPECT_EQ(in_ipfix.counted(NotCounted::SetShorterThanItsHeader), 1u);
  Received in_v9;
  in_v9.receive(netflow9({netflow9_template(kTemplate), bad_set}));
  EXPECT_EQ(in_v9.receive(netflow9({data_set(256, kRecord)}, 1)).size(), 1u);
  EXPECT_EQ(in_v9.counted(NotCounted::SetShorterThanItsHeader), 1u);
}

TEST(Decoder, EveryTruncationIsCountedAndAddsUp) {
  const std::vector<Octets> datagrams{
      netflow5_datagram(2, 0, kExportMs),
      netflow9({netflow9_template(kTemplate), netflow9_template(kOptions), data_set(256, kRecord),
                data_set(257, {{0, 4}, {10, 4}})}),
      ipfix({ipfix_template(kTemplate), ipfix_template(kVariable), data_set(256, kRecord)})};
  for (const Octets& datagram : datagrams) {
    for (std::size_t length = 0; length <= datagram.size(); ++length) {
      Received received;
      received.receive(truncated(datagram, datagram.size() - length));
      const auto counts = received.counted();
      EXPECT_TRUE(adds_up(counts)) << length;
      EXPECT_EQ(counts.flows, received.flows.size());
      EXPECT_EQ(counts.datagrams, 1u);
    }
  }
}

// What one datagram after the templates is refused for.
struct Refused {
  NotCounted reason;
  Octets datagram;
};

TEST(Decoder, NamesWhatItRefuses) {
  const Octets sets = joined({data_set(256, kRecord)});
  Octets length_lies = ipfix({sets});
  wire::ByteWriter(length_lies).patch_u16(2, 1'000);
  auto too_many =
      wire::Template{.id = 260, .fields = {kFieldsPerTemplateMax + 1, {.id = 1, .length = 1}}};
  auto scope = kOptions;
  scope.scope_count = 3;
  const std::vector<Refused> refused{
      {NotCounted::UnknownVersion, Octets(100, std::byte{3})},
      {NotCounted::HeaderTruncated, truncated(netflow9({}), 1)},
      {NotCounted::LengthLies, length_lies},
      {NotCounted::CountLies, truncated(netflow5_datagram(1, 0, kExportMs), 1)},
      {NotCounted::SetHeaderTruncated, netflow9({Octets(3, std::byte{1})})},
      {NotCounted::SetShorterThanItsHeader, netflow9({record_of({{256, 2}, {3, 2}})})},
      {NotCounted::SetLongerThanMessage, netflow9({record_of({{256, 2}, {5, 2}})})},
      {NotCounted::ReservedSetId, ipfix({set_of(255, {})})},
      {NotCounted::RecordTruncated,
       ipfix({ipfix_template(kTemplate), set_of(256, Octets(15, std::byte{9}))})},
      {NotCounted::VariableLengthTruncated,
       ipfix({ipfix_template(kVariable), set_of(258, record_of({{1, 4}, {9, 1}}))})},
      {NotCounted::TemplateTruncated, netflow9({set_of(0, record_of({{256, 2}, {9, 2}, {1, 4}}))})},
      {NotCounted::TemplateZeroSize,
       netflow9({set_of(0, record_of({{256, 2}, {1, 2}, {8, 2}, {0, 2}}))})},
      {NotCounted::TemplateTooManyFields, netflow9({netflow9_template(too_many)})},
      {NotCounted::TemplateIdReserved,
       netflow9({set_of(0, record_of({{255, 2}, {1, 2}, {8, 2}, {4, 2}}))})},
      {NotCounted::ScopeInvalid, ipfix({ipfix_template(scope)})},
  };
  for (const Refused& one : refused) {
    Received received;
    EXPECT_TRUE(received.receive(one.datagram).empty());
    const auto counts = received.counted();
    EXPECT_EQ(counts[one.reason], 1u) << static_cast<int>(one.reason);
    EXPECT_EQ(counts.not_counted_sum(), 1u) << static_cast<int>(one.reason);
    EXPECT_EQ(counts.records, 1u);
  }
}

TEST(Decoder, ARefusedTemplateEndsTheOneBeforeIt) {
  Received received;
  received.receive(netflow9({netflow9_template(kTemplate)}));
  const wire::Template too_many{.id = kTemplate.id,
                                .fields = {kFieldsPerTemplateMax + 1, {.id = 1, .length = 1}}};
  received.receive(netflow9({netflow9_template(too_many)}, 1));
  EXPECT_TRUE(received.receive(netflow9({data_set(kTemplate.id, kRecord)}, 2)).empty());
  EXPECT_EQ(received.counted(NotCounted::TemplateTooManyFields), 1u);
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 1u);
  EXPECT_EQ(received.receive(netflow9({netflow9_template(kTemplate)}, 3)).size(), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, TemplatesHaveACapAndLongUnusedOnesMakeRoom) {
  Received received;
  const auto learn = [&](std::size_t index) {
    auto described = kTemplate;
    described.id = static_cast<std::uint16_t>(256 + index);
    received.receive(netflow9({netflow9_template(described)}));
  };
  for (std::size_t i = 0; i <= kTemplatesPerExporterMax; ++i) learn(i);
  EXPECT_EQ(received.counted(NotCounted::TemplatesOverCap), 1u);
  received.now_ms += kTemplateUnusedMs;
  learn(kTemplatesPerExporterMax + 1);
  EXPECT_EQ(received.counted(NotCounted::TemplatesOverCap), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, OneMessageCannotBringMoreTemplatesThanItsExporterMayHave) {
  constexpr std::size_t kTooMany = 1'000;
  Octets templates;
  wire::ByteWriter out(templates);
  for (std::size_t i = 0; i < kTemplatesPerExporterMax + kTooMany; ++i) {
    wire::emit_netflow9_template(
        out, {.id = static_cast<std::uint16_t>(256 + i), .fields = {{.id = 8, .length = 4}}});
  }
  Received received;
  received.receive(netflow9({set_of(0, templates)}));
  EXPECT_EQ(received.counted().templates, kTemplatesPerExporterMax);
  EXPECT_EQ(received.counted(NotCounted::TemplatesOverCap), kTooMany);
  EXPECT_TRUE(adds_up(received.counted()));
}

TEST(Decoder, AnIpfixWithdrawalOfAReservedIdIsRefused) {
  Received received;
  received.receive(ipfix({set_of(2, record_of({{0, 4}, {0, 4}, {1, 4}}))}));
  EXPECT_EQ(received.counted(NotCounted::TemplateIdReserved), 1u);
  received.receive(ipfix({set_of(2, record_of({{2, 2}, {0, 2}}))}));
  EXPECT_EQ(received.counted().not_counted_sum(), 1u);
}

// What a view shows of the time since the start: all that was counted, whoever was evicted since.
flow::LedgerCounts shown(const Received& received) {
  const flow::WorkerView view = received.decoder.view();
  flow::LedgerCounts all = view.of_no_exporter;
  for (const flow::ExporterView& exporter : view.exporters) all += exporter.since_start;
  return all;
}

TEST(Decoder, OfTooManyExportersTheSilentOnesWithoutRecordsGoFirst) {
  Received received;
  received.receive(netflow5_datagram(1, 0, kExportMs));
  for (std::uint32_t i = 0; i < kExportersMax; ++i) {
    received.receive(netflow9({}), flow::Address::v4(0x0b000000 + i));
  }
  const auto view = received.decoder.view();
  ASSERT_EQ(view.exporters.size(), kExportersMax);
  const auto is_known = [&](const flow::Address& address) {
    return std::any_of(view.exporters.begin(), view.exporters.end(),
                       [&](const auto& exporter) { return exporter.exporter == address; });
  };
  EXPECT_TRUE(is_known(Received::kExporter));
  EXPECT_FALSE(is_known(flow::Address::v4(0x0b000000)));
  EXPECT_EQ(shown(received).datagrams, kExportersMax + 1);
  EXPECT_EQ(received.counted().datagrams, kExportersMax + 1);
}

TEST(Decoder, ANewExporterIsRefusedWhenAllKnownOnesSendRecords) {
  Received received;
  for (std::uint32_t i = 0; i <= kExportersMax; ++i) {
    received.receive(netflow5_datagram(1, 0, kExportMs), flow::Address::v4(0x0b000000 + i));
  }
  EXPECT_EQ(received.counted(NotCounted::ExporterOverCap), 1u);
  EXPECT_EQ(received.flows.size(), kExportersMax);
  EXPECT_TRUE(adds_up(received.counted()));
  EXPECT_EQ(shown(received), received.counted());
}

TEST(Decoder, AnExporterThatWasSilentForADayMakesRoomAndNoOther) {
  Received received;
  const auto address = [](std::size_t i) {
    return flow::Address::v4(0x0b000000 + static_cast<std::uint32_t>(i));
  };
  const auto send = [&](std::size_t i) {
    return received.receive(netflow5_datagram(1, 0, kExportMs), address(i)).size();
  };
  for (std::size_t i = 0; i < kExportersMax; ++i) send(i);
  received.now_ms += kExporterSilentMs - 2 * base::kMsPerMinute;
  EXPECT_EQ(send(0), 1u);              // so 1 is the longest silent now
  EXPECT_EQ(send(kExportersMax), 0u);  // but not long enough
  received.now_ms += 3 * base::kMsPerMinute;
  EXPECT_EQ(send(kExportersMax), 1u);
  EXPECT_EQ(received.counted(NotCounted::ExporterOverCap), 1u);
  const auto view = received.decoder.view();
  EXPECT_EQ(view.exporters.size(), kExportersMax);
  EXPECT_TRUE(std::ranges::none_of(
      view.exporters, [&](const auto& exporter) { return exporter.exporter == address(1); }));
  EXPECT_TRUE(adds_up(received.counted()));
}

// Rows that an exporter's name stands in take back what that name waits for: else it would for
// ever.
TEST(Decoder, WhatAnEvictedExporterWaitedForIsGivenUpUnderItsName) {
  Received received;
  received.receive(netflow9({data_set(256, kRecord)}));
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 1u);
  for (std::uint32_t i = 0; i < kExportersMax; ++i) {
    received.receive(netflow9({}), flow::Address::v4(0x0b000000 + i));
  }
  std::uint64_t given_up = 0;
  for (const flow::LedgerRow& row : received.decoder.view().uncommitted) {
    if (row.exporter == Received::kExporter) given_up += row.counts[NotCounted::NoTemplateOverCap];
  }
  EXPECT_EQ(given_up, 1u);
  EXPECT_EQ(shown(received)[NotCounted::NoTemplateOverCap], 1u);
  EXPECT_EQ(received.counted(NotCounted::NoTemplatePending), 0u);
  EXPECT_EQ(received.counted(NotCounted::NoTemplateOverCap), 1u);
  EXPECT_TRUE(adds_up(received.counted()));
  EXPECT_EQ(shown(received), received.counted());
}

TEST(DecoderState, WhatWaitedBeforeARestartIsNeverCountedBelowNothing) {
  Received before;
  before.receive(netflow9({data_set(256, kRecord)}));
  Received after;
  ASSERT_TRUE(after.decoder.restore(before.decoder.take_changed_states().at(0)));
  const auto pending = [&] {
    const flow::LedgerCounts counts = after.decoder.view().exporters.at(0).since_start;
    EXPECT_TRUE(adds_up(counts));
    return counts[NotCounted::NoTemplatePending];
  };
  EXPECT_EQ(pending(), 1u);
  after.receive(netflow9({netflow9_template(kTemplate)}, 1));
  EXPECT_EQ(pending(), 0u);
}

TEST(DecoderState, AnEvictedExporterIsForgotten) {
  Received received;
  received.receive(netflow9({}));
  received.decoder.take_ledger();
  EXPECT_EQ(received.decoder.take_changed_states().size(), 1u);
  for (std::uint32_t i = 0; i < kExportersMax; ++i) {
    received.receive(netflow9({}), flow::Address::v4(0x0b000000 + i));
  }
  const auto states = received.decoder.take_changed_states();
  ASSERT_EQ(states.size(), kExportersMax + 1);
  EXPECT_EQ(states[0].exporter, Received::kExporter);
  EXPECT_TRUE(states[0].state.empty());
}

TEST(DecoderState, TemplatesSamplingSequenceAndPendingSetsComeBack) {
  Received before;
  before.receive(netflow9({netflow9_template(kTemplate), netflow9_template(kOptions),
                           data_set(257, {{0, 4}, {1'000, 4}})},
                          10));
  before.receive(netflow9({data_set(300, kRecord)}, 11));
  const auto states = before.decoder.take_changed_states();
  ASSERT_EQ(states.size(), 1u);
  EXPECT_TRUE(before.decoder.take_changed_states().empty());

  Received after;
  ASSERT_TRUE(after.decoder.restore(states[0]));
  auto late = kTemplate;
  late.id = 300;
  const auto flows = after.receive(netflow9({netflow9_template(late), data_set(256, kRecord)}, 14));
  ASSERT_EQ(flows.size(), 2u);
  EXPECT_EQ(flows[0].sampling_rate, 1'000u);
  after.decoder.expire(after.now_ms + kReorderMaxMs);
  EXPECT_EQ(after.counted().sequence_gap, 2u);
  // What the first decoder counted as pending, the second takes back.
  auto both = before.counted();
  both += after.counted();
  EXPECT_EQ(both[NotCounted::NoTemplatePending], 0u);
  EXPECT_TRUE(adds_up(both));
}

TEST(DecoderState, WhatIsCalledLostIsNotMissingAnyMoreAfterARestart) {
  Received before;
  before.receive(netflow9({netflow9_template(kTemplate)}, 10));
  before.receive(netflow9({data_set(256, kRecord)}, 18));
  before.decoder.take_changed_states();
  EXPECT_FALSE(before.decoder.expire(before.now_ms + kReorderMaxMs - 2));
  EXPECT_TRUE(before.decoder.expire(before.now_ms + kReorderMaxMs));
  EXPECT_FALSE(before.decoder.expire(before.now_ms + kReorderMaxMs));
  EXPECT_EQ(before.counted().sequence_gap, 7u);
  const auto states = before.decoder.take_changed_states();
  ASSERT_EQ(states.size(), 1u);

  Received after;
  ASSERT_TRUE(after.decoder.restore(states[0]));
  EXPECT_FALSE(after.decoder.expire(after.now_ms + 2 * kReorderMaxMs));
  EXPECT_EQ(after.counted().sequence_gap, 0u);
}

TEST(DecoderState, EveryTruncationAndAnotherVersionAreRefused) {
  Received before;
  before.receive(ipfix({ipfix_template(kTemplate), data_set(300, kRecord)}));
  auto state = before.decoder.take_changed_states().at(0);
  const std::string whole = state.state;
  for (std::size_t length = 0; length < whole.size(); ++length) {
    Received after;
    state.state = whole.substr(0, length);
    EXPECT_FALSE(after.decoder.restore(state)) << length;
    EXPECT_TRUE(after.decoder.view().exporters.empty());
  }
  state.state = whole;
  state.state[0] = 99;
  Received after;
  EXPECT_FALSE(after.decoder.restore(state));
}

TEST(DecoderView, ShowsTemplatesByNameAndWhatIsPending) {
  Received received;
  received.receive(ipfix({ipfix_template(kVariable), data_set(300, kRecord)}));
  const auto view = received.decoder.view();
  ASSERT_EQ(view.exporters.size(), 1u);
  EXPECT_EQ(view.exporters[0].pending_sets, 1u);
  EXPECT_EQ(view.exporters[0].pending_octets, 16u);
  ASSERT_EQ(view.exporters[0].templates.size(), 1u);
  EXPECT_EQ(view.exporters[0].templates[0]->fields, "sourceIPv4Address interfaceName");
}

}  // namespace
}  // namespace collect
