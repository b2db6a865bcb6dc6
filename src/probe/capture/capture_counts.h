#pragma once

#include <cstdint>

namespace probe {

// What a capture tells of itself, besides the packets it gave.
struct CaptureCounts {
  std::uint64_t dropped_by_kernel = 0;
  std::uint64_t dropped_by_interface = 0;
  std::uint64_t times_lost = 0;  // the interface disappeared
};

}  // namespace probe
