#pragma once

#include <poll.h>

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "flow/address.h"
#include "state/setting_values.h"

namespace know {

// What came of one question to one name server.
struct PtrAnswer {
  enum class Kind : std::uint8_t {
    Names,
    NoName,     // the server knows that there is none
    NoHelp,     // it does not want to answer, or cannot
    Silent,     // nothing came, or nobody is there
    Malformed,  // what came is no answer, or its names are no host names
  };
  Kind kind = Kind::Silent;
  std::vector<std::string> names = {};  // as host_name() wants them, in the order of letters
  std::uint32_t ttl_s = 0;
  std::string detail = {};  // of what is no answer: an excerpt that can be shown
};

// Asks name servers for the names of addresses (PTR), with c-ares; no call waits. One thread.
class DnsClient {
 public:
  using Done = std::function<void(const PtrAnswer&)>;
  static constexpr std::size_t kServersMax = 64;
  static constexpr int kTimeoutMs = 1'500;  // of the first try; the second has twice that
  static constexpr int kTries = 2;

  DnsClient();
  ~DnsClient();  // what was asked is not answered any more
  DnsClient(const DnsClient&) = delete;
  DnsClient& operator=(const DnsClient&) = delete;

  // `done` is called by process(), or at once where there is no way to ask.
  void ask(const state::Endpoint& server, const flow::Address& address, Done done);

  // What to wait for, and how long at most; -1: for ever.
  void add_waits(std::vector<pollfd>& waits) const;
  int wait_ms() const;
  // After waiting: `waits` as poll() left it; others' descriptors in it are passed over.
  void process(const std::vector<pollfd>& waits);

 private:
  class Channel;
  std::map<state::Endpoint, std::unique_ptr<Channel>> channels_;
};

// "5.1.168.192.in-addr.arpa" and the like.
std::string reverse_name(const flow::Address& address);

// The names in a name server's answer for `question`, reverse_name()'s. Octets of a stranger.
PtrAnswer parse_ptr_answer(const std::vector<std::uint8_t>& octets, const std::string& question);

}  // namespace know
