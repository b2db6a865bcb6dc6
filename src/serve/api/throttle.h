#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <mutex>

#include "base/clock.h"
#include "base/counters.h"
#include "flow/address.h"

namespace serve {

// What counts as one client. An IPv6 client has a /64 at least: one of its addresses is as good as
// another.
flow::Address client_network(const flow::Address& client);

// How often something that can be guessed may be tried: per client network and in all, within a
// window that begins with the first try. Thread-safe; time is passed in.
class Throttle {
 public:
  struct Limits {
    std::size_t tries_per_client = 0;
    std::size_t tries_in_all = 0;
    std::int64_t window_ms = 0;
    std::size_t clients_max = 4'096;  // remembered; beyond, the oldest is forgotten and counted
  };
  explicit Throttle(const Limits& limits) : limits_(limits) {}

  // Takes a try and answers 0, or answers for how long there is none.
  std::int64_t take(const flow::Address& client, base::UnixMs now);
  // The try was right: gives the client's tries back.
  void forgive(const flow::Address& client);

  std::size_t clients() const;
  std::uint64_t forgotten() const { return forgotten_.get(); }

 private:
  struct Window {
    base::UnixMs start = 0;
    std::size_t tries = 0;
  };
  // How long a window at its limit still lasts; 0: there is a try left, or it is over.
  std::int64_t closed_for(Window& window, std::size_t limit, base::UnixMs now) const;
  void make_room(base::UnixMs now);

  const Limits limits_;
  mutable std::mutex mutex_;  // guards all_ and clients_
  Window all_;
  boost::unordered_flat_map<flow::Address, Window, std::hash<flow::Address>> clients_;
  base::Counter forgotten_;
};

}  // namespace serve
