#include "totals.h"

#include <fmt/format.h>

#include <iterator>

#include "flow/volume.h"

namespace generator {
namespace {

std::string volume_members(const Volume& volume) {
  return fmt::format(R"("flows":{},"packets":{},"bytes":{})", volume.flows, volume.packets,
                     volume.bytes);
}

std::string counts_members(const ExporterTotals& totals) {
  return fmt::format(R"({},"datagrams":{},"octets":{},"options":{},"refused":{},"sequence":{})",
                     volume_members(totals.volume), totals.datagrams, totals.octets, totals.options,
                     totals.refused, totals.sequence);
}

}  // namespace

Volume& Volume::operator+=(const Volume& other) {
  flows += other.flows;
  packets += other.packets;
  bytes += other.bytes;
  return *this;
}

Totals::Totals(const std::vector<flow::Address>& exporters) {
  for (const flow::Address& address : exporters) exporters_.push_back({.address = address});
}

void Totals::add_flows(std::size_t exporter, std::span<const flow::FlowRecord> flows) {
  for (const flow::FlowRecord& flow : flows) {
    const Volume volume{1, flow.packets, flow.bytes};
    exporters_[exporter].volume += volume;
    sources_[flow.src] += volume;
    add_to_minutes(flow);
  }
}

void Totals::add_to_minutes(const flow::FlowRecord& flow) {
  const flow::Times times = flow::effective_times(flow);
  const base::UnixMs last = base::floor_to(times.end, base::kMsPerMinute);
  for (base::UnixMs minute = base::floor_to(times.start, base::kMsPerMinute); minute <= last;
       minute += base::kMsPerMinute) {
    const base::UnixMs next = minute + base::kMsPerMinute;
    minutes_[minute] += {minute == last ? 1 : 0, flow::share(flow.packets, times, minute, next),
                         flow::share(flow.bytes, times, minute, next)};
  }
}

ExporterTotals Totals::sum() const {
  ExporterTotals sum;
  for (const ExporterTotals& one : exporters_) {
    sum.volume += one.volume;
    sum.datagrams += one.datagrams;
    sum.octets += one.octets;
    sum.options += one.options;
    sum.refused += one.refused;
    sum.sequence += one.sequence;
  }
  return sum;
}

std::string Totals::sums_as_json() const {
  return fmt::format("{{{}}}", counts_members(sum()));
}

std::string Totals::to_json() const {
  std::string json = fmt::format("{{{},\n\"exporters\":[", counts_members(sum()));
  const auto out = std::back_inserter(json);
  const char* separator = "\n";
  for (const ExporterTotals& one : exporters_) {
    fmt::format_to(out, R"({}{{"exporter":"{}",{}}})", separator, flow::to_text(one.address),
                   counts_members(one));
    separator = ",\n";
  }
  json += "],\n\"minutes\":[";
  separator = "\n";
  for (const auto& [minute, volume] : minutes_) {
    fmt::format_to(out, R"({}{{"time":{},{}}})", separator, minute, volume_members(volume));
    separator = ",\n";
  }
  json += "],\n\"sources\":[";
  separator = "\n";
  for (const auto& [source, volume] : sources_) {
    fmt::format_to(out, R"({}{{"src":"{}",{}}})", separator, flow::to_text(source),
                   volume_members(volume));
    separator = ",\n";
  }
  json += "]}";
  return json;
}

}  // namespace generator
