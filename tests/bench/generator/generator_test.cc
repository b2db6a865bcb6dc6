#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <map>

#include "load.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"

namespace generator {
namespace {

constexpr base::UnixMs kNow = 1'795'417'200'123;
constexpr std::size_t kDatagramOctetsMax = 1'400;

// Keeps what it is given; refuses every `refuse_each`-th datagram where that is not 0.
class Recorder final : public Outlet {
 public:
  Recorder(std::vector<Octets>& kept, std::size_t refuse_each)
      : kept_(kept), refuse_each_(refuse_each) {}

  std::size_t send(std::span<const Octets> datagrams, base::UnixMs) override {
    for (std::size_t i = 0; i < datagrams.size(); ++i) {
      ++seen_;
      if (refuse_each_ != 0 && seen_ % refuse_each_ == 0) return i;
      kept_.push_back(datagrams[i]);
    }
    return datagrams.size();
  }

 private:
  std::vector<Octets>& kept_;
  std::size_t refuse_each_;
  std::size_t seen_ = 0;
};

struct Sent {
  std::vector<Octets> datagrams;
  ExporterTotals totals;
};

Sent send_flows(const ExporterSettings& settings, std::int64_t flows, std::size_t refuse_each = 0) {
  Sent sent;
  std::vector<Load::Sender> senders;
  senders.push_back(
      {flow::Address::v4(0x7f00'0101), std::make_unique<Recorder>(sent.datagrams, refuse_each)});
  Load load(7, settings, std::move(senders), kNow);
  load.send_until(flows, true, kNow);
  sent.totals = load.totals().sum();
  return sent;
}

// Data records by octets of the record, templates learned on the way.
std::uint64_t count_records(const std::vector<Octets>& datagrams, Protocol protocol) {
  std::map<std::uint16_t, std::size_t> record_octets;
  std::uint64_t records = 0;
  for (const Octets& datagram : datagrams) {
    const bool ipfix = protocol == Protocol::Ipfix;
    wire::ByteReader sets(ipfix ? wire::parse_ipfix(datagram)->sets
                                : wire::parse_netflow9(datagram)->sets);
    while (sets.remaining() > 0) {
      const auto set = wire::next_set(sets);
      if (!set) return 0;
      wire::ByteReader in(set->records);
      const bool options =
          set->id == (ipfix ? wire::kIpfixOptionsTemplateSet : wire::kNetflow9OptionsTemplateSet);
      if (set->id >= wire::Set::kFirstDataId) {
        records += set->records.size() / record_octets.at(set->id);
        continue;
      }
      while (true) {
        const auto next = ipfix ? (options ? wire::next_ipfix_options_template(in)
                                           : wire::next_ipfix_template(in))
                                : (options ? wire::next_netflow9_options_template(in)
                                           : wire::next_netflow9_template(in));
        if (!next || !*next) break;
        record_octets[(*next)->id] = wire::smallest_record_octets((*next)->fields);
      }
    }
  }
  return records;
}

std::size_t longest(const std::vector<Octets>& datagrams) {
  std::size_t octets = 0;
  for (const Octets& datagram : datagrams) octets = std::max(octets, datagram.size());
  return octets;
}

TEST(Load, NetFlow5HoldsExactlyTheFlowsItReports) {
  const Sent sent = send_flows({.protocol = Protocol::NetFlow5, .sampling_rate = 100}, 1'000);
  std::int64_t packets = 0;
  std::int64_t bytes = 0;
  std::uint32_t sequence = 0;
  for (const Octets& datagram : sent.datagrams) {
    const auto message = wire::parse_netflow5(datagram);
    ASSERT_TRUE(message);
    EXPECT_EQ(message->header.flow_sequence, sequence);
    EXPECT_EQ(message->header.sampling & 0x3fff, 100);
    EXPECT_EQ(message->missing_records(), 0u);
    sequence += message->header.count;
    wire::ByteReader records(message->records);
    while (const auto bytes_of = records.take<wire::Netflow5Record::kSize>()) {
      const auto record = wire::Netflow5Record::from(*bytes_of);
      packets += record.packets;
      bytes += record.octets;
    }
  }
  EXPECT_EQ(sequence, 1'000u);
  EXPECT_EQ(sent.totals.volume.flows, 1'000);
  EXPECT_EQ(sent.totals.volume.packets, packets);
  EXPECT_EQ(sent.totals.volume.bytes, bytes);
  EXPECT_EQ(sent.totals.sequence, 1'000u);
  EXPECT_LE(longest(sent.datagrams), kDatagramOctetsMax);
}

TEST(Load, TemplatesComeFirstAndEveryRecordHasOne) {
  for (const Protocol protocol : {Protocol::NetFlow9, Protocol::Ipfix}) {
    const ExporterSettings settings{.protocol = protocol,
                                    .templates = 40,
                                    .ipv6_percent = 30,
                                    .sampling_rate = 10,
                                    .templates_every = 50};
    const Sent sent = send_flows(settings, 5'000);
    EXPECT_GT(sent.totals.options, 1u) << "templates are sent again";
    EXPECT_EQ(count_records(sent.datagrams, protocol), 5'000 + sent.totals.options);
    EXPECT_LE(longest(sent.datagrams), kDatagramOctetsMax);
  }
}

TEST(Load, SequencesCountInTheProtocolsOwnUnit) {
  const Sent v9 = send_flows({.protocol = Protocol::NetFlow9, .sampling_rate = 10}, 5'000);
  EXPECT_EQ(v9.totals.sequence, v9.totals.datagrams);
  const Sent ipfix = send_flows({.protocol = Protocol::Ipfix, .sampling_rate = 10}, 5'000);
  EXPECT_EQ(ipfix.totals.sequence, 5'000 + ipfix.totals.options);
}

TEST(Load, ARefusedDatagramIsInNoSumButInTheSequence) {
  const Sent sent = send_flows({.protocol = Protocol::NetFlow5}, 2'800, 10);
  EXPECT_EQ(sent.totals.refused, 10u);
  EXPECT_EQ(sent.totals.datagrams, 90u);
  EXPECT_EQ(sent.totals.volume.flows, 2'520);
  EXPECT_EQ(sent.totals.sequence, 2'800u);
}

TEST(Totals, MinutesSumToTheWhole) {
  Totals totals({flow::Address::v4(0x7f00'0101)});
  Traffic traffic(3);
  Volume sum;
  for (int i = 0; i < 1'000; ++i) {
    const flow::FlowRecord flow = traffic.next(Family::IPv4, kNow);
    totals.add_flows(0, {&flow, 1});
    sum += {1, flow.packets, flow.bytes};
  }
  Volume minutes;
  for (const auto& [minute, volume] : totals.minutes()) minutes += volume;
  EXPECT_EQ(minutes.flows, sum.flows);
  EXPECT_EQ(minutes.packets, sum.packets);
  EXPECT_EQ(minutes.bytes, sum.bytes);
  EXPECT_GT(totals.minutes().size(), 1u);
}

TEST(Traffic, TheSameSeedMakesTheSameFlows) {
  Traffic one(5);
  Traffic same(5);
  Traffic other(6);
  const flow::FlowRecord first = one.next(Family::IPv4, kNow);
  const flow::FlowRecord again = same.next(Family::IPv4, kNow);
  const flow::FlowRecord different = other.next(Family::IPv4, kNow);
  EXPECT_EQ(first.src, again.src);
  EXPECT_EQ(first.bytes, again.bytes);
  EXPECT_EQ(first.start, again.start);
  EXPECT_FALSE(first.src == different.src && first.bytes == different.bytes);
}

TEST(Endpoint, SaysWhatItExpected) {
  EXPECT_EQ(parse_endpoint("127.0.0.1:2055")->port, 2055);
  for (const char* wrong : {"127.0.0.1", "::1:2055", "127.0.0.1:0", "127.0.0.1:2055x", ""}) {
    const auto refused = parse_endpoint(wrong);
    ASSERT_FALSE(refused) << wrong;
    EXPECT_THAT(refused.error().what, testing::HasSubstr("expected an IPv4 address and a port"));
  }
}

}  // namespace
}  // namespace generator
