#include "know/user_tables.h"

#include <gtest/gtest.h>

#include <fstream>

#include "flow/name_pool.h"

namespace know {
namespace {

class UserTablesTest : public testing::Test {
 protected:
  UserTablesTest() {
    std::string pattern = testing::TempDir() + "weir_tables_XXXXXX";
    folder = mkdtemp(pattern.data());
  }
  ~UserTablesTest() override { std::filesystem::remove_all(folder); }

  void put(std::string_view name, std::string_view text) const {
    std::ofstream(folder / name, std::ios::binary) << text;
  }
  static void look_twice(UserTables& tables) {
    tables.look();
    tables.look();
  }
  // The application of TCP on `port`, as last published.
  std::string_view app(std::uint16_t port) const {
    return flow::NamePool::instance().text_of(services->app(6, 50'000, port).name);
  }
  std::function<void(const Tables&)> keep() {
    return [this](const Tables& tables) {
      services = std::make_shared<const Services>(tables.applications());
      ++published;
    };
  }

  std::filesystem::path folder;
  std::shared_ptr<const Services> services;
  int published = 0;
};

TEST_F(UserTablesTest, WithoutFilesOurNamesHoldAndTheListIsTheDefaultOne) {
  const UserTables tables({folder, {}, {}}, keep());
  EXPECT_FALSE(tables.get()->has_list);
  EXPECT_EQ(tables.get()->protocols.entries.size(), 20u);
  EXPECT_EQ(app(443), "https");
  EXPECT_EQ(published, 1);
}

TEST_F(UserTablesTest, AFileThatChangesHoldsOnceItStandsStill) {
  UserTables tables({folder, {}, {}}, keep());
  put("services", "remotescan 6077/tcp\n");
  tables.look();
  EXPECT_EQ(app(6077), "other-tcp") << "it might be half written";
  tables.look();
  EXPECT_EQ(app(6077), "remotescan");
  put("protocols.list", "Scan=remotescan|nonsens\n");
  look_twice(tables);
  EXPECT_EQ(app(6077), "Scan");
  EXPECT_EQ(tables.get()->protocols.warnings.listed().size(), 1u);
  const int before = published;
  look_twice(tables);
  EXPECT_EQ(published, before) << "nothing has changed";
}

TEST_F(UserTablesTest, NonsenseIsNamedAndTheLastGoodOneHolds) {
  put("services", "remotescan 6077/tcp\n");
  UserTables tables({folder, {}, {}}, keep());
  for (const std::string& nonsense :
       {std::string("\x7f"
                    "ELF\x01\x02\n"),
        std::string("a 1/tcp\n\0b 2/tcp\n", 17), std::string(kTableOctetsMax + 1, '#')}) {
    put("services", nonsense);
    look_twice(tables);
    EXPECT_NE(tables.get()->services_file.problem, "");
    EXPECT_EQ(tables.get()->services_file.text, "remotescan 6077/tcp\n");
    EXPECT_EQ(app(6077), "remotescan");
  }
  put("services", "scan 6077/tcp\n");
  look_twice(tables);
  EXPECT_EQ(tables.get()->services_file.problem, "");
  EXPECT_EQ(app(6077), "scan");
}

TEST_F(UserTablesTest, AFileOfTheDataFolderThatGoesMeansNothing) {
  put("protocols.list", "Scan=6077\n");
  UserTables tables({folder, {}, {}}, keep());
  EXPECT_EQ(app(6077), "Scan");
  std::filesystem::remove(folder / "protocols.list");
  look_twice(tables);
  EXPECT_FALSE(tables.get()->has_list);
  EXPECT_EQ(app(6077), "other-tcp");
}

TEST_F(UserTablesTest, AFileThatWeirTomlNamesAndGoesHoldsOn) {
  put("my", "scan 6077/tcp\n");
  UserTables tables({folder, folder / "my", {}}, keep());
  std::filesystem::remove(folder / "my");
  look_twice(tables);
  EXPECT_NE(tables.get()->services_file.problem, "");
  EXPECT_EQ(app(6077), "scan");
}

TEST_F(UserTablesTest, WhatIsWrittenHoldsAtOnceAndAfterAStart) {
  {
    UserTables tables({folder, {}, {}}, keep());
    EXPECT_TRUE(tables.write(UserTables::Which::Protocols, "Scan=6077\n"));
    EXPECT_EQ(app(6077), "Scan");
    EXPECT_FALSE(tables.write(UserTables::Which::Protocols, "no entry\n"));
    EXPECT_FALSE(tables.write(UserTables::Which::Services, std::string("a 1/tcp\0", 8)));
    EXPECT_EQ(app(6077), "Scan");
  }
  const UserTables tables({folder, {}, {}}, keep());
  EXPECT_TRUE(tables.get()->has_list);
  EXPECT_EQ(tables.get()->protocols_file.text, "Scan=6077\n");
}

TEST_F(UserTablesTest, AFileThatWeirTomlNamesIsNotWritten) {
  put("my", "Scan=6077\n");
  UserTables tables({folder, {}, folder / "my"}, keep());
  const auto written = tables.write(UserTables::Which::Protocols, "A=1\n");
  ASSERT_FALSE(written);
  EXPECT_EQ(std::get<base::UserError>(written.error()).where, "protocols.file");
  EXPECT_EQ(app(6077), "Scan");
}

TEST_F(UserTablesTest, AWriteThatFailsLeavesWhatHeld) {
  UserTables tables({folder, {}, {}}, keep());
  std::filesystem::create_directory(folder / "services");
  const auto written = tables.write(UserTables::Which::Services, "scan 6077/tcp\n");
  ASSERT_FALSE(written);
  EXPECT_TRUE(std::holds_alternative<base::IoError>(written.error()));
  EXPECT_EQ(app(6077), "other-tcp");
}

TEST(Tables, NamesForFiltersAreInLowerCase) {
  const Tables tables = read_tables("RDP 3390/tcp\n", "");
  EXPECT_EQ(tables.folded_names.at("rdp"), (std::vector<std::uint16_t>{3390, 3389}));
}

}  // namespace
}  // namespace know
