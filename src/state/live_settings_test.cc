#include "state/live_settings.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <array>
#include <fstream>

namespace state {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;

class LiveSettingsTest : public testing::Test {
 protected:
  LiveSettingsTest() {
    std::string pattern = testing::TempDir() + "weir_settings_XXXXXX";
    folder_ = mkdtemp(pattern.data());
  }
  ~LiveSettingsTest() override { std::filesystem::remove_all(folder_); }

  std::unique_ptr<LiveSettings> opened(const Settings& given = {},
                                       std::set<std::string, std::less<>> fixed = {}) {
    auto live = LiveSettings::open(given, std::move(fixed), folder_);
    EXPECT_TRUE(live);
    return live ? std::move(*live) : nullptr;
  }

  std::filesystem::path folder_;
};

const flow::Address kRouter = *flow::parse_address("192.0.2.1");

void change_all(Settings& settings) {
  settings.listen = {{{}, 9'996}, {flow::Address::v4(0x7f000001), 2'055}};
  settings.local_networks = {*flow::parse_network("203.0.113.0/24"),
                             *flow::parse_network("2001:db8::/32")};
  settings.exporters.learn = false;
  settings.exporters.allow = {*flow::parse_network("192.0.2.0/24")};
  settings.exporters.deny = {*flow::parse_network("192.0.2.9")};
  settings.exporters.sampling = {{*flow::parse_network("192.0.2.1"), 100}};
  settings.exporters.names = {{kRouter, "<img onerror=\"x\"> \\ ü"}};
  settings.exporters.networks = {{kRouter, *flow::parse_network("198.51.100.0/24")}};
  settings.exporters.interfaces = {
      {{kRouter, 3}, {"uplink \"1\"", InterfaceRole::Wan, 2'500'000'000}},
      {{kRouter, 4}, {"", InterfaceRole::Lan, 0}},
      {{*flow::parse_address("2001:db8::1"), 0}, {"router", {}, 0}}};
}

TEST_F(LiveSettingsTest, AreWhatWasGivenWhileNothingIsChanged) {
  Settings given;
  given.data = "elsewhere";
  given.listen = {{{}, 1}};
  EXPECT_EQ(*opened(given, {"listen"})->get(), given);
  EXPECT_FALSE(std::filesystem::exists(folder_ / "settings.toml"));
}

TEST_F(LiveSettingsTest, KeepEveryChangeAndTellOfIt) {
  Settings expected;
  change_all(expected);
  {
    const auto live = opened();
    Settings told;
    live->on_change([&](const Settings& now) { told = now; });
    ASSERT_TRUE(live->change("listen", change_all));
    EXPECT_EQ(*live->get(), expected);
    EXPECT_EQ(told, expected);
  }
  EXPECT_EQ(*opened()->get(), expected);
}

TEST_F(LiveSettingsTest, AFixedKeyWinsAndCannotBeChanged) {
  ASSERT_TRUE(opened()->change("listen", change_all));
  Settings given;
  given.listen = {{{}, 4'739}};
  const auto live = opened(given, {"listen"});
  EXPECT_EQ(live->get()->listen, given.listen);
  EXPECT_FALSE(live->get()->exporters.learn);
  EXPECT_TRUE(live->is_fixed("listen"));
  const auto refused = live->change("listen", [](Settings& all) { all.listen.pop_back(); });
  ASSERT_FALSE(refused);
  EXPECT_THAT(std::get<base::UserError>(refused.error()).what, HasSubstr("weir.toml"));
}

TEST_F(LiveSettingsTest, WhatIsOverACapOrNoNameIsRefusedAndNothingChanges) {
  const auto live = opened();
  const auto refuses = [&](const std::function<void(Settings&)>& edit) {
    const auto changed = live->change("listen", edit);
    return !changed && std::holds_alternative<base::UserError>(changed.error());
  };
  EXPECT_TRUE(refuses([](Settings& all) { all.listen.clear(); }));
  EXPECT_TRUE(refuses([](Settings& all) { all.listen.resize(LiveSettings::kPortsMax + 1); }));
  EXPECT_TRUE(
      refuses([](Settings& all) { all.exporters.deny.resize(LiveSettings::kListMax + 1); }));
  for (const std::string& name : {std::string(), std::string(65, 'x'), std::string("a\nb"),
                                  std::string("\xff"), std::string("\x7f")}) {
    EXPECT_TRUE(refuses([&](Settings& all) { all.exporters.names[kRouter] = name; })) << name;
  }
  EXPECT_EQ(*live->get(), Settings{});
}

TEST_F(LiveSettingsTest, AFileThatCannotBeWrittenIsSaidAndNothingChanges) {
  const auto live = opened();
  std::filesystem::remove_all(folder_);
  const auto changed = live->change("listen", change_all);
  ASSERT_FALSE(changed);
  EXPECT_EQ(std::get<base::IoError>(changed.error()).errno_value, ENOENT);
  EXPECT_EQ(*live->get(), Settings{});
}

TEST_F(LiveSettingsTest, OfSeveralKeysOneThatIsFixedRefusesAll) {
  const auto live = opened({}, {"exporters.networks"});
  const auto refused =
      live->change(std::array<std::string_view, 2>{"listen", "exporters.networks"}, change_all);
  ASSERT_FALSE(refused);
  EXPECT_EQ(std::get<base::UserError>(refused.error()).where, "exporters.networks");
  EXPECT_EQ(*live->get(), Settings{});
  EXPECT_THAT(live->locked(), ElementsAre("exporters.networks"));
}

// Else it would refuse every later change of something else.
TEST_F(LiveSettingsTest, AFileThatIsOverACapIsRefusedAtTheStart) {
  {
    std::ofstream file(folder_ / "settings.toml");
    file << "exporters.names = {\"192.0.2.1\" = \"" << std::string(65, 'x') << "\"}\nlisten = [";
    for (int port = 1; port <= 33; ++port) file << "\":" << port << "\", ";
    file << "]\n";
  }
  const auto live = LiveSettings::open({}, {}, folder_);
  ASSERT_FALSE(live);
  ASSERT_EQ(live.error().size(), 2u);
  EXPECT_THAT(live.error().front().where, HasSubstr("settings.toml: listen"));
  EXPECT_THAT(live.error().front().what, HasSubstr("at most 32, came 33"));
  EXPECT_THAT(live.error().back().where, HasSubstr("settings.toml: exporters.names"));
}

TEST_F(LiveSettingsTest, AFileThatIsNotUnderstoodIsRefused) {
  std::ofstream(folder_ / "settings.toml") << "listen = 3\n";
  const auto live = LiveSettings::open({}, {}, folder_);
  ASSERT_FALSE(live);
  EXPECT_THAT(live.error().front().where, HasSubstr("settings.toml:1"));
}

}  // namespace
}  // namespace state
