#include "base/crash_point.h"

#ifdef WEIR_CRASH_POINTS

#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

namespace base {

void crash_point(const char* name) {
  // Read once, before any thread could change the environment.
  static const std::string wanted = [] {
    const char* value = std::getenv("WEIR_CRASH_AT");  // NOLINT(concurrency-mt-unsafe)
    return std::string(value == nullptr ? "" : value);
  }();
  static std::atomic<int> reached{0};
  const auto colon = wanted.find(':');
  if (wanted.substr(0, colon) != name) return;
  const int wanted_time = colon == std::string::npos ? 1 : std::atoi(wanted.c_str() + colon + 1);
  if (++reached == wanted_time) std::raise(SIGKILL);
}

}  // namespace base

#endif
