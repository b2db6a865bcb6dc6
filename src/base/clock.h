#pragma once

#include <cstdint>

namespace base {

// Times are passed in, per burst or per request, never asked for inside the data path.
using UnixMs = std::int64_t;
using UnixNs = std::int64_t;

constexpr std::int64_t kNsPerMs = 1'000'000;
constexpr std::int64_t kMsPerSecond = 1'000;
constexpr std::int64_t kMsPerMinute = 60'000;
constexpr std::int64_t kMsPerHour = 3'600'000;
constexpr std::int64_t kMsPerDay = 86'400'000;

// The largest multiple of `step` that is not above `time`; right for times before 1970 too.
constexpr std::int64_t floor_to(std::int64_t time, std::int64_t step) {
  const std::int64_t rest = time % step;
  return time - (rest < 0 ? rest + step : rest);
}

// A seam to the outside that tests replace.
class Clock {
 public:
  virtual ~Clock() = default;
  virtual UnixNs now_ns() const = 0;
  UnixMs now_ms() const { return now_ns() / kNsPerMs; }
};

// The machine's UTC clock.
class SystemClock final : public Clock {
 public:
  UnixNs now_ns() const override;
};

}  // namespace base
