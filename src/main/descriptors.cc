#include "main/descriptors.h"

#include <sys/resource.h>

#include <algorithm>

namespace weir {
namespace {

// What questions, the store, the journal, libraries and ports may have open besides connections.
constexpr std::size_t kBesides = 256;

}  // namespace

std::size_t raise_descriptor_limit() {
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) != 0) return 0;
  const rlim_t before = limit.rlim_cur;
  limit.rlim_cur = limit.rlim_max;
  return static_cast<std::size_t>(::setrlimit(RLIMIT_NOFILE, &limit) == 0 ? limit.rlim_max
                                                                          : before);
}

std::size_t connections_under(std::size_t descriptor_limit, std::size_t wanted) {
  // Few are better than none: a small limit is shared by halves.
  const std::size_t besides = std::min(kBesides, descriptor_limit / 2);
  return std::min(wanted, descriptor_limit - besides);
}

}  // namespace weir
