#include "collect/decode/exporter.h"

#include <boost/container_hash/hash.hpp>

#include "collect/decode/caps.h"

namespace collect {
namespace {

// How far behind the newest a datagram may be and still be late or repeated: datagrams for v9,
// flows or records else.
constexpr std::uint32_t kReorderDatagrams = 1'000;
constexpr std::uint32_t kReorderRecords = 30'000;

}  // namespace

std::size_t hash_value(const DomainKey& key) {
  std::size_t seed = key.domain;
  boost::hash_combine(seed, static_cast<std::uint8_t>(key.protocol));
  return seed;
}

Domain::Domain(Protocol protocol)
    : sequence(protocol == Protocol::Netflow9 ? kReorderDatagrams : kReorderRecords) {}

Domain* Exporter::domain(const DomainKey& key) {
  if (const auto found = domains.find(key); found != domains.end()) return &found->second;
  if (domains.size() >= kDomainsPerExporterMax) {
    ++not_kept;
    return nullptr;
  }
  return &domains.emplace(key, Domain(key.protocol)).first->second;
}

flow::ExporterView view_of(const Exporter& exporter) {
  flow::ExporterView view;
  view.exporter = exporter.address;
  std::copy(std::begin(exporter.datagrams_by_version), std::end(exporter.datagrams_by_version),
            std::begin(view.datagrams_by_version));
  view.first_seen = exporter.first_seen_ms;
  view.last_seen = exporter.last_seen_ms;
  view.clock_skew_ms = exporter.clock_skew_ms;
  for (const flow::LedgerRow& row : exporter.ledger.rows()) view.since_barrier += row.counts;
  view.since_start = exporter.taken;
  view.since_start += view.since_barrier;
  view.pending_sets = exporter.pending.all().size();
  view.pending_octets = exporter.pending.octets();
  view.not_kept = exporter.not_kept;
  view.active_timeout_ms = exporter.timeouts.active_ms();
  view.inactive_timeout_ms = exporter.timeouts.inactive_ms();
  view.interfaces = exporter.interfaces.view();
  view.interfaces_not_kept = exporter.interfaces.not_kept();
  view.interface_names_cut = exporter.interfaces.names_cut();
  for (const auto& [key, known] : exporter.templates.all()) {
    view.templates.push_back(known->view);
  }
  for (const auto& [key, rate] : exporter.sampling.rates()) {
    view.sampling.push_back({.domain = key.domain,
                             .sampler = key.id,
                             .rate = rate,
                             .source = static_cast<std::uint8_t>(flow::SamplingSource::Options)});
  }
  if (exporter.said_by_flows) view.sampling.push_back(*exporter.said_by_flows);
  return view;
}

}  // namespace collect
