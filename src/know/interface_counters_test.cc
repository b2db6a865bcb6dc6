#include "know/interface_counters.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "know/snmp_poller.h"

namespace know {
namespace {

constexpr base::UnixMs kNoon = 1'700'000'040'000;  // a whole minute
const flow::Address kSwitch = flow::Address::v4(0xc0000202);

SnmpInterface counted(std::uint32_t index, std::uint64_t in, std::uint64_t out) {
  return {.index = index,
          .name = "if" + std::to_string(index),
          .alias = "",
          .speed_bits_per_s = 0,
          .in_octets = in,
          .out_octets = out};
}

struct InterfaceCountersTest : testing::Test {
  InterfaceCountersTest() {
    std::string pattern = testing::TempDir() + "weir_counters_XXXXXX";
    folder = mkdtemp(pattern.data());
    open();
  }
  ~InterfaceCountersTest() override { std::filesystem::remove_all(folder); }

  void open() {
    auto opened = InterfaceCounters::open(folder / "state.db");
    ASSERT_TRUE(opened) << base::to_text(opened.error());
    counters = std::move(*opened);
  }
  void read(base::UnixMs at, std::vector<SnmpInterface> interfaces,
            std::uint64_t uptime_ms = 1'000'000) const {
    ASSERT_TRUE(
        counters->take(kSwitch, {.uptime_ms = uptime_ms + static_cast<std::uint64_t>(at - kNoon),
                                 .read = at,
                                 .interfaces = std::move(interfaces),
                                 .is_cut = false}));
  }
  CountedStretch stretch(base::UnixMs from = 0, base::UnixMs to = 4 * kNoon) const {
    const auto read = counters->stretch(kSwitch, from, to);
    EXPECT_TRUE(read);
    return *read;
  }

  std::filesystem::path folder;
  std::unique_ptr<InterfaceCounters> counters;
};

TEST_F(InterfaceCountersTest, WhatTwoReadingsTellIsSpreadOverTheMinutesBetween) {
  read(kNoon + 30'000, {counted(1, 100, 50)});
  read(kNoon + 90'000, {counted(1, 1'101, 50)});
  read(kNoon + 150'000, {counted(1, 1'101, 450)});
  const CountedStretch all = stretch();
  EXPECT_EQ(all.from, kNoon + 30'000);
  EXPECT_EQ(all.to, kNoon + 150'000);
  EXPECT_EQ(all.by_index.at(1).in, 1'001u);
  EXPECT_EQ(all.by_index.at(1).out, 400u);
  EXPECT_EQ(all.by_index.at(1).covered_ms, 120'000);
  // A minute of which the range has a part is left out.
  const CountedStretch later = stretch(kNoon + 45'000);
  EXPECT_EQ(later.from, kNoon + 60'000);
  EXPECT_EQ(later.by_index.at(1).in, 501u);
}

TEST_F(InterfaceCountersTest, ARestartOfTheAgentAndALongSilenceTellNothingOfTheTimeBetween) {
  read(kNoon, {counted(1, 1'000, 1'000)});
  read(kNoon + 60'000, {counted(1, 2'000, 2'000)});
  read(kNoon + 120'000, {counted(1, 3'000, 3'000)}, 0);  // restarted, and beyond where it was
  EXPECT_EQ(stretch().by_index.at(1).in, 1'000u);
  read(kNoon + 180'000, {counted(1, 10, 10)}, 0);  // the counter alone
  EXPECT_EQ(stretch().by_index.at(1).in, 1'000u);
  read(kNoon + 240'000, {counted(1, 17, 10)}, 0);
  EXPECT_EQ(stretch().from, kNoon + 180'000);
  EXPECT_EQ(stretch().by_index.at(1).in, 7u);
  const base::UnixMs later = kNoon + 240'000 + InterfaceCounters::kBreakMs + 1;
  read(later, {counted(1, 900, 10)}, 0);
  EXPECT_EQ(stretch().by_index.at(1).in, 7u);
}

TEST_F(InterfaceCountersTest, OutliveARestartOfWeirAndBecomeHours) {
  const base::UnixMs hour = base::floor_to(kNoon, base::kMsPerHour);
  for (std::uint64_t minute = 0; minute <= 180; ++minute) {
    read(hour + static_cast<base::UnixMs>(minute) * 60'000, {counted(1, 1 + minute * 7, minute)});
  }
  counters.reset();
  open();
  EXPECT_EQ(stretch().by_index.at(1).in, 180u * 7);
  ASSERT_TRUE(counters->tidy(hour + InterfaceCounters::kMinutesKeptMs + 2 * base::kMsPerHour));
  const CountedStretch all = stretch();
  EXPECT_EQ(all.by_index.at(1).in, 180u * 7);
  EXPECT_EQ(all.from, hour);
  EXPECT_EQ(all.to, hour + 3 * base::kMsPerHour);
  EXPECT_EQ(stretch(hour + 1).from, hour + base::kMsPerHour);
  ASSERT_TRUE(counters->tidy(hour + InterfaceCounters::kHoursKeptMs + base::kMsPerDay));
  EXPECT_EQ(stretch().to, 0);
}

TEST_F(InterfaceCountersTest, AreBoundedAndIdleInterfacesTakeNoRoom) {
  std::vector<SnmpInterface> before;
  std::vector<SnmpInterface> after;
  for (std::uint32_t i = 1; i <= InterfaceCounters::kInterfacesMax + 3; ++i) {
    before.push_back(counted(i, 0, 0));
    after.push_back(counted(i, i == 1 ? 0 : 5, 0));
  }
  read(kNoon, before);
  read(kNoon + 60'000, after);
  const CountedStretch all = stretch();
  EXPECT_EQ(all.by_index.size(), InterfaceCounters::kInterfacesMax);
  EXPECT_FALSE(all.by_index.contains(1));
  EXPECT_EQ(counters->counters().not_kept.get(), 2u);
}

// A clock that stands until it is moved.
class StandingClock final : public base::Clock {
 public:
  base::UnixNs now_ns() const override { return now_ms * base::kNsPerMs; }
  base::UnixMs now_ms = kNoon;
};

struct SnmpPollerTest : InterfaceCountersTest {
  SnmpPollerTest() {
    store = std::move(*InterfaceStore::open(folder / "state.db"));
    settings->exporters.snmp[kSwitch].community = "public";
    poller.emplace(
        *store, *counters, clock, [this] { return settings; },
        [this](const flow::Address&, const state::SnmpSetting&, const std::function<bool()>&) {
          ++asked;
          return answer;
        });
  }
  void poll() {
    poller->poll([] { return false; });
  }
  SnmpAgentView agent() const { return poller->view()->front(); }
  std::string name_of(std::uint32_t index) const {
    const auto all = store->interfaces(settings);
    const Interface* found = all->find({kSwitch, index});
    return found == nullptr ? "" : found->name;
  }

  StandingClock clock;
  std::unique_ptr<InterfaceStore> store;
  std::shared_ptr<state::Settings> settings = std::make_shared<state::Settings>();
  std::optional<SnmpPoller> poller;
  base::Expected<SnmpWalk, std::string> answer =
      SnmpWalk{.uptime_ms = 1, .read = kNoon, .interfaces = {counted(1, 1, 1)}, .is_cut = false};
  int asked = 0;
};

TEST_F(SnmpPollerTest, AsksEachIntervalAndKeepsTheNames) {
  poll();
  EXPECT_EQ(asked, 1);
  EXPECT_EQ(agent().state, SnmpState::Good);
  EXPECT_EQ(agent().interfaces, 1u);
  EXPECT_EQ(name_of(1), "if1");
  clock.now_ms += 59'000;
  poll();
  EXPECT_EQ(asked, 1);
  clock.now_ms += 1'000;
  poll();
  EXPECT_EQ(asked, 2);
}

TEST_F(SnmpPollerTest, AnAgentThatHangsIsAskedSeldomAndItsNamesStay) {
  poll();
  answer = base::Unexpected(std::string("the agent says nothing"));
  for (int minute = 0; minute < 60; ++minute) {
    clock.now_ms += base::kMsPerMinute;
    poll();
  }
  EXPECT_LE(asked, 10);
  EXPECT_EQ(agent().state, SnmpState::Paused);
  EXPECT_EQ(agent().problem, "the agent says nothing");
  EXPECT_EQ(agent().answered, kNoon);
  EXPECT_EQ(name_of(1), "if1");
  answer = SnmpWalk{.uptime_ms = 1, .read = clock.now_ms, .interfaces = {}, .is_cut = false};
  clock.now_ms += SnmpPoller::kPauseMaxMs;
  poll();
  EXPECT_EQ(agent().state, SnmpState::Good);
  EXPECT_EQ(name_of(1), "");
}

TEST_F(SnmpPollerTest, ASettingThatChangesCountsAtOnce) {
  answer = base::Unexpected(std::string("x"));
  poll();
  EXPECT_EQ(agent().state, SnmpState::Trouble);
  auto changed = std::make_shared<state::Settings>(*settings);
  changed->exporters.snmp[kSwitch].community = "secret";
  settings = changed;
  answer = SnmpWalk{};
  poll();
  EXPECT_EQ(agent().state, SnmpState::Good);
  settings = std::make_shared<state::Settings>();
  poll();
  EXPECT_TRUE(poller->view()->empty());
}

}  // namespace
}  // namespace know
