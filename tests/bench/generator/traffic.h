#pragma once

#include <cstdint>
#include <random>

#include "base/clock.h"
#include "flow/record.h"
#include "zipf.h"

namespace generator {

enum class Family : std::uint8_t { IPv4, IPv6 };

// The flows of an office of 2,000 local hosts that speak with 200,000 remote ones: few of each are
// busy (Zipf), clients' ports are random, services well known. The same seed gives the same flows.
class Traffic {
 public:
  static constexpr std::size_t kLocalHosts = 2'000;
  static constexpr std::size_t kRemoteHosts = 200'000;

  explicit Traffic(std::uint64_t seed);

  // A flow that ended up to 15 s before `exported` and lasted up to a minute. Its columns are those
  // that NetFlow v5 can say; `received` is `exported`.
  flow::FlowRecord next(Family family, base::UnixMs exported);

 private:
  double uniform();
  std::uint64_t below(std::uint64_t limit);
  void draw_ends(Family family, flow::FlowRecord& flow);
  void draw_volume(flow::FlowRecord& flow);

  std::mt19937_64 random_;
  Zipf local_;
  Zipf remote_;
  Zipf service_;
};

}  // namespace generator
