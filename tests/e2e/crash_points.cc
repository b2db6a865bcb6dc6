// What makes `weir-crashing` of `weir`. The environment variable WEIR_CRASH_AT names the place
// where it ends itself, "in_seal", or "in_seal:3" for the third time it is reached; and it dies of
// any NetFlow v9 datagram whose source id is 0xdeaddead.
#include <algorithm>
#include <array>
#include <atomic>
#include <csignal>
#include <cstdlib>
#include <string>

#include "base/crash_point.h"

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

void crash_point_at_datagram(std::span<const std::byte> payload) {
  constexpr std::size_t kSourceIdOffset = 16;
  constexpr std::array kDeadly = {std::byte{0xde}, std::byte{0xad}, std::byte{0xde},
                                  std::byte{0xad}};
  if (payload.size() < kSourceIdOffset + kDeadly.size() || payload[1] != std::byte{9}) return;
  const auto source_id = payload.subspan(kSourceIdOffset, kDeadly.size());
  if (std::equal(kDeadly.begin(), kDeadly.end(), source_id.begin())) std::raise(SIGABRT);
}

}  // namespace base
