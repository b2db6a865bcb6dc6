#include "probe/meter.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>
#include <numeric>
#include <string>
#include <vector>

#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"
#include "wire/export/set.h"
#include "wire/packet/testing_packets.h"

namespace probe {
namespace {

using wire::testing::Octets;

constexpr base::UnixNs kBegin = 1'700'000'000'000'000'000;
constexpr base::UnixNs kMs = base::kNsPerMs;
constexpr std::uint16_t kRaw = 101;
constexpr std::uint16_t kFirstTemplate = 256;
constexpr std::uint16_t kInterfaceTemplate = 513;
constexpr std::uint16_t kSamplingTemplate = 512;

struct Kept {
  std::vector<Octets> datagrams;
  std::vector<std::size_t> flows;
};

// Keeps what is sent; refuses while told so.
class KeepingOutlet final : public Outlet {
 public:
  KeepingOutlet(Kept& kept, const bool& is_refusing) : kept_(kept), is_refusing_(is_refusing) {}
  Sent send(wire::ByteView datagram, std::size_t flows, base::UnixMs) override {
    kept_.datagrams.emplace_back(datagram.begin(), datagram.end());
    kept_.flows.push_back(flows);
    return {.is_sent = true, .is_refused = is_refusing_};
  }

 private:
  Kept& kept_;
  const bool& is_refusing_;
};

class Metering {
 public:
  explicit Metering(ExportVersion version, std::uint32_t sampling_rate = 1)
      : meter_(settings(sampling_rate),
               {.version = version,
                .interface_index = 7,
                .interface_name = "eth7",
                .sampling_rate = sampling_rate,
                .boot = kBegin / kMs - 10'000},
               std::make_unique<KeepingOutlet>(kept, is_refusing)) {}

  void see(const Octets& packet, base::UnixNs after = 0) {
    meter_.see(kRaw, packet, packet.size(), kBegin + after);
  }
  Meter& meter() { return meter_; }
  const ExporterCounts& exported() const { return meter_.exporter().counts(); }

  Kept kept;
  bool is_refusing = false;

 private:
  static MeterSettings settings(std::uint32_t sampling_rate) {
    MeterSettings made;
    made.table.flows_max = 4'096;
    made.sampling_rate = sampling_rate;
    return made;
  }
  Meter meter_;
};

Octets udp4(std::uint16_t port, std::size_t payload = 10) {
  return wire::testing::ipv4({}, wire::testing::udp(port, 53, payload));
}

// What a collector would find: records of each set, templates by id.
struct Read {
  std::map<std::uint16_t, wire::Template> templates;
  std::map<std::uint16_t, std::vector<Octets>> records;
};

void read_sets(wire::ByteView sets, bool is_ipfix, Read& into) {
  wire::ByteReader rest(sets);
  while (rest.remaining() > 0) {
    const auto set = wire::next_set(rest);
    ASSERT_TRUE(set);
    wire::ByteReader records(set->records);
    if (set->id < wire::Set::kFirstDataId) {
      const bool is_options = set->id == (is_ipfix ? wire::kIpfixOptionsTemplateSet
                                                   : wire::kNetflow9OptionsTemplateSet);
      while (true) {
        const auto next = is_ipfix ? (is_options ? wire::next_ipfix_options_template(records)
                                                 : wire::next_ipfix_template(records))
                                   : (is_options ? wire::next_netflow9_options_template(records)
                                                 : wire::next_netflow9_template(records));
        ASSERT_TRUE(next);
        if (!*next) break;
        into.templates[(*next)->id] = **next;
      }
      continue;
    }
    ASSERT_TRUE(into.templates.contains(set->id)) << set->id;
    const std::size_t octets = wire::smallest_record_octets(into.templates[set->id].fields);
    while (const auto record = records.take(octets)) {
      into.records[set->id].emplace_back(record->begin(), record->end());
    }
  }
}

std::uint64_t field_of_record(const Read& read, std::uint16_t template_id, std::size_t record,
                              std::uint16_t element) {
  wire::ByteReader reader(read.records.at(template_id).at(record));
  for (const auto& field : read.templates.at(template_id).fields) {
    const auto value = reader.take(field.length);
    if (field.id == element) return wire::load_be_any(*value);
  }
  ADD_FAILURE() << "no element " << element;
  return 0;
}

TEST(Meter, CountsWhatItDoesNotUnderstandByReason) {
  Metering metering(ExportVersion::NetFlow9);
  Octets liar = udp4(1);
  wire::ByteWriter(liar).patch_u16(2, 30'000);
  metering.see(udp4(1));
  metering.see(liar);
  metering.see(Octets(3));
  metering.see(wire::testing::ipv4({}, Octets(2)));
  metering.meter().see(kRaw, wire::ByteView(liar).first(20), liar.size(), kBegin);
  metering.meter().see(147, liar, liar.size(), kBegin);
  metering.see(wire::testing::ipv4({.flags_and_offset = 5}, Octets(20)));
  const MeterCounts& counts = metering.meter().counts();
  EXPECT_EQ(counts.packets, 7u);
  EXPECT_EQ(counts.counted, 5u);
  EXPECT_EQ(counts.unread[static_cast<std::size_t>(wire::Unread::IpLies)], 1u);
  EXPECT_EQ(counts.unread[static_cast<std::size_t>(wire::Unread::LinkTypeUnknown)], 1u);
  EXPECT_EQ(counts.says_too_much, 2u);
  EXPECT_EQ(counts.ports_truncated, 1u);
  EXPECT_EQ(counts.ports_beyond_snaplen, 1u);
  EXPECT_EQ(counts.fragments_without_first, 1u);
  const std::uint64_t unread =
      std::accumulate(counts.unread.begin(), counts.unread.end(), std::uint64_t{0});
  EXPECT_EQ(counts.packets, counts.not_sampled + unread + counts.counted);
}

TEST(Meter, FragmentsBelongToTheFlowOfTheirFirst) {
  Metering metering(ExportVersion::NetFlow9);
  const Octets body = wire::testing::udp(1'000, 53, 40);
  metering.see(wire::testing::ipv4({.id = 5, .flags_and_offset = 0x2000}, body));
  metering.see(wire::testing::ipv4({.id = 5, .flags_and_offset = 6}, body));
  metering.meter().settle();
  EXPECT_EQ(metering.meter().table().live(), 1u);
  const Octets behind_options = wire::testing::extension(17, body);
  const auto see6 = [&](std::uint16_t offset, bool more) {
    metering.see(wire::testing::ipv6({.next_header = 44},
                                     wire::testing::fragment(60, offset, more, behind_options)));
  };
  see6(0, true);
  see6(56, false);
  metering.meter().settle();
  EXPECT_EQ(metering.meter().table().live(), 2u);
  EXPECT_EQ(metering.meter().counts().fragments_without_first, 0u);
}

TEST(Meter, SamplesOnePacketInSoMany) {
  Metering metering(ExportVersion::NetFlow9, 10);
  for (std::uint16_t i = 0; i < 1'000; ++i) metering.see(udp4(i));
  EXPECT_EQ(metering.meter().counts().counted, 100u);
  EXPECT_EQ(metering.meter().counts().not_sampled, 900u);
}

TEST(FlowExporter, SaysFlowsInNetflow9) {
  Metering metering(ExportVersion::NetFlow9, 1);
  metering.see(udp4(1'000));
  metering.see(udp4(1'000), 250 * kMs);
  metering.see(wire::testing::ipv6({.next_header = 58}, wire::testing::icmp(128, 0)));
  metering.meter().finish();
  ASSERT_EQ(metering.kept.datagrams.size(), 1u);
  EXPECT_EQ(metering.kept.flows[0], 2u);
  const auto message = wire::parse_netflow9(metering.kept.datagrams[0]);
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header.source_id, 7u);
  EXPECT_EQ(message->header.sequence, 0u);
  Read read;
  read_sets(message->sets, false, read);
  EXPECT_EQ(read.templates.size(), 13u);
  ASSERT_EQ(read.records[kFirstTemplate].size(), 1u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 7), 1'000u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 11), 53u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 1), 2u * 38);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 2), 2u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 10), 7u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 22), 10'000u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 21), 10'250u);
  constexpr std::uint16_t kIcmp6Template = kFirstTemplate + 6 + 2;
  EXPECT_EQ(field_of_record(read, kIcmp6Template, 0, 139), 0x8000u);
  const Octets& named = read.records[kInterfaceTemplate].at(0);
  EXPECT_EQ(std::to_integer<int>(named[3]), 7);
  EXPECT_EQ(std::to_integer<char>(named[4]), 'e');
}

TEST(FlowExporter, SaysFlowsInIpfixWithSamplingAndTheSequenceOfRecords) {
  Metering metering(ExportVersion::Ipfix, 2);
  for (std::uint16_t port = 0; port < 400; ++port) metering.see(udp4(port));
  metering.meter().finish();
  ASSERT_GT(metering.kept.datagrams.size(), 2u);
  Read read;
  std::uint32_t records_before = 0;
  for (const Octets& datagram : metering.kept.datagrams) {
    EXPECT_LE(datagram.size(), wire::kDatagramOctetsMax);
    const auto message = wire::parse_ipfix(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header.length, datagram.size());
    EXPECT_EQ(message->header.sequence, records_before);
    read_sets(message->sets, true, read);
    records_before = 0;
    for (const auto& [id, records] : read.records) {
      records_before += static_cast<std::uint32_t>(records.size());
    }
  }
  EXPECT_EQ(read.records[kFirstTemplate].size(), 200u);
  EXPECT_EQ(field_of_record(read, kSamplingTemplate, 0, 34), 2u);
  EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 152),
            static_cast<std::uint64_t>(kBegin / kMs));
  EXPECT_EQ(metering.exported().flows, 200u);
}

TEST(FlowExporter, SaysFlowsInNetflow5AndCountsThoseItCannotSay) {
  Metering metering(ExportVersion::NetFlow5, 1);
  for (std::uint16_t port = 0; port < 100; ++port) metering.see(udp4(port));
  metering.see(wire::testing::ipv6({}, wire::testing::udp(1, 2)));
  metering.meter().finish();
  std::uint32_t flows = 0;
  for (const Octets& datagram : metering.kept.datagrams) {
    EXPECT_LE(datagram.size(), wire::kDatagramOctetsMax);
    const auto message = wire::parse_netflow5(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header.flow_sequence, flows);
    EXPECT_EQ(message->header.engine_id, 7);
    EXPECT_EQ(message->missing_records(), 0u);
    const auto record = wire::Netflow5Record::from(message->records.first<48>());
    EXPECT_EQ(record.in_if, 7);
    EXPECT_EQ(record.octets, 38u);
    flows += message->header.count;
  }
  EXPECT_EQ(flows, 100u);
  EXPECT_EQ(metering.exported().flows, 100u);
  EXPECT_EQ(metering.exported().flows_not_said, 1u);
}

TEST(Meter, AnInterfaceThatReturnsUnderAnotherIfIndexIsAnotherDomain) {
  Metering metering(ExportVersion::Ipfix);
  metering.see(udp4(1));
  metering.meter().return_as(7);  // the one it had
  EXPECT_TRUE(metering.kept.datagrams.empty());
  metering.meter().return_as(9);
  metering.see(udp4(1), 10 * kMs);
  metering.meter().finish();
  ASSERT_EQ(metering.kept.datagrams.size(), 2u);
  std::uint32_t index = 7;
  for (const Octets& datagram : metering.kept.datagrams) {
    const auto message = wire::parse_ipfix(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header.observation_domain, index);
    EXPECT_EQ(message->header.sequence, 0u);
    Read read;
    read_sets(message->sets, true, read);
    EXPECT_EQ(read.templates.size(), 13u);
    EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 10), index);
    EXPECT_EQ(field_of_record(read, kFirstTemplate, 0, 2), 1u);
    index += 2;
  }
}

TEST(FlowExporter, StartsAnewWhereTheClockWasSetBackBeyondItsBoot) {
  constexpr base::UnixNs kBack = -3'600'000 * kMs;
  Metering metering(ExportVersion::NetFlow9);
  metering.see(udp4(1));
  metering.see(udp4(2), kBack);
  metering.see(udp4(2), kBack + 250 * kMs);
  metering.meter().finish();
  ASSERT_EQ(metering.kept.datagrams.size(), 2u);
  std::int64_t begin = kBegin / kMs;
  for (const Octets& datagram : metering.kept.datagrams) {
    const auto message = wire::parse_netflow9(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header.sequence, 0u);
    const std::int64_t boot =
        std::int64_t{message->header.unix_secs} * 1'000 - message->header.sys_uptime_ms;
    Read read;
    read_sets(message->sets, false, read);
    EXPECT_EQ(boot + static_cast<std::int64_t>(field_of_record(read, kFirstTemplate, 0, 22)),
              begin);
    begin += kBack / kMs;
  }
}

TEST(FlowExporter, RepeatsTemplatesEveryMinuteAndAfterARefusal) {
  Metering metering(ExportVersion::NetFlow9);
  const auto has_templates = [](const Octets& datagram) {
    Read read;
    const auto message = wire::parse_netflow9(datagram);
    wire::ByteReader rest(message->sets);
    return wire::next_set(rest)->id == wire::kNetflow9TemplateSet;
  };
  std::vector<bool> seen;
  for (int second = 0; second < 200; second += 20) {
    metering.see(udp4(static_cast<std::uint16_t>(second)), second * 1'000 * kMs);
  }
  metering.meter().finish();
  for (const Octets& datagram : metering.kept.datagrams) seen.push_back(has_templates(datagram));
  // The first flow ends after 20 seconds, the last one is sent after 180.
  EXPECT_EQ(std::count(seen.begin(), seen.end(), true), 3);
  EXPECT_TRUE(seen.front());

  metering.is_refusing = true;
  metering.see(udp4(1), 201'000 * kMs);
  metering.meter().finish();
  EXPECT_EQ(metering.exported().refused, 1u);
  metering.is_refusing = false;
  metering.see(udp4(1), 202'000 * kMs);
  metering.meter().finish();
  EXPECT_TRUE(has_templates(metering.kept.datagrams.back()));
}

}  // namespace
}  // namespace probe
