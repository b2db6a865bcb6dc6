#pragma once

#include <spdlog/spdlog.h>

#include <string_view>

#include "base/clock.h"

namespace base {

// Sends all log lines to standard error, so that standard output holds only answers.
// Levels: trace debug info warn error off. False when `level` is none of them.
bool start_log(std::string_view level);

// Lets one line through per `interval_ms` and says how many were held back since. For lines that a
// stranger can cause. One per thread that logs; time is passed in.
class SampledLog {
 public:
  explicit SampledLog(std::int64_t interval_ms) : interval_ms_(interval_ms) {}

  // Calls `write(held_back)` when a line may go out now.
  template <class Write>
  void line(UnixMs now_ms, Write write) {
    if (now_ms < next_ms_) {
      ++held_back_;
      return;
    }
    next_ms_ = now_ms + interval_ms_;
    write(held_back_);
    held_back_ = 0;
  }

 private:
  std::int64_t interval_ms_;
  UnixMs next_ms_ = 0;
  std::uint64_t held_back_ = 0;
};

}  // namespace base
