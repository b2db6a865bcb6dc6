#include "know/name_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

namespace know {
namespace {

constexpr auto kPatience = std::chrono::seconds(20);

class NameKeeperTest : public testing::Test {
 protected:
  NameKeeperTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "weir-keeper-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
    auto opened = NameStore::open(folder_ / "state.db", 1'000, networks_);
    EXPECT_TRUE(opened);
    store_ = std::move(*opened);
    options_.asks_dns = false;
  }
  ~NameKeeperTest() override {
    stop();
    std::filesystem::remove_all(folder_);
  }

  void start() {
    keeper_ = std::make_unique<NameKeeper>(*store_, networks_, clock_, options_);
    thread_ = std::jthread([this](const std::stop_token& stop) { keeper_->run(stop); });
  }
  void stop() {
    if (!thread_.joinable()) return;
    thread_.request_stop();
    thread_.join();
  }
  std::string path(const char* name) const { return folder_ / name; }
  void write(const char* name, std::string_view text) const {
    std::ofstream(path(name), std::ios::trunc) << text;
  }
  // The history tells at once what the snapshot tells within a second.
  std::string called(std::string_view address) const {
    const auto history = store_->history(flow::parse_address(address).value());
    return history.empty() || history.front().until ? "" : history.front().name;
  }
  // Waits until it is so; nothing tells when a file has been read.
  bool becomes(std::string_view address, std::string_view name) const {
    const auto end = std::chrono::steady_clock::now() + kPatience;
    while (called(address) != name) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }

  std::filesystem::path folder_;
  base::Snapshot<LocalNetworks> networks_;
  base::SystemClock clock_;
  std::unique_ptr<NameStore> store_;
  NameKeeperOptions options_;
  std::unique_ptr<NameKeeper> keeper_;
  std::jthread thread_;
};

TEST_F(NameKeeperTest, ReadsFilesAndWhatIsWrittenToThemLater) {
  options_.hosts = path("hosts");
  options_.leases = {path("leases")};
  write("hosts", "192.168.1.5 nas\n192.168.1.6 tv\n");
  write("leases", "1795000000 02:00:00:00:00:07 192.168.1.7 pc *\n");
  start();
  EXPECT_TRUE(becomes("192.168.1.5", "nas"));
  EXPECT_TRUE(becomes("192.168.1.7", "pc"));
  std::ofstream(path("leases"), std::ios::app)
      << "1795000000 02:00:00:00:00:08 192.168.1.8 tablet *\n";
  EXPECT_TRUE(becomes("192.168.1.8", "tablet"));
  write("new", "192.168.1.5 disks\n");
  std::filesystem::rename(path("new"), path("hosts"));
  EXPECT_TRUE(becomes("192.168.1.5", "disks"));
  EXPECT_TRUE(becomes("192.168.1.6", ""));
  EXPECT_EQ(called("192.168.1.7"), "pc");
}

TEST_F(NameKeeperTest, AHostsFileThatIsCutOrEmptyEndsNoName) {
  options_.hosts = path("hosts");
  write("hosts", "192.168.1.5 nas\n192.168.1.6 tv\n");
  start();
  EXPECT_TRUE(becomes("192.168.1.6", "tv"));
  write("hosts", "");
  write("hosts", "192.168.1.9 new\n192.168.1.1");
  EXPECT_TRUE(becomes("192.168.1.9", "new"));
  EXPECT_EQ(called("192.168.1.5"), "nas");
  std::filesystem::remove(path("hosts"));
  write("hosts", "192.168.1.5 nas\n");
  EXPECT_TRUE(becomes("192.168.1.9", ""));
}

TEST_F(NameKeeperTest, SaysWhatIsWrongWithAFileAndKeepsWhatItSaid) {
  options_.leases = {path("leases"), path("absent"), folder_.string()};
  write("leases", "nonsense\n1795000000 02:00:00:00:00:07 192.168.1.7 pc *\n");
  start();
  EXPECT_TRUE(becomes("192.168.1.7", "pc"));
  stop();
  const auto view = keeper_->view();
  ASSERT_EQ(view->files.size(), 3u);
  EXPECT_EQ(view->files[0].wrong_lines, 1u);
  EXPECT_THAT(view->files[1].problem, testing::HasSubstr("No such file"));
  EXPECT_THAT(view->files[2].problem, testing::HasSubstr("it is no file"));
}

TEST_F(NameKeeperTest, WritesItsNamesWhenItEnds) {
  options_.leases = {path("leases")};
  write("leases", "1795000000 02:00:00:00:00:07 192.168.1.7 pc *\n");
  start();
  EXPECT_TRUE(becomes("192.168.1.7", "pc"));
  stop();
  const auto stored = read_names(folder_ / "state.db");
  ASSERT_TRUE(stored);
  EXPECT_EQ(stored->records.size(), 1u);
}

}  // namespace
}  // namespace know
