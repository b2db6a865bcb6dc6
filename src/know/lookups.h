#pragma once

#include <cstdint>
#include <deque>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "base/clock.h"
#include "know/dns_client.h"
#include "know/name_servers.h"

namespace know {

// How a name server has answered, for people.
struct ServerView {
  state::Endpoint server;
  std::uint64_t asked = 0;
  std::uint64_t names = 0;
  std::uint64_t no_names = 0;
  std::uint64_t no_help = 0;
  std::uint64_t silent = 0;
  std::uint64_t malformed = 0;
  std::string last_malformed = {};        // what came instead of a name, as far as it can be shown
  flow::Address last_malformed_for = {};  // means something with the above
  base::UnixMs last_malformed_at = 0;
  base::UnixMs silent_since = 0;  // 0: it answers, or was not asked
};

// Which address is asked for next, of whom, and when again. Knows no sockets and no clock; one
// thread.
//
// An address is asked for when somebody wants it and what is known of it is too old: a name after
// its TTL, that there is none after kNoNameMs. Servers are asked one after the other until one has
// a name. One that was silent three times is left alone for a while, longer each time.
class Lookups {
 public:
  static constexpr std::size_t kWaitingMax = 2'048;  // of local addresses; as many of remote ones
  static constexpr std::size_t kRememberedMax = 100'000;
  static constexpr std::size_t kAskedAtOnce = 32;
  static constexpr std::int64_t kPerSecond = 20;
  static constexpr std::int64_t kBurst = 40;
  static constexpr std::int64_t kTtlMinMs = 5 * base::kMsPerMinute;
  static constexpr std::int64_t kTtlMaxMs = base::kMsPerDay;
  static constexpr std::int64_t kNoNameMs = 15 * base::kMsPerMinute;
  static constexpr std::int64_t kFailedMs = base::kMsPerMinute;
  static constexpr int kSilentMax = 3;
  static constexpr std::int64_t kLeftAloneMs = 30 * base::kMsPerSecond;
  static constexpr std::int64_t kLeftAloneMaxMs = 10 * base::kMsPerMinute;

  // Where one is new, what has no name yet may be asked for again: that one may know.
  void set_servers(NameServers servers);
  void want(std::span<const flow::Address> addresses, const LocalNetworks& networks,
            base::UnixMs now);

  struct Question {
    flow::Address address;
    state::Endpoint server;
  };
  // What to ask now; empty: nothing, until next_ms() or an answer.
  std::optional<Question> next(const LocalNetworks& networks, base::UnixMs now);
  // When next() may have something again; -1: when something is wanted or answered.
  std::int64_t next_ms(base::UnixMs now) const;
  // The name that came of it; empty: none, or another server is asked next.
  std::optional<std::string> answered(const Question& question, const PtrAnswer& answer,
                                      base::UnixMs now);

  std::vector<ServerView> servers() const;
  std::size_t waiting() const { return local_.size() + remote_.size() + again_.size(); }
  std::uint64_t not_queued() const { return not_queued_; }

 private:
  struct Known {
    base::UnixMs due = 0;     // when it may be asked for again
    bool is_waiting = false;  // or being asked
    std::string name;         // the last one, empty: none
  };
  struct Server {
    ServerView view;
    int silences = 0;  // since it last answered
    base::UnixMs again = 0;
  };
  // A lookup under way: servers that were asked already, and whether one of them failed.
  struct Under {
    std::vector<state::Endpoint> tried;
    bool has_failed = false;
  };

  bool take_token(base::UnixMs now);
  std::optional<state::Endpoint> server_for(const flow::Address& address,
                                            const LocalNetworks& networks, base::UnixMs now);
  void conclude(const flow::Address& address, base::UnixMs due);
  Server& server_of(const state::Endpoint& endpoint);

  NameServers servers_;
  std::deque<flow::Address> local_;
  std::deque<flow::Address> remote_;
  std::deque<flow::Address> again_;  // whose next server is to be asked
  std::unordered_map<flow::Address, Known> known_;
  std::unordered_map<flow::Address, Under> under_way_;
  std::map<state::Endpoint, Server> by_server_;
  std::size_t asked_ = 0;  // questions without an answer yet
  std::uint64_t not_queued_ = 0;
  std::int64_t tokens_ms_ = kBurst * base::kMsPerSecond / kPerSecond;  // time saved up for asking
  base::UnixMs tokens_at_ = 0;
};

}  // namespace know
