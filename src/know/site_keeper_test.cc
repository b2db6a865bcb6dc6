#include "know/site_keeper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <thread>

#include "flow/name_pool.h"
#include "state/socket_address.h"

namespace know {
namespace {

class SiteKeeperTest : public testing::Test {
 protected:
  SiteKeeperTest() {
    std::string pattern = std::filesystem::temp_directory_path() / "weir-sites-XXXXXX";
    folder_ = ::mkdtemp(pattern.data());
  }
  ~SiteKeeperTest() override {
    if (thread_.joinable()) {
      thread_.request_stop();
      thread_.join();
    }
    std::filesystem::remove_all(folder_);
  }

  void start() {
    keeper_ = std::make_unique<SiteKeeper>(sites_, networks_, clock_, options_);
    thread_ = std::jthread([this](const std::stop_token& stop) { keeper_->run(stop); });
  }
  // Waits for what `is_so` asks; nothing tells when a line has been read.
  template <class IsSo>
  static bool becomes(IsSo is_so) {
    const auto end = std::chrono::steady_clock::now() + std::chrono::seconds(20);
    while (!is_so()) {
      if (std::chrono::steady_clock::now() > end) return false;
      std::this_thread::yield();
    }
    return true;
  }
  std::string asked(std::string_view client, std::string_view remote) const {
    const std::uint32_t name = sites_.get()->asked(flow::parse_address(client).value(),
                                                   flow::parse_address(remote).value());
    return name == 0 ? "" : std::string(flow::NamePool::instance().text_of(name));
  }
  // A port that was free a moment ago.
  static state::Endpoint free_port() {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = 0;
    auto storage = state::socket_address({flow::Address::v4(0x7f000001), 0}, length);
    EXPECT_EQ(::bind(descriptor, state::as_sockaddr(storage), length), 0);
    EXPECT_EQ(::getsockname(descriptor, state::as_sockaddr(storage), &length), 0);
    ::close(descriptor);
    return state::endpoint_of(storage);
  }
  static void send(const state::Endpoint& to, const std::string& text) {
    const int descriptor = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    socklen_t length = 0;
    const auto storage = state::socket_address(to, length);
    EXPECT_EQ(
        ::sendto(descriptor, text.data(), text.size(), 0, state::as_sockaddr(storage), length),
        static_cast<ssize_t>(text.size()));
    ::close(descriptor);
  }

  std::filesystem::path folder_;
  base::SystemClock clock_;
  base::Snapshot<LocalNetworks> networks_;
  base::Snapshot<Sites> sites_;
  SiteKeeperOptions options_;
  std::unique_ptr<SiteKeeper> keeper_;
  std::jthread thread_;
};

TEST_F(SiteKeeperTest, ReadsALogThatAppearsAndIsTurnedOver) {
  const auto path = folder_ / "pihole.log";
  options_.logs = {path};
  start();
  EXPECT_FALSE(keeper_->view()->files.at(0).is_there);
  std::ofstream(path) << "dnsmasq[1]: query[A] one.example from 192.168.1.5\n"
                         "dnsmasq[1]: reply one.example is 198.51.100.1\n";
  EXPECT_TRUE(becomes([&] { return asked("192.168.1.5", "198.51.100.1") == "one.example"; }));
  std::filesystem::rename(path, folder_ / "pihole.log.1");
  std::ofstream(path) << "dnsmasq[1]: query[A] two.example from 192.168.1.5\n"
                         "dnsmasq[1]: reply two.example is 198.51.100.2\nnonsense\n";
  EXPECT_TRUE(becomes([&] { return asked("192.168.1.5", "198.51.100.2") == "two.example"; }));
  EXPECT_EQ(asked("192.168.1.5", "198.51.100.1"), "one.example");
  EXPECT_TRUE(becomes([&] { return keeper_->view()->files.at(0).counts.lines == 5; }));
  EXPECT_EQ(keeper_->view()->files.at(0).counts.other, 1u);
}

TEST_F(SiteKeeperTest, TakesLinesFromThoseWhoMaySend) {
  options_.syslog = free_port();
  start();
  ASSERT_EQ(keeper_->view()->syslog->problem, "");
  send(*options_.syslog,
       "<30>Nov 24 03:09:32 router dnsmasq[1]: query[A] one.example from 192.168.1.5");
  send(*options_.syslog,
       "<30>Nov 24 03:09:32 router dnsmasq[1]: reply one.example is 198.51.100.1\n");
  send(*options_.syslog, std::string(SyslogPort::kDatagramOctetsMax + 1, 'x'));
  EXPECT_TRUE(becomes([&] { return asked("192.168.1.5", "198.51.100.1") == "one.example"; }));
  EXPECT_TRUE(becomes([&] { return keeper_->view()->syslog->counts.of(NotHeard::LineCut) == 1; }));
  EXPECT_EQ(keeper_->view()->senders.datagrams, 3u);
}

TEST_F(SiteKeeperTest, RefusesOthers) {
  options_.syslog = free_port();
  options_.senders = {flow::parse_network("192.0.2.0/24").value()};
  start();
  send(*options_.syslog, "dnsmasq: query[A] one.example from 192.168.1.5");
  EXPECT_TRUE(becomes([&] { return keeper_->view()->senders.refused == 1; }));
  EXPECT_EQ(flow::to_text(keeper_->view()->senders.last_refused), "127.0.0.1");
  EXPECT_EQ(keeper_->view()->syslog->counts, LogCounts{});
}

TEST_F(SiteKeeperTest, SaysThatAPortIsTaken) {
  options_.syslog = free_port();
  SyslogPort taken(*options_.syslog, {});
  taken.open();
  ASSERT_EQ(taken.problem(), "");
  start();
  EXPECT_THAT(keeper_->view()->syslog->problem, testing::HasSubstr("in use"));
}

}  // namespace
}  // namespace know
