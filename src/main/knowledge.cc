#include "main/knowledge.h"

namespace weir {

know::TablePaths table_paths(const state::Settings& settings) {
  return {settings.data, settings.services_file, settings.protocols_file};
}

void publish_knowledge(const state::Settings& settings, collect::Knowledge& knowledge) {
  std::vector<flow::Network> local = settings.local_networks;
  for (const auto& [exporter, network] : settings.exporters.networks) local.push_back(network);
  knowledge.networks.publish(std::make_shared<const know::LocalNetworks>(local));
  std::vector<collect::SamplingOverrides::Override> overrides;
  overrides.reserve(settings.exporters.sampling.size());
  for (const auto& [exporters, rate] : settings.exporters.sampling) {
    overrides.push_back({exporters, rate});
  }
  knowledge.sampling.publish(
      std::make_shared<const collect::SamplingOverrides>(std::move(overrides)));
}

}  // namespace weir
