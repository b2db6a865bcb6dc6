#include "state/state_db.h"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cstdlib>
#include <string>

namespace state {
namespace {

class StateDbTest : public testing::Test {
 protected:
  StateDbTest() {
    std::string pattern = testing::TempDir() + "state_db_XXXXXX";
    folder_ = mkdtemp(pattern.data());
    file_ = folder_ / "state.db";
  }
  ~StateDbTest() override { std::filesystem::remove_all(folder_); }

  static std::int64_t count(const StateDb& db) {
    auto statement = db.prepare("SELECT count(*) FROM facts");
    EXPECT_TRUE(statement && *statement->step());
    return statement->integer(0);
  }

  std::filesystem::path folder_;
  std::filesystem::path file_;
};

TEST_F(StateDbTest, GivesBackWhatWasBoundAndKeepsIt) {
  {
    const auto db = StateDb::open(file_);
    ASSERT_TRUE(db) << base::to_text(db.error());
    ASSERT_TRUE(db->run("INSERT INTO facts VALUES (?, ?)", "it's", ~std::uint64_t{0}));
    ASSERT_TRUE(db->run("INSERT INTO exporters VALUES (?, ?, ?, 0)", 1, 2,
                        Statement::Blob{std::string_view("a\0b", 3)}));
  }
  const auto db = StateDb::open(file_);
  ASSERT_TRUE(db);
  auto statement = db->prepare("SELECT name, value, state FROM facts, exporters");
  ASSERT_TRUE(statement && *statement->step());
  EXPECT_EQ(statement->text(0), "it's");
  EXPECT_EQ(statement->unsigned_integer(1), ~std::uint64_t{0});
  EXPECT_EQ(statement->blob(2), std::string("a\0b", 3));
  EXPECT_FALSE(*statement->step());
}

TEST_F(StateDbTest, IsReadableByItsOwnerAlone) {
  const auto db = StateDb::open(file_);
  ASSERT_TRUE(db);
  struct stat found {};
  ASSERT_EQ(stat(file_.c_str(), &found), 0);
  EXPECT_EQ(found.st_mode & 0777, 0600u);
}

TEST_F(StateDbTest, AnUncommittedTransactionLeavesNothing) {
  const auto db = StateDb::open(file_);
  ASSERT_TRUE(db);
  {
    const auto transaction = Transaction::begin(*db);
    ASSERT_TRUE(transaction);
    ASSERT_TRUE(db->run("INSERT INTO facts VALUES ('a', 1)"));
  }
  EXPECT_EQ(count(*db), 0);
  auto transaction = Transaction::begin(*db);
  ASSERT_TRUE(transaction);
  ASSERT_TRUE(db->run("INSERT INTO facts VALUES ('a', 1)"));
  ASSERT_TRUE(transaction->commit());
  EXPECT_EQ(count(*db), 1);
}

TEST_F(StateDbTest, AnErrorNamesFileAndStatement) {
  const auto db = StateDb::open(file_);
  ASSERT_TRUE(db);
  ASSERT_TRUE(db->run("INSERT INTO facts VALUES ('a', 1)"));
  const auto again = db->run("INSERT INTO facts VALUES ('a', 1)");
  ASSERT_FALSE(again);
  EXPECT_EQ(again.error().target, file_.string());
  EXPECT_NE(again.error().operation.find("INSERT INTO facts"), std::string::npos);
}

TEST_F(StateDbTest, RefusesAFileOfANewerWeir) {
  {
    const auto db = StateDb::open(file_);
    ASSERT_TRUE(db && db->execute("PRAGMA user_version = 1000"));
  }
  const auto db = StateDb::open(file_);
  ASSERT_FALSE(db);
  EXPECT_NE(db.error().detail.find("came 1000"), std::string::npos);
  EXPECT_FALSE(StateDb::open_read_only(file_));
}

TEST_F(StateDbTest, ReadOnlySeesWhatWasCommittedAndWritesNothing) {
  {
    const auto db = StateDb::open(file_);
    ASSERT_TRUE(db && db->run("INSERT INTO facts VALUES ('a', 1)"));
    const auto beside = StateDb::open_read_only(file_);  // with a -wal
    ASSERT_TRUE(beside) << base::to_text(beside.error());
    EXPECT_EQ(count(*beside), 1);
  }
  const auto db = StateDb::open_read_only(file_);  // without
  ASSERT_TRUE(db) << base::to_text(db.error());
  EXPECT_EQ(count(*db), 1);
  EXPECT_FALSE(db->run("INSERT INTO facts VALUES ('b', 1)"));
  EXPECT_FALSE(std::filesystem::exists(file_.string() + "-wal"));
  EXPECT_FALSE(StateDb::open_read_only(folder_ / "absent.db"));
}

TEST_F(StateDbTest, TwoConnectionsWriteInTurn) {
  const auto first = StateDb::open(file_);
  const auto second = StateDb::open(file_);
  ASSERT_TRUE(first && second);
  ASSERT_TRUE(first->run("INSERT INTO facts VALUES ('a', 1)"));
  ASSERT_TRUE(second->run("INSERT INTO facts VALUES ('b', 1)"));
  EXPECT_EQ(count(*first), 2);
}

}  // namespace
}  // namespace state
