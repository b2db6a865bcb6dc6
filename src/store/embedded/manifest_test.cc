#include "store/embedded/manifest.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::ElementsAre;

class ManifestTest : public StoreTest {
 protected:
  ManifestTest() : db_(state::StateDb::open(folder_ / "state.db")) {}
  void put(std::uint64_t segment, std::vector<flow::ExporterState> states) {
    ManifestChange change;
    change.segment = segment;
    change.exporters = std::move(states);
    const auto done = Manifest(*db_).apply(change);
    ASSERT_TRUE(done) << base::to_text(done.error());
  }
  std::vector<std::string> states() {
    std::vector<std::string> states;
    const auto exporters = Manifest(*db_).exporters();
    for (const auto& one : *exporters) states.push_back(one.state);
    return states;
  }
  base::Expected<state::StateDb, base::IoError> db_;
};

TEST_F(ManifestTest, AnEmptyStateForgetsTheExporter) {
  put(1, {{address("192.0.2.1"), "one"}, {address("192.0.2.2"), "two"}});
  put(2, {{address("192.0.2.1"), ""}});
  EXPECT_THAT(states(), ElementsAre("two"));
}

TEST_F(ManifestTest, BeyondTheCapTheStatesChangedLongestAgoGo) {
  put(1, {{address("2001:db8::1"), "old"}});
  std::vector<flow::ExporterState> many;
  for (std::uint64_t i = 0; i < Manifest::kExporterStatesMax; ++i) {
    many.push_back({{0, 0xffff'0000'0000u + i}, "new"});
  }
  put(2, many);
  const auto kept = states();
  EXPECT_EQ(kept.size(), Manifest::kExporterStatesMax);
  EXPECT_THAT(kept, testing::Each("new"));
}

}  // namespace
}  // namespace store
