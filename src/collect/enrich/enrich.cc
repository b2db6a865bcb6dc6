#include "collect/enrich/enrich.h"

#include <algorithm>

namespace collect {

using flow::bit;
using flow::Column;
using flow::FlowRecord;

namespace {

template <auto End, auto Country, auto As>
void place_of_end(const know::Places& places, FlowRecord& flow, flow::ColumnMask country_bit,
                  flow::ColumnMask as_bit) {
  if (const std::uint32_t country = places.country(flow.*End); country != flow::NamePool::kOther) {
    flow.*Country = country;
    flow.present |= country_bit;
  }
  if ((flow.present & as_bit) != 0 && flow.*As != 0) return;
  if (const std::uint32_t as = places.as(flow.*End); as != 0) {
    flow.*As = as;
    flow.present |= as_bit;
  }
}

}  // namespace

SamplingOverrides::SamplingOverrides(std::vector<Override> overrides)
    : overrides_(std::move(overrides)) {
  std::ranges::stable_sort(overrides_, std::ranges::greater{},
                           [](const Override& one) { return one.exporters.length; });
}

std::optional<std::uint32_t> SamplingOverrides::rate_of(const flow::Address& exporter) const {
  for (const Override& one : overrides_) {
    if (one.exporters.contains(exporter)) return one.rate;
  }
  return std::nullopt;
}

void Enricher::enrich(std::span<FlowRecord> flows) const {
  constexpr flow::ColumnMask kEnds = bit(Column::src) | bit(Column::dst);
  for (FlowRecord& flow : flows) {
    flow.counted = true;
    flow.present |= bit(Column::counted);
    if ((flow.present & kEnds) == kEnds) {
      flow.locality = static_cast<std::uint8_t>(networks_->locality(flow.src, flow.dst));
      flow.present |= bit(Column::locality);
    }
    if (flow.has(Column::protocol) && !flow.has(Column::app)) {
      std::uint16_t dst_port = flow.has(Column::dst_port) ? flow.dst_port : std::uint16_t{0};
      const std::uint16_t src_port = flow.has(Column::src_port) ? flow.src_port : dst_port;
      if (!flow.has(Column::dst_port)) dst_port = src_port;
      const know::App app = services_->app(flow.protocol, src_port, dst_port);
      flow.app = app.name;
      flow.app_evidence = static_cast<std::uint8_t>(app.evidence);
      flow.present |= bit(Column::app) | bit(Column::app_evidence);
    }
  }
  if (!places_->empty()) apply_places(flows);
  for (FlowRecord& flow : flows) {
    if (flow.has(Column::locality)) name_site(flow);
  }
  if (!sampling_->empty()) apply_sampling(flows);
}

void Enricher::apply_places(std::span<FlowRecord> flows) const {
  for (FlowRecord& flow : flows) {
    if (!flow.has(Column::locality)) continue;
    const auto locality = static_cast<flow::Locality>(flow.locality);
    using enum flow::Locality;
    if (locality == RemoteToLocal || locality == RemoteToRemote) {
      place_of_end<&FlowRecord::src, &FlowRecord::src_country, &FlowRecord::src_as>(
          *places_, flow, bit(Column::src_country), bit(Column::src_as));
    }
    if (locality == LocalToRemote || locality == RemoteToRemote) {
      place_of_end<&FlowRecord::dst, &FlowRecord::dst_country, &FlowRecord::dst_as>(
          *places_, flow, bit(Column::dst_country), bit(Column::dst_as));
    }
  }
}

// Only a remote end is a site; of two, nobody can say which.
void Enricher::name_site(FlowRecord& flow) const {
  const auto locality = static_cast<flow::Locality>(flow.locality);
  const bool is_to_remote = locality == flow::Locality::LocalToRemote;
  if (!is_to_remote && locality != flow::Locality::RemoteToLocal) return;
  const flow::Address& local = is_to_remote ? flow.src : flow.dst;
  const flow::Address& remote = is_to_remote ? flow.dst : flow.src;
  flow::SiteEvidence evidence = flow::SiteEvidence::Dns;
  std::uint32_t name = sites_->asked(local, remote);
  if (name == 0) {
    evidence = flow::SiteEvidence::Ptr;
    name = sites_->reverse(remote);
  }
  if (name == 0 && flow.has(is_to_remote ? Column::dst_as : Column::src_as)) {
    evidence = flow::SiteEvidence::As;
    name = sites_->as_name(is_to_remote ? flow.dst_as : flow.src_as);
  }
  if (name == 0) return;
  flow.site = name;
  flow.site_evidence = static_cast<std::uint8_t>(evidence);
  flow.present |= bit(Column::site) | bit(Column::site_evidence);
}

void Enricher::apply_sampling(std::span<FlowRecord> flows) const {
  flow::Address exporter;
  std::optional<std::uint32_t> rate = sampling_->rate_of(exporter);
  for (FlowRecord& flow : flows) {
    if (flow.exporter != exporter) {
      exporter = flow.exporter;
      rate = sampling_->rate_of(exporter);
    }
    if (!rate) continue;
    flow.sampling_rate = *rate;
    flow.sampling_source = static_cast<std::uint8_t>(flow::SamplingSource::Setting);
    flow.present |= bit(Column::sampling_rate) | bit(Column::sampling_source);
  }
}

}  // namespace collect
