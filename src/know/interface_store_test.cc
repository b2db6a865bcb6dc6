#include "know/interface_store.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <cstdlib>

#include "know/interface_keeper.h"
#include "know/text_table.h"

namespace know {
namespace {

constexpr base::UnixMs kDay = 1'700'000'000'000;
const flow::Address kRouter = flow::Address::v4(0xc0000201);

struct InterfaceStoreTest : testing::Test {
  InterfaceStoreTest() {
    std::string pattern = testing::TempDir() + "weir_interfaces_XXXXXX";
    folder = mkdtemp(pattern.data());
    open();
  }
  ~InterfaceStoreTest() override { std::filesystem::remove_all(folder); }

  void open() {
    auto opened = InterfaceStore::open(folder / "state.db");
    ASSERT_TRUE(opened) << base::to_text(opened.error());
    store = std::move(*opened);
  }
  void tell(InterfaceOrigin origin, const InterfaceStore::Said& said, base::UnixMs now,
            bool is_whole = false) const {
    store->tell(origin, kRouter, said, is_whole, now);
  }
  Interface of(std::uint32_t index) const {
    const auto all = store->interfaces(settings);
    const Interface* found = all->find({kRouter, index});
    return found == nullptr ? Interface() : *found;
  }
  std::string name_of(std::uint32_t index) const { return of(index).name; }

  std::filesystem::path folder;
  std::unique_ptr<InterfaceStore> store;
  std::shared_ptr<state::Settings> settings = std::make_shared<state::Settings>();
};

TEST_F(InterfaceStoreTest, APersonsNameWinsThenSnmpThenOptions) {
  tell(InterfaceOrigin::Options, {{3, {"Gi0/3", "uplink", 0}}}, kDay);
  EXPECT_EQ(name_of(3), "Gi0/3");
  tell(InterfaceOrigin::Snmp, {{3, {"GigabitEthernet0/3", "", 1'000'000'000}}}, kDay + 1);
  EXPECT_EQ(name_of(3), "GigabitEthernet0/3");
  EXPECT_EQ(of(3).alias, "uplink");
  EXPECT_EQ(of(3).speed_bits_per_s, 1'000'000'000u);
  EXPECT_EQ(of(3).since, kDay + 1);

  auto changed = std::make_shared<state::Settings>();
  changed->exporters.interfaces[{kRouter, 3}] = {"WAN", state::InterfaceRole::Wan, 100};
  changed->exporters.interfaces[{kRouter, 9}] = {"", state::InterfaceRole::Lan, 0};
  settings = changed;
  EXPECT_EQ(name_of(3), "WAN");
  EXPECT_EQ(of(3).origin, InterfaceOrigin::Person);
  EXPECT_EQ(of(3).speed_bits_per_s, 100u);
  EXPECT_EQ(of(9).role, state::InterfaceRole::Lan);
  EXPECT_EQ(name_of(9), "");
}

TEST_F(InterfaceStoreTest, NamesOutliveARestartAndASilentRouter) {
  tell(InterfaceOrigin::Options, {{3, {"Gi0/3", "uplink", 0}}}, kDay);
  ASSERT_TRUE(store->flush());
  store.reset();
  open();
  EXPECT_EQ(name_of(3), "Gi0/3");
  EXPECT_EQ(of(3).alias, "uplink");
  EXPECT_EQ(of(3).confirmed, kDay);
  // A row of options may come alone; a walk of SNMP tells of all.
  tell(InterfaceOrigin::Options, {{4, {"Gi0/4", "", 0}}}, kDay + 1);
  EXPECT_EQ(name_of(3), "Gi0/3");
  tell(InterfaceOrigin::Snmp, {{3, {"x3", "", 0}}, {4, {"x4", "", 0}}}, kDay + 2, true);
  tell(InterfaceOrigin::Snmp, {{4, {"x4", "", 0}}}, kDay + 3, true);
  EXPECT_EQ(name_of(3), "Gi0/3");
  EXPECT_EQ(name_of(4), "x4");
}

TEST_F(InterfaceStoreTest, ANameThatMovesLeavesItsFormerNumber) {
  tell(InterfaceOrigin::Options, {{3, {"wan", "", 0}}, {4, {"lan", "", 0}}}, kDay);
  EXPECT_EQ(store->moved_from({kRouter, 3}), std::nullopt);
  const base::UnixMs later = kDay + base::kMsPerHour;
  tell(InterfaceOrigin::Options, {{4, {"wan", "", 0}}, {5, {"lan", "", 0}}}, later);
  EXPECT_EQ(name_of(3), "");
  EXPECT_EQ(name_of(4), "wan");
  EXPECT_EQ(of(4).since, later);
  EXPECT_EQ(name_of(5), "lan");
  EXPECT_EQ(store->moved_from({kRouter, 4}), 3u);
  EXPECT_EQ(store->moved_from({kRouter, 5}), 4u);
  const auto history = store->history({kRouter, 4});
  ASSERT_EQ(history.size(), 2u);
  EXPECT_EQ(history[1].said.name, "lan");
  EXPECT_EQ(history[1].until, later);
  ASSERT_TRUE(store->flush());
  open();
  EXPECT_EQ(store->history({kRouter, 4}), history);
}

TEST_F(InterfaceStoreTest, TwoInterfacesOfOneNameKeepIt) {
  for (int table = 0; table < 3; ++table) {
    const base::UnixMs now = kDay + table * base::kMsPerHour;
    tell(InterfaceOrigin::Options, {{3, {"bond", "", 0}}, {4, {"bond", "", 0}}}, now);
    EXPECT_EQ(name_of(3), "bond");
    EXPECT_EQ(name_of(4), "bond");
  }
  EXPECT_EQ(store->history({kRouter, 3}).size(), 1u);
}

TEST_F(InterfaceStoreTest, HistoryIsBounded) {
  for (std::size_t i = 0; i < 3 * InterfaceStore::kHistoryMax; ++i) {
    tell(InterfaceOrigin::Options, {{3, {std::to_string(i), "", 0}}},
         kDay + static_cast<base::UnixMs>(i));
  }
  const auto history = store->history({kRouter, 3});
  EXPECT_EQ(history.size(), InterfaceStore::kHistoryMax);
  EXPECT_EQ(history.front().said.name, std::to_string(3 * InterfaceStore::kHistoryMax - 1));
}

TEST_F(InterfaceStoreTest, TheLongestNotToldGoWhenThereAreTooMany) {
  tell(InterfaceOrigin::Options, {{7, {"old", "", 0}}}, kDay);
  constexpr std::uint32_t kEach = 1'000;
  InterfaceStore::Said many;
  for (std::uint32_t i = 0; i < kEach; ++i) many.push_back({i, {std::to_string(i), "", 0}});
  for (std::uint32_t router = 1; router < InterfaceStore::kInterfacesMax / kEach; ++router) {
    store->tell(InterfaceOrigin::Options, flow::Address::v4(router), many, false, kDay + 1);
  }
  many.pop_back();
  store->tell(InterfaceOrigin::Options, flow::Address::v4(99), many, false, kDay + 1);
  EXPECT_EQ(store->size(), InterfaceStore::kInterfacesMax);
  EXPECT_EQ(name_of(7), "old");
  tell(InterfaceOrigin::Options, {{100'000, {"one more", "", 0}}}, kDay + 2);
  EXPECT_LE(store->size(), InterfaceStore::kInterfacesMax);
  EXPECT_EQ(name_of(7), "");
  EXPECT_EQ(name_of(100'000), "one more");
  EXPECT_GT(store->counters().forgotten.get(), 0u);
}

TEST_F(InterfaceStoreTest, TheKeeperTakesWhatIsToldOnce) {
  auto told = std::make_shared<const std::vector<flow::ToldInterface>>(
      std::vector<flow::ToldInterface>{{1, "one", "", kDay}, {2, "two", "", kDay + 5}});
  flow::WorkerView view;
  view.exporters.emplace_back().exporter = kRouter;
  view.exporters.emplace_back().exporter = flow::Address::v4(1);
  view.exporters.front().interfaces = told;
  const base::SystemClock clock;
  InterfaceKeeper keeper(
      *store, clock, [&] { return std::vector{std::make_shared<const flow::WorkerView>(view)}; });
  keeper.look(kDay + 10);
  EXPECT_EQ(name_of(1), "one");
  EXPECT_EQ(name_of(2), "two");
  keeper.look(kDay + 20);
  EXPECT_EQ(of(1).confirmed, kDay + 10);
  view.exporters.front().interfaces = std::make_shared<const std::vector<flow::ToldInterface>>(
      std::vector<flow::ToldInterface>{{1, "one", "", kDay}, {2, "II", "", kDay + 25}});
  keeper.look(kDay + 30);
  EXPECT_EQ(of(1).confirmed, kDay + 10);
  EXPECT_EQ(name_of(2), "II");
}

TEST(TextOfField, IsMadeFitToBeShown) {
  const auto text = [](std::string_view octets) { return text_of_field(octets, 64).text; };
  EXPECT_EQ(text(std::string_view(" eth0 \0after", 12)), "eth0");
  EXPECT_EQ(text("a\tb\x1b[2Jc"), "a b [2Jc");
  EXPECT_EQ(text("caf\xe9"), "caf\xef\xbf\xbd");
  EXPECT_EQ(text("<script>"), "<script>");  // what shows it escapes it
  EXPECT_EQ(text_of_field("äöü", 3).text, "ä");
  EXPECT_TRUE(text_of_field("äöü", 3).is_cut);
  EXPECT_FALSE(text_of_field("äö", 4).is_cut);
}

}  // namespace
}  // namespace know
