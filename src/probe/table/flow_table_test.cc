#include "probe/table/flow_table.h"

#include <gtest/gtest.h>

#include <map>
#include <random>
#include <set>
#include <vector>

#include "probe/table/fragments.h"

namespace probe {
namespace {

constexpr base::UnixMs kBegin = 1'700'000'000'000;
constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kAck = 0x10;

wire::PacketHeaders packet(std::uint16_t port, std::uint64_t octets = 100, std::uint8_t flags = 0) {
  wire::PacketHeaders headers;
  headers.src = {0, std::uint64_t{0xffff} << 32 | 0x0a000001};
  headers.dst = {0, std::uint64_t{0xffff} << 32 | 0x0a000002};
  headers.octets = octets;
  headers.src_port = port;
  headers.dst_port = 443;
  headers.protocol = 6;
  headers.tcp_flags = flags;
  return headers;
}

TableSettings small(std::size_t flows_max = 64) {
  TableSettings settings;
  settings.flows_max = flows_max;
  return settings;
}

void count(FlowTable& table, const wire::PacketHeaders& headers, base::UnixMs time) {
  const SeenPacket seen{headers, time};
  table.count({&seen, 1});
}

// All that has ended by `now`, in the order of their source ports.
std::map<std::uint16_t, EndedFlow> take(FlowTable& table, base::UnixMs now) {
  std::map<std::uint16_t, EndedFlow> taken;
  for (bool is_done = false; !is_done;) {
    is_done = table.expire(now);
    for (const EndedFlow& flow : table.ended()) taken[flow.key.src_port] = flow;
    table.clear_ended();
  }
  return taken;
}

TEST(FlowTable, AddsPacketsOfOneFlow) {
  FlowTable table(small());
  count(table, packet(1, 100, 0x02), kBegin);
  count(table, packet(1, 50, kAck), kBegin + 700);
  count(table, packet(2), kBegin + 800);
  EXPECT_EQ(table.live(), 2u);
  EXPECT_TRUE(take(table, kBegin + 14'000).empty());

  const auto ended = take(table, kBegin + 30'000);
  ASSERT_EQ(ended.size(), 2u);
  const EndedFlow& flow = ended.at(1);
  EXPECT_EQ(flow.octets, 150u);
  EXPECT_EQ(flow.packets, 2u);
  EXPECT_EQ(flow.first_ms, kBegin);
  EXPECT_EQ(flow.last_ms, kBegin + 700);
  EXPECT_EQ(flow.tcp_flags, 0x12);
  EXPECT_EQ(flow.reason, EndReason::Idle);
  EXPECT_EQ(table.live(), 0u);
}

TEST(FlowTable, DirectionsAndVlansAreFlowsOfTheirOwn) {
  FlowTable table(small());
  wire::PacketHeaders there = packet(1);
  wire::PacketHeaders back = there;
  std::swap(back.src, back.dst);
  std::swap(back.src_port, back.dst_port);
  wire::PacketHeaders tagged = there;
  tagged.vlan = 7;
  for (const auto& each : {there, back, tagged}) count(table, each, kBegin);
  EXPECT_EQ(table.live(), 3u);
}

TEST(FlowTable, AFlowThatGoesOnIsToldWhenTheActiveTimeoutCame) {
  FlowTable table(small());
  std::uint64_t told = 0;
  for (base::UnixMs at = 0; at < 200'000; at += 500) {
    for (const auto& [port, flow] : take(table, kBegin + at)) {
      EXPECT_EQ(flow.reason, EndReason::Active);
      EXPECT_LE(flow.last_ms - flow.first_ms, 61'000);
      told += flow.packets;
    }
    count(table, packet(1), kBegin + at);
  }
  for (const auto& [port, flow] : take(table, kBegin + 300'000)) told += flow.packets;
  EXPECT_EQ(told, 400u);
}

TEST(FlowTable, TcpSaysWhenItEndsAndLastAcknowledgementsBelongToIt) {
  FlowTable table(small());
  count(table, packet(1), kBegin);
  count(table, packet(1, 40, kFin | kAck), kBegin + 100);
  count(table, packet(1, 40, kAck), kBegin + 200);
  EXPECT_TRUE(take(table, kBegin + 1'000).empty());
  const auto ended = take(table, kBegin + 4'000);
  ASSERT_EQ(ended.size(), 1u);
  EXPECT_EQ(ended.at(1).packets, 3u);
  EXPECT_EQ(ended.at(1).reason, EndReason::Finished);
}

TEST(FlowTable, TimeoutsLongerThanTheWheelAreKept) {
  TableSettings settings = small();
  settings.active_ms = settings.inactive_ms = 3'600'000;
  FlowTable table(settings);
  count(table, packet(1), kBegin);
  for (base::UnixMs at = 0; at < 3'590'000; at += 10'000) {
    ASSERT_TRUE(take(table, kBegin + at).empty()) << at;
  }
  EXPECT_EQ(take(table, kBegin + 3'601'000).size(), 1u);
}

TEST(FlowTable, AGapLongerThanTheWheelEndsEverythingOnce) {
  FlowTable table(small());
  for (std::uint16_t port = 0; port < 50; ++port) count(table, packet(port), kBegin + port * 300);
  EXPECT_EQ(take(table, kBegin + 86'400'000).size(), 50u);
}

TEST(FlowTable, WhenFullTheFlowThatWouldEndSoonestGoes) {
  FlowTable table(small(10));
  for (std::uint16_t port = 0; port < 25; ++port) {
    count(table, packet(port), kBegin + port * 1'000);
    EXPECT_LE(table.live(), 10u);
  }
  EXPECT_EQ(table.evicted(), 15u);
  ASSERT_EQ(table.ended().size(), 15u);
  EXPECT_EQ(table.ended().front().key.src_port, 0);
  EXPECT_EQ(table.ended().back().key.src_port, 14);
  for (const EndedFlow& flow : table.ended()) EXPECT_EQ(flow.reason, EndReason::NoRoom);
}

TEST(FlowTable, ACounterEndsItsFlowBeforeItOverflows) {
  TableSettings settings = small();
  settings.octets_max = 1'000;
  FlowTable table(settings);
  for (int i = 0; i < 25; ++i) count(table, packet(1, 100), kBegin);
  ASSERT_EQ(table.ended().size(), 2u);
  EXPECT_EQ(table.ended()[0].octets, 1'000u);
  EXPECT_EQ(table.live(), 1u);
  count(table, packet(1, 999), kBegin);  // 500 are there: together they would be too many
  ASSERT_EQ(table.ended().size(), 3u);
  EXPECT_EQ(table.ended()[2].octets, 500u);
}

// Addresses chosen to cancel a constant out: under a seed nobody knows they spread like others.
TEST(FlowTable, NoAddressesMeetUnderEverySeed) {
  std::set<std::uint32_t> by_source;
  std::set<std::uint32_t> by_destination;
  for (std::uint64_t i = 0; i < 1'000; ++i) {
    FlowKey key = FlowKey::of(packet(1));
    key.src = {0x9e3779b97f4a7c15, i};
    by_source.insert(hash_of(key, 42));
    key = FlowKey::of(packet(1));
    key.dst = {i, 0xbf58476d1ce4e5b9};
    by_destination.insert(hash_of(key, 42));
  }
  EXPECT_GT(by_source.size(), 990u);
  EXPECT_GT(by_destination.size(), 990u);
}

TEST(FlowTable, PacketsOutOfOrderMoveTheBegin) {
  FlowTable table(small());
  count(table, packet(1), kBegin + 1'000);
  count(table, packet(1), kBegin);
  const auto ended = take(table, kBegin + 60'000);
  EXPECT_EQ(ended.at(1).first_ms, kBegin);
  EXPECT_EQ(ended.at(1).last_ms, kBegin + 1'000);
}

TEST(FlowTable, AClockThatGoesBackEndsWhatWasBefore) {
  FlowTable table(small());
  count(table, packet(1), kBegin);
  EXPECT_EQ(take(table, kBegin - 3'600'000).size(), 1u);
  count(table, packet(2), kBegin - 3'600'000);
  EXPECT_EQ(take(table, kBegin - 3'500'000).size(), 1u);
}

TEST(FlowTable, FinishEndsAllAsRoomIsMade) {
  FlowTable table(small(1'000));
  for (std::uint16_t port = 0; port < 1'000; ++port) count(table, packet(port), kBegin);
  std::size_t ended = 0;
  for (bool is_done = false; !is_done;) {
    is_done = table.finish();
    for (const EndedFlow& flow : table.ended()) EXPECT_EQ(flow.reason, EndReason::Forced);
    ended += table.ended().size();
    table.clear_ended();
  }
  EXPECT_EQ(ended, 1'000u);
}

// Against sums kept the plain way, with few enough flows and room that all of it happens: runs of
// places that close, slots filed again, eviction.
TEST(FlowTable, WhatGoesInComesOut) {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    std::mt19937_64 random(seed);
    TableSettings settings = small(40);
    settings.seed = seed;
    FlowTable table(settings);
    std::map<std::uint16_t, std::pair<std::uint64_t, std::uint64_t>> in;
    std::map<std::uint16_t, std::pair<std::uint64_t, std::uint64_t>> out;
    const auto drain = [&] {
      for (const EndedFlow& flow : table.ended()) {
        EXPECT_LE(flow.first_ms, flow.last_ms);
        out[flow.key.src_port].first += flow.packets;
        out[flow.key.src_port].second += flow.octets;
      }
      table.clear_ended();
    };
    std::vector<SeenPacket> waiting;
    const std::size_t at_once = 1 + seed % FlowTable::kAtOnceMax;
    const auto count_waiting = [&] {
      table.count(waiting);
      waiting.clear();
      drain();
    };
    base::UnixMs now = kBegin;
    for (int i = 0; i < 5'000; ++i) {
      now += static_cast<base::UnixMs>(random() % 400);
      if (random() % 500 == 0) now += 400'000;
      const auto port = static_cast<std::uint16_t>(random() % 80);
      const std::uint64_t octets = 20 + random() % 1'500;
      const std::uint8_t flags = random() % 30 == 0 ? kFin : kAck;
      if (random() % 3 == 0) count_waiting();
      while (!table.expire(now)) drain();
      drain();
      const auto late = static_cast<base::UnixMs>(random() % 100);
      waiting.push_back({packet(port, octets, flags), now - late});
      if (waiting.size() == at_once) count_waiting();
      in[port].first += 1;
      in[port].second += octets;
    }
    count_waiting();
    while (!table.finish()) drain();
    drain();
    EXPECT_EQ(in, out) << seed;
    EXPECT_EQ(table.live(), 0u);
    EXPECT_GT(table.evicted(), 0u);
  }
}

TEST(Fragments, GiveLaterOnesThePortsOfTheirFirst) {
  Fragments fragments;
  wire::PacketHeaders first = packet(1'000);
  first.fragment_id = 9;
  wire::PacketHeaders later = first;
  later.src_port = later.dst_port = 0;
  EXPECT_FALSE(fragments.give_ports(later, kBegin));
  fragments.remember(first, kBegin);
  EXPECT_TRUE(fragments.give_ports(later, kBegin + 10));
  EXPECT_EQ(later.src_port, 1'000);
  EXPECT_EQ(later.dst_port, 443);

  wire::PacketHeaders other = later;
  other.fragment_id = 10;
  EXPECT_FALSE(fragments.give_ports(other, kBegin));
  EXPECT_FALSE(fragments.give_ports(later, kBegin + Fragments::kAgeMaxMs + 1));
}

}  // namespace
}  // namespace probe
