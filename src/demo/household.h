#pragma once

#include <cstdint>
#include <queue>
#include <vector>

#include "base/clock.h"
#include "demo/devices.h"
#include "demo/flow.h"

namespace demo {

struct Settings {
  std::uint64_t seed = 1;
  base::UnixMs begin = 0;           // a full hour
  std::int64_t zone_offset_ms = 0;  // of the household's clock: habits go by its hours
};

// A flow and when the router tells of it.
struct Report {
  base::UnixMs told = 0;
  std::uint64_t number = 0;  // those of one moment come in this order
  Flow flow = {};
};

// What the router sees of the household, from `begin` on. The same settings make the same reports,
// however often and late one asks; each hour's conversations depend on nothing but the seed and
// that hour.
//
// A conversation that lasts is told of every minute; the last part once it has ended (TCP), or has
// been quiet for 15 s (UDP).
class Household {
 public:
  static constexpr std::int64_t kActiveMs = base::kMsPerMinute;
  static constexpr std::int64_t kInactiveMs = 15 * base::kMsPerSecond;

  explicit Household(const Settings& settings);

  // The reports of before `until` that no earlier call gave, in order.
  std::vector<Report> take_until(base::UnixMs until);

 private:
  struct Later {
    bool operator()(const Report& one, const Report& other) const {
      return one.told != other.told ? one.told > other.told : one.number > other.number;
    }
  };
  void live_through(base::UnixMs hour);
  void talk(const Device& device, const Habit& habit, base::UnixMs hour, std::uint64_t seed);
  void tell(const Flow& whole, bool ends_itself);

  Settings settings_;
  base::UnixMs next_hour_;
  std::uint64_t reports_ = 0;
  std::priority_queue<Report, std::vector<Report>, Later> waiting_;
};

}  // namespace demo
