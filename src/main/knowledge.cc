#include "main/knowledge.h"

#include <filesystem>
#include <system_error>

namespace weir {
namespace {

// Beside the program, as it is built, or in the package's own folder; empty: in neither.
std::filesystem::path shipped(const char* name) {
  std::error_code ignored;
  const auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
  for (const auto& path : {folder / name, folder / "../lib/weir" / name}) {
    if (std::filesystem::exists(path, ignored)) return path;
  }
  return {};
}

}  // namespace

know::TablePaths table_paths(const state::Settings& settings) {
  return {settings.data, settings.services_file, settings.protocols_file};
}

know::PlacePaths place_paths(const state::Settings& settings) {
  know::PlacePaths paths{settings.countries_file, settings.ases_file, settings.cities_file,
                         settings.links_file};
  if (settings.countries_file == "auto") paths.countries = shipped("country.mmdb");
  if (settings.links_file.empty()) paths.links = std::filesystem::path(settings.data) / "links";
  return paths;
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
