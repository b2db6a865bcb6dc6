#include "collect/enrich/enrich.h"

#include <algorithm>

namespace collect {

using flow::bit;
using flow::Column;
using flow::FlowRecord;

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
    if (flow.has(Column::protocol)) {
      std::uint16_t dst_port = flow.has(Column::dst_port) ? flow.dst_port : std::uint16_t{0};
      const std::uint16_t src_port = flow.has(Column::src_port) ? flow.src_port : dst_port;
      if (!flow.has(Column::dst_port)) dst_port = src_port;
      const know::App app = services_->app(flow.protocol, src_port, dst_port);
      flow.app = app.name;
      flow.app_evidence = static_cast<std::uint8_t>(app.evidence);
      flow.present |= bit(Column::app) | bit(Column::app_evidence);
    }
  }
  if (!sampling_->empty()) apply_sampling(flows);
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
