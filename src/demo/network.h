#pragma once

#include <cstdint>
#include <functional>
#include <string>

#include "base/clock.h"
#include "demo/household.h"
#include "demo/router.h"
#include "demo/truth.h"
#include "wire/bytes/byte_reader.h"

namespace demo {

// The household behind its router: datagrams in the order of their times, and what was told in
// them.
class Network {
 public:
  // The router gathers what it tells for this long.
  static constexpr std::int64_t kStepMs = 2 * base::kMsPerSecond;

  explicit Network(const Settings& settings)
      : settings_(settings), household_(settings), router_(settings.begin), at_(settings.begin) {}

  // Sends what the router tells from where the last call ended up to and with `until`.
  using Send = std::function<void(base::UnixMs now, wire::ByteView datagram)>;
  void advance(base::UnixMs until, const Send& send);

  // Seed, times and number of datagrams, and the truth.
  std::string totals_json() const;

  const Settings& settings() const { return settings_; }
  const Truth& truth() const { return truth_; }
  std::uint32_t datagrams() const { return router_.datagrams(); }
  // What was told before this is in the truth, and nothing else.
  base::UnixMs at() const { return at_; }

 private:
  Settings settings_;
  Household household_;
  Router router_;
  Truth truth_;
  base::UnixMs at_;
};

}  // namespace demo
