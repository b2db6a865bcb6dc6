#include "know/service_names.h"

#include <algorithm>

#include "know/services.h"
#include "state/setting_values.h"

namespace know {

ServiceNames::ServiceNames(const ServicesFile& own) {
  for (const FurtherName& one : further_names()) {
    ports_.emplace(one.name, std::vector{one.port});
  }
  for (const Service& one : shipped_services()) {
    ports_.try_emplace(std::string(one.name), std::vector{one.port});
  }
  Ports theirs;
  for (const ServiceLine& line : own.lines) {
    theirs[line.name].push_back(line.port);
    for (const std::string& alias : line.aliases) theirs[alias].push_back(line.port);
  }
  for (auto& [name, ports] : theirs) {
    std::ranges::sort(ports);
    ports.erase(std::unique(ports.begin(), ports.end()), ports.end());
    ports_[name] = std::move(ports);
  }
}

std::string_view ServiceNames::nearest(std::string_view name) const {
  if (name.size() > kTableNameOctetsMax) return {};
  std::string_view best;
  std::size_t fewest = std::max<std::size_t>(1, name.size() / 3) + 1;
  for (const auto& [candidate, ports] : ports_) {
    const std::size_t longer = std::max(candidate.size(), name.size());
    const std::size_t shorter = std::min(candidate.size(), name.size());
    if (longer - shorter >= fewest) continue;
    const std::size_t edits = state::edit_distance(name, candidate);
    if (edits >= fewest) continue;
    fewest = edits;
    best = candidate;
  }
  return best;
}

}  // namespace know
