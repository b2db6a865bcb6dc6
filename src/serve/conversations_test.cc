#include "serve/conversations.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/embedded/store_fixture_test.h"

namespace serve {
namespace {

using flow::Column;
using store::address;
using store::kNoon;
using testing::ElementsAre;
using testing::IsEmpty;
using testing::SizeIs;

constexpr std::int64_t kSilenceMs = 75'000;
Timeouts timeouts(const flow::Address&) {
  return {.active_ms = 60'000, .inactive_ms = 15'000};
}

constexpr std::uint8_t kTcp = 6;
constexpr std::uint16_t kAck = 0x10;
constexpr std::uint16_t kFin = 0x11;
constexpr std::uint16_t kRst = 0x14;

struct Told {
  const char* src;
  std::uint16_t src_port;
  const char* dst;
  std::uint16_t dst_port;
  std::int64_t bytes;
  base::UnixMs end = kNoon;
  std::uint16_t tcp_flags = kAck;
  std::uint8_t end_reason = 0;
  std::int64_t reported_after_ms = 1'000;
};

flow::FlowRecord flow_of(const Told& told) {
  flow::FlowRecord flow = store::a_flow(told.src, told.dst, told.bytes, told.end);
  flow.protocol = kTcp;
  flow.src_port = told.src_port;
  flow.dst_port = told.dst_port;
  flow.tcp_flags = told.tcp_flags;
  flow.end_reason = told.end_reason;
  flow.received = told.end + told.reported_after_ms;
  for (const Column column :
       {Column::protocol, Column::src_port, Column::dst_port, Column::tcp_flags}) {
    flow.present |= flow::bit(column);
  }
  if (told.end_reason != 0) flow.present |= flow::bit(Column::end_reason);
  return flow;
}

std::vector<Conversation> stitched(const std::vector<flow::FlowRecord>& flows,
                                   base::UnixMs now = kNoon + 2'000) {
  Stitcher stitcher(timeouts);
  for (const flow::FlowRecord& flow : flows) stitcher.add(flow, "https");
  return stitcher.finish(now, false, 1'000).first;
}
std::vector<Conversation> stitched(const std::vector<Told>& told,
                                   base::UnixMs now = kNoon + 2'000) {
  std::vector<flow::FlowRecord> flows;
  for (const Told& one : told) flows.push_back(flow_of(one));
  return stitched(flows, now);
}

constexpr const char* kHost = "192.168.1.7";
constexpr const char* kPeer = "198.51.100.1";

TEST(Stitcher, TwoHalvesAreOneConversationWhicheverCameFirst) {
  const Told up{kHost, 50'000, kPeer, 443, 100};
  const Told down{kPeer, 443, kHost, 50'000, 9'000};
  for (const auto& both : {std::vector{up, down}, std::vector{down, up}}) {
    const auto found = stitched(both);
    ASSERT_THAT(found, SizeIs(1));
    EXPECT_EQ(found[0].client, (ConversationEnd{address(kHost), 50'000}));
    EXPECT_EQ(found[0].server, (ConversationEnd{address(kPeer), 443}));
    EXPECT_EQ(found[0].sent.bytes, 100);
    EXPECT_EQ(found[0].got.bytes, 9'000);
    EXPECT_EQ(found[0].sent.packets, 2);
    EXPECT_EQ(found[0].got.packets, 91);
    EXPECT_EQ(found[0].app, "https");
    EXPECT_EQ(found[0].got.bits_per_s, 7'200);  // 9,000 octets in ten seconds
    EXPECT_TRUE(found[0].is_active);
  }
}

TEST(Stitcher, OneHalfAloneIsAConversationToo) {
  const auto found = stitched(std::vector<Told>{{kPeer, 443, kHost, 50'000, 9'000}});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].server.address, address(kPeer));
  EXPECT_EQ(found[0].sent.flows, 0u);
  EXPECT_EQ(found[0].got.bytes, 9'000);
}

TEST(Stitcher, Ipv6NeighboursStayTwoHosts) {
  const auto found = stitched(std::vector<Told>{{"2001:db8::1", 50'000, "2001:db8:1::1", 443, 100},
                                                {"2001:db8:1::1", 443, "2001:db8::1", 50'000, 200},
                                                {"2001:db8::2", 50'000, "2001:db8:1::1", 443, 50}});
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].client.address, address("2001:db8::1"));
  EXPECT_EQ(found[0].got.bytes, 200);
  EXPECT_EQ(found[1].client.address, address("2001:db8::2"));
  EXPECT_EQ(found[1].got.flows, 0u);
}

TEST(Stitcher, ALongOneIsTheSumOfItsParts) {
  std::vector<Told> parts;
  for (int minute = 0; minute < 10; ++minute) {
    const base::UnixMs end = kNoon + minute * base::kMsPerMinute;
    parts.push_back({kHost, 50'000, kPeer, 443, 100, end, kAck, 2});
    parts.push_back({kPeer, 443, kHost, 50'000, 1'000, end, kAck, 2});
  }
  const auto found = stitched(parts, kNoon + 9 * base::kMsPerMinute + 60'000);
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].sent.bytes, 1'000);
  EXPECT_EQ(found[0].got.bytes, 10'000);
  EXPECT_EQ(found[0].sent.flows, 10u);
  EXPECT_EQ(found[0].start, kNoon - 10'000);
  EXPECT_EQ(found[0].last, kNoon + 9 * base::kMsPerMinute);
  EXPECT_TRUE(found[0].is_active);
}

TEST(Stitcher, OfARangeThatIsOverTheLargestComesFirst) {
  Stitcher stitcher(timeouts);
  stitcher.add(flow_of({kHost, 50'000, kPeer, 443, 100}), "https");
  stitcher.add(flow_of({kHost, 50'001, kPeer, 443, 9'000, kNoon, kFin}), "https");
  const auto found = stitcher.finish(kNoon + 2'000, true, 10).first;
  ASSERT_THAT(found, SizeIs(2));
  EXPECT_EQ(found[0].sent.bytes, 9'000);
  EXPECT_FALSE(found[0].is_active || found[1].is_active);
}

TEST(Stitcher, PortsUsedAgainAfterTheEndAreAnotherConversation) {
  EXPECT_THAT(stitched(std::vector<Told>{
                  {kHost, 50'000, kPeer, 443, 100, kNoon},
                  {kHost, 50'000, kPeer, 443, 100, kNoon + 10'000 + kSilenceMs + 1}}),
              SizeIs(2));
  EXPECT_THAT(stitched(std::vector<Told>{{kHost, 50'000, kPeer, 443, 100, kNoon, kFin},
                                         {kHost, 50'000, kPeer, 443, 100, kNoon + 20'000, kAck}}),
              SizeIs(2));
  // One side has closed, the other goes on sending.
  EXPECT_THAT(stitched(std::vector<Told>{{kHost, 50'000, kPeer, 443, 100, kNoon, kFin},
                                         {kPeer, 443, kHost, 50'000, 100, kNoon, kAck},
                                         {kPeer, 443, kHost, 50'000, 100, kNoon + 20'000, kAck}}),
              SizeIs(1));
}

std::optional<EndedBy> end_of(const std::vector<Told>& told, base::UnixMs now = kNoon + 2'000) {
  const auto found = stitched(told, now);
  EXPECT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].is_active, !found[0].ended_by);
  return found[0].ended_by;
}

TEST(Stitcher, AnEndIsSaidByTcpOrTheExporterOrShowsInSilence) {
  const auto both = [](std::uint16_t up_flags, std::uint16_t down_flags, std::uint8_t up_reason = 0,
                       std::uint8_t down_reason = 0) {
    return std::vector<Told>{{kHost, 50'000, kPeer, 443, 100, kNoon, up_flags, up_reason},
                             {kPeer, 443, kHost, 50'000, 100, kNoon, down_flags, down_reason}};
  };
  EXPECT_EQ(end_of(both(kAck, kAck)), std::nullopt);
  EXPECT_EQ(end_of(both(kFin, kAck)), std::nullopt);
  EXPECT_EQ(end_of(both(kFin, kFin)), EndedBy::Fin);
  EXPECT_EQ(end_of(both(kAck, kRst)), EndedBy::Rst);
  EXPECT_EQ(end_of(both(kAck, kAck, 2, 2)), std::nullopt);
  EXPECT_EQ(end_of(both(kAck, kAck, 1, 2)), std::nullopt);
  EXPECT_EQ(end_of(both(kAck, kAck, 3, 3)), EndedBy::Exporter);
  const base::UnixMs reported = kNoon + 1'000;
  EXPECT_EQ(end_of(both(kAck, kAck), reported + kSilenceMs - 1), std::nullopt);
  EXPECT_EQ(end_of(both(kAck, kAck), reported + kSilenceMs), EndedBy::Silence);
  EXPECT_EQ(to_text(EndedBy::Silence), "silence");
}

TEST(Stitcher, WhatWasOnlyJustSeenIsNotIdle) {
  const auto idle = [](std::int64_t up_after_ms, std::int64_t down_after_ms) {
    return std::vector<Told>{{kHost, 50'000, kPeer, 443, 100, kNoon, kAck, 1, up_after_ms},
                             {kPeer, 443, kHost, 50'000, 100, kNoon, kAck, 1, down_after_ms}};
  };
  EXPECT_EQ(end_of(idle(15'000, 16'000), kNoon + 20'000), EndedBy::Idle);
  EXPECT_EQ(end_of(idle(15'000, 500), kNoon + 20'000), std::nullopt);
  EXPECT_EQ(end_of(idle(500, 500), kNoon + 20'000), std::nullopt);
  EXPECT_EQ(end_of(idle(500, 500), kNoon + 500 + kSilenceMs), EndedBy::Silence);

  auto given_up = idle(15'000, 16'000);
  given_up[0].end_reason = 3;
  EXPECT_EQ(end_of(given_up, kNoon + 20'000), EndedBy::Idle);

  // By the exporter's clock, which is an hour behind ours.
  auto cut = flow_of({kHost, 50'000, kPeer, 443, 100, kNoon, kAck, 1, 3'600'000});
  cut.export_time = kNoon + 1'000;
  cut.present |= flow::bit(Column::export_time);
  EXPECT_TRUE(stitched(std::vector{cut}, cut.received)[0].is_active);
  cut.export_time = kNoon + 15'000;
  EXPECT_EQ(stitched(std::vector{cut}, cut.received)[0].ended_by, EndedBy::Idle);
}

TEST(Timeouts, AreUsualOnesUntilTheyAreLearned) {
  EXPECT_EQ(Timeouts().silence_ms(), 180'000);
  EXPECT_EQ((Timeouts{.active_ms = 60'000, .inactive_ms = 15'000}).silence_ms(), kSilenceMs);
  EXPECT_EQ(Timeouts().idle_ms(), 5'000);
  EXPECT_EQ((Timeouts{.active_ms = 0, .inactive_ms = 60'000}).idle_ms(), 45'000);
}

TEST(Stitcher, WhoAskedShowsInThePortsElseInWhoBegan) {
  const auto client_of = [](const std::vector<Told>& told) {
    const auto found = stitched(told);
    return found.size() == 1 ? flow::to_text(found[0].client.address) : "?";
  };
  EXPECT_EQ(client_of({{kPeer, 53, kHost, 5'353, 1}, {kHost, 5'353, kPeer, 53, 1, kNoon + 1}}),
            kHost);
  EXPECT_EQ(
      client_of({{kPeer, 6'881, kHost, 51'413, 1}, {kHost, 51'413, kPeer, 6'881, 1, kNoon + 1}}),
      kPeer);
  EXPECT_EQ(client_of({{kHost, 51'413, kPeer, 6'881, 1}, {kPeer, 6'881, kHost, 51'413, 1}}), kHost);
}

TEST(Stitcher, AnIcmpAnswerBelongsToItsQuestion) {
  auto question = flow_of({kHost, 0, kPeer, 8 * 256, 84});
  auto reply = flow_of({kPeer, 0, kHost, 0, 84, kNoon + 5});
  question.protocol = reply.protocol = 1;
  const auto found = stitched(std::vector{question, reply});
  ASSERT_THAT(found, SizeIs(1));
  EXPECT_EQ(found[0].client, (ConversationEnd{address(kHost), std::nullopt}));
}

TEST(Stitcher, SampledCountsAreMultipliedAndDoNotOverflow) {
  auto sampled = flow_of({kHost, 50'000, kPeer, 443, 100});
  sampled.sampling_rate = 1'000;
  sampled.present |= flow::bit(Column::sampling_rate);
  EXPECT_EQ(stitched(std::vector{sampled})[0].sent.bytes, 100'000);
  sampled.bytes = std::numeric_limits<std::int64_t>::max() / 2;
  EXPECT_EQ(stitched(std::vector{sampled, sampled})[0].sent.bytes,
            std::numeric_limits<std::int64_t>::max());
}

TEST(Stitcher, ActiveOnesComeFirstThenTheLargest) {
  const auto found = stitched(std::vector<Told>{{kHost, 1'025, kPeer, 443, 5'000, kNoon, kFin},
                                                {kHost, 1'026, kPeer, 443, 100},
                                                {kHost, 1'027, kPeer, 443, 300}});
  std::vector<std::int64_t> bytes;
  for (const Conversation& known : found) bytes.push_back(known.sent.bytes);
  EXPECT_THAT(bytes, ElementsAre(300, 100, 5'000));
}

TEST(Stitcher, TheFirstAreGivenAndAllCounted) {
  Stitcher stitcher(timeouts);
  for (int i = 0; i < 1'000; ++i) {
    const auto port = static_cast<std::uint16_t>(2'000 + i);
    stitcher.add(flow_of({kHost, port, kPeer, 443, 100 + i % 500}), "https");
  }
  stitcher.add(flow_of({kHost, 4'000, kPeer, 443, 9'000, kNoon, kFin}), "https");
  const auto ended = stitcher.finish(kNoon + 2'000, false, 3);
  EXPECT_EQ(ended.found, 1'001u);
  EXPECT_EQ(ended.active, 1'000u);
  std::vector<std::optional<std::uint16_t>> ports;  // of equal ones the earlier first
  for (const Conversation& known : ended.first) ports.push_back(known.client.port);
  EXPECT_THAT(ports, ElementsAre(2'499, 2'999, 2'498));
}

class FindConversations : public store::StoreTest {
 protected:
  FindConversations() { open(); }

  Conversations found(std::uint64_t flows_max = 1'000, const std::string& filter = "") {
    Questions questions(*store_,
                        Uncommitted{.ledger = [] { return std::vector<flow::LedgerRow>(); },
                                    .replaying = [] { return false; }});
    query::Plan flows = plan("", filter);
    flows.flows = true;
    flows.counted_only = false;
    auto answer = find_conversations(questions,
                                     {.flows = flows,
                                      .timeouts_of = timeouts,
                                      .now = kNoon + 2'000,
                                      .top = 1'000,
                                      .flows_max = flows_max},
                                     {});
    EXPECT_TRUE(answer);
    return answer ? std::move(*answer) : Conversations();
  }
};

TEST_F(FindConversations, InHotRowsAndParts) {
  append({flow_of({kHost, 50'000, kPeer, 443, 100}),
          flow_of({"2001:db8::1", 50'000, "2001:db8:1::1", 443, 70})});
  commit(1);
  append({flow_of({kPeer, 443, kHost, 50'000, 9'000})}, 2);
  const auto answer = found();
  ASSERT_THAT(answer.stitched.first, SizeIs(2));
  EXPECT_EQ(answer.stitched.first[0].sent.bytes, 100);
  EXPECT_EQ(answer.stitched.first[0].got.bytes, 9'000);
  EXPECT_EQ(answer.stitched.first[0].app, "https");
  EXPECT_EQ(answer.stitched.first[0].exporter, address("192.0.2.1"));
  EXPECT_EQ(answer.stitched.active, 2u);
  EXPECT_EQ(answer.flows_read, 3u);
  EXPECT_TRUE(answer.is_whole);
  EXPECT_THAT(found(1'000, "host:2001:db8::1").stitched.first, SizeIs(1));
  EXPECT_THAT(found(1'000, "host:192.0.2.77").stitched.first, IsEmpty());
}

TEST_F(FindConversations, FlowsThatAnotherPointCountsAreLeftOut) {
  auto again = flow_of({kHost, 50'000, kPeer, 443, 100});
  again.counted = false;
  append({flow_of({kHost, 50'000, kPeer, 443, 100}), again});
  EXPECT_EQ(found().stitched.first.at(0).sent.bytes, 100);
  // A question about what an exporter saw takes all that it did.
  EXPECT_EQ(found(1'000, "exporter:192.0.2.1").stitched.first.at(0).sent.bytes, 200);
}

TEST_F(FindConversations, TheNewestAreReadWhereThereAreTooMany) {
  std::vector<flow::FlowRecord> flows;
  for (int i = 0; i < 1'000; ++i) {
    const base::UnixMs end = kNoon - (1'000 - i) * base::kMsPerSecond;
    flows.push_back(flow_of({kHost, static_cast<std::uint16_t>(2'000 + i), kPeer, 443, 100, end}));
  }
  append(flows);
  const auto answer = found(300);
  EXPECT_FALSE(answer.is_whole);
  EXPECT_GT(answer.read.from, kNoon - 300 * base::kMsPerSecond);
  EXPECT_GT(answer.flows_read, 150u);
  EXPECT_LE(answer.flows_read, 600u);
  EXPECT_EQ(answer.flows_read, answer.stitched.found);
  const bool has_newest = std::ranges::any_of(
      answer.stitched.first, [](const Conversation& known) { return known.client.port == 2'999; });
  EXPECT_TRUE(has_newest);
}

TEST_F(FindConversations, ReadingEndsAtTwiceTheCapEvenWithinOneSecond) {
  append(std::vector<flow::FlowRecord>(500, flow_of({kHost, 50'000, kPeer, 443, 100})));
  const auto answer = found(100);
  EXPECT_EQ(answer.flows_read, 200u);
  EXPECT_FALSE(answer.is_whole);
}

}  // namespace
}  // namespace serve
