#include "store/embedded/inspect.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "store/embedded/store_fixture_test.h"

namespace store {
namespace {

using testing::IsEmpty;

class InspectTest : public StoreTest {
 protected:
  void SetUp() override {
    open();
    append({a_flow("10.0.0.1", "198.51.100.1", 500), a_flow("10.0.0.2", "198.51.100.1", 700)});
    commit(1);
  }
  void expect_all_found() {
    const auto parts = read_manifest(folder_);
    ASSERT_TRUE(parts) << base::to_text(parts.error());
    ASSERT_EQ(parts->size(), 1u);
    EXPECT_EQ(parts->front().kind, "flows");
    EXPECT_EQ(parts->front().rows, 2u);
    EXPECT_EQ(parts->front().octets, std::filesystem::file_size(folder_ / parts->front().name));
    const auto report = check_folder(folder_);
    ASSERT_TRUE(report) << base::to_text(report.error());
    EXPECT_EQ(report->parts_read, 1u);
    EXPECT_EQ(report->octets_read, parts->front().octets);
    EXPECT_THAT(report->problems, IsEmpty());
  }
};

TEST_F(InspectTest, ReadsBesideTheProcessThatHoldsTheFolder) {
  expect_all_found();
}

TEST_F(InspectTest, ReadsAFolderThatNobodyHolds) {
  store_.reset();
  expect_all_found();
}

TEST_F(InspectTest, WhatWasDroppedSinceIsNotWrong) {
  ASSERT_TRUE(store_->make_room(budget_->limit_octets()));
  const auto report = check_folder(folder_);
  ASSERT_TRUE(report) << base::to_text(report.error());
  EXPECT_EQ(report->parts_read, 0u);
  EXPECT_THAT(report->problems, IsEmpty());
}

TEST_F(InspectTest, RefusesAFolderWithoutAManifest) {
  const auto parts = read_manifest(folder_ / "nowhere");
  ASSERT_FALSE(parts);
  EXPECT_THAT(base::to_text(parts.error()), testing::HasSubstr("nowhere/state.db"));
  EXPECT_FALSE(check_folder(folder_ / "nowhere"));
}

}  // namespace
}  // namespace store
