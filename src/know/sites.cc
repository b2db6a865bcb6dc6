#include "know/sites.h"

#include <algorithm>
#include <bit>

namespace know {

std::vector<std::uint32_t> AsNumbersSeen::take() {
  std::vector<std::uint32_t> taken;
  for (auto& place : places_) {
    const std::uint32_t as_number = place.load(std::memory_order_relaxed);
    if (as_number == 0) continue;
    taken.push_back(as_number);
    place.store(0, std::memory_order_relaxed);
  }
  std::ranges::sort(taken);
  return taken;
}

template <class Key>
NameTable<Key>::NameTable(std::span<const std::pair<Key, std::uint32_t>> names) {
  if (names.empty()) return;
  places_.resize(std::bit_ceil(2 * names.size()));
  mask_ = places_.size() - 1;
  for (const auto& [key, name] : names) {
    std::size_t at = std::hash<Key>{}(key)&mask_;
    while (places_[at].name != 0 && places_[at].key != key) at = (at + 1) & mask_;
    places_[at] = {key, name};
  }
}

template class NameTable<SitePair>;
template class NameTable<flow::Address>;
template class NameTable<std::uint32_t>;

}  // namespace know
