#include "collect/decode/pending_sets.h"

#include <utility>

#include "collect/decode/caps.h"

namespace collect {

bool PendingSets::add(PendingSet set) {
  const std::size_t octets = set.octets.size();
  if (sets_.size() >= kPendingSetsPerExporterMax ||
      octets_ + octets > kPendingOctetsPerExporterMax ||
      octets_in_all_ + octets > kPendingOctetsMax) {
    return false;
  }
  octets_ += octets;
  octets_in_all_ += octets;
  sets_.push_back(std::move(set));
  return true;
}

template <class Wanted>
std::vector<PendingSet> PendingSets::take_if(Wanted wanted) {
  std::vector<PendingSet> taken;
  std::deque<PendingSet> kept;
  for (PendingSet& set : sets_) {
    if (!wanted(set)) {
      kept.push_back(std::move(set));
      continue;
    }
    octets_ -= set.octets.size();
    octets_in_all_ -= set.octets.size();
    taken.push_back(std::move(set));
  }
  sets_ = std::move(kept);
  return taken;
}

std::vector<PendingSet> PendingSets::take(const TemplateKey& key) {
  if (sets_.empty()) return {};
  return take_if([&](const PendingSet& set) { return set.key() == key; });
}

std::vector<PendingSet> PendingSets::take_older_than(base::UnixMs before_ms) {
  if (sets_.empty()) return {};
  return take_if([&](const PendingSet& set) { return set.header.received_ms < before_ms; });
}

}  // namespace collect
