#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "know/networks.h"
#include "state/setting_values.h"

namespace know {

// A UDP port to which others send lines of their logs. Datagrams that are not of `senders`, or
// without any, of local networks, are counted and passed over: anyone could say which site an
// address is. One thread.
class SyslogPort {
 public:
  static constexpr std::size_t kDatagramOctetsMax = 8'192;
  // Of one take(): more waits in the socket, so that a flood keeps nobody else from being read.
  static constexpr std::size_t kDatagramsMax = 1'024;

  struct Counts {
    std::uint64_t datagrams = 0;
    std::uint64_t refused = 0;  // by their sender
    flow::Address last_refused;
    base::UnixMs last_at = 0;  // 0: none was taken yet
  };

  SyslogPort(state::Endpoint endpoint, std::vector<flow::Network> senders)
      : endpoint_(endpoint), senders_(std::move(senders)) {}
  ~SyslogPort();
  SyslogPort(const SyslogPort&) = delete;
  SyslogPort& operator=(const SyslogPort&) = delete;

  // Tries to bind it, where it is not.
  void open();
  // To wait for; -1: it is not bound.
  int descriptor() const { return descriptor_; }

  // `take` is called with each line; `cut` for a datagram that is longer than what is read.
  using Take = std::function<void(std::string_view)>;
  void receive(const LocalNetworks& local, base::UnixMs now, const Take& take,
               const std::function<void()>& cut);

  const state::Endpoint& endpoint() const { return endpoint_; }
  const std::string& problem() const { return problem_; }  // empty: it is bound
  const Counts& counts() const { return counts_; }

 private:
  bool takes(const flow::Address& sender, const LocalNetworks& local) const;

  const state::Endpoint endpoint_;
  const std::vector<flow::Network> senders_;
  int descriptor_ = -1;
  std::string problem_;
  Counts counts_;
};

}  // namespace know
