#include "serve/machine.h"

#include <gtest/gtest.h>
#include <stdlib.h>

#include <fstream>

namespace serve {
namespace {

class MachineZone : public testing::Test {
 protected:
  MachineZone() {
    std::string pattern = testing::TempDir() + "weir_zone_XXXXXX";
    root_ = mkdtemp(pattern.data());
    std::filesystem::create_directories(root_ / "etc");
    if (const char* set = getenv("TZ")) before_ = set;
    unsetenv("TZ");
  }
  ~MachineZone() override {
    std::filesystem::remove_all(root_);
    if (before_.empty()) {
      unsetenv("TZ");
    } else {
      setenv("TZ", before_.c_str(), 1);
    }
  }

  std::filesystem::path root_;
  std::string before_;
};

TEST_F(MachineZone, IsUtcWhereNothingTells) {
  EXPECT_EQ(machine_zone(root_), "UTC");
  std::ofstream(root_ / "etc/timezone") << "<script>\n";
  EXPECT_EQ(machine_zone(root_), "UTC");
}

TEST_F(MachineZone, IsTheEnvironmentsThenTheLinksThenTheFiles) {
  std::ofstream(root_ / "etc/timezone") << "Asia/Tokyo\n";
  EXPECT_EQ(machine_zone(root_), "Asia/Tokyo");
  std::filesystem::create_symlink("../usr/share/zoneinfo/America/Port-au-Prince",
                                  root_ / "etc/localtime");
  EXPECT_EQ(machine_zone(root_), "America/Port-au-Prince");
  setenv("TZ", ":/usr/share/zoneinfo/Etc/GMT+3", 1);
  EXPECT_EQ(machine_zone(root_), "Etc/GMT+3");
  setenv("TZ", "Europe/Berlin", 1);
  EXPECT_EQ(machine_zone(root_), "Europe/Berlin");
}

TEST(MachineAddresses, AreOfOthersReachAndEachKnowsItsInterface) {
  for (const MachineAddress& one : machine_addresses()) {
    const std::string text = flow::to_text(one.address);
    EXPECT_FALSE(text.starts_with("127.") || text == "::1" || text.starts_with("fe80")) << text;
    EXPECT_FALSE(one.interface.empty()) << text;
    EXPECT_TRUE(one.address.is_v4() || !one.is_lent) << text;
  }
}

}  // namespace
}  // namespace serve
