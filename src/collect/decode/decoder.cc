#include "collect/decode/decoder.h"

#include <fmt/format.h>

#include <boost/unordered/unordered_flat_map.hpp>
#include <span>
#include <utility>

#include "base/log.h"
#include "collect/decode/caps.h"
#include "collect/decode/exporter.h"
#include "collect/decode/netflow5_flows.h"
#include "collect/decode/not_counted.h"
#include "collect/decode/output.h"
#include "collect/decode/sets.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"

namespace collect {
namespace {

constexpr std::int64_t kLogIntervalMs = 10 * base::kMsPerSecond;
constexpr std::size_t kLoggedOctets = 32;

// Stands in the ledger for senders that no exporter was made of.
constexpr flow::Address kNobody{};

std::optional<Protocol> protocol_of(wire::ByteView payload) {
  wire::ByteReader reader(payload);
  const auto version = reader.take<2>();
  if (!version) return std::nullopt;
  switch (wire::load_be<std::uint16_t, 0>(*version)) {
    case wire::Netflow5Header::kVersion:
      return Protocol::Netflow5;
    case wire::Netflow9Header::kVersion:
      return Protocol::Netflow9;
    case wire::IpfixHeader::kVersion:
      return Protocol::Ipfix;
    default:
      return std::nullopt;
  }
}

std::size_t version_index(Protocol protocol) {
  switch (protocol) {
    case Protocol::Netflow5:
      return 0;
    case Protocol::Netflow9:
      return 1;
    case Protocol::Ipfix:
      return 2;
  }
  return 3;
}

void count_datagram(const Datagram& datagram, flow::LedgerCounts& counts) {
  ++counts.datagrams;
  counts.octets += datagram.payload.size();
}

void refuse_datagram(flow::NotCounted reason, flow::LedgerCounts& counts) {
  ++counts.records;
  ++counts[reason];
}

std::string first_octets(wire::ByteView payload) {
  std::string text;
  for (const std::byte octet : payload.first(std::min(payload.size(), kLoggedOctets))) {
    text += fmt::format("{:02x}", std::to_integer<int>(octet));
  }
  return text;
}

void learn_from(std::span<const flow::FlowRecord> flows, Exporter& exporter) {
  if (flows.empty()) return;
  exporter.timeouts.learn(flows, exporter.clock_skew_ms);
  const flow::FlowRecord& newest = flows.back();
  if (!newest.has(flow::Column::sampling_rate)) return;
  if (newest.sampling_source == static_cast<std::uint8_t>(flow::SamplingSource::Options)) return;
  exporter.said_by_flows = {
      .domain = newest.domain, .rate = newest.sampling_rate, .source = newest.sampling_source};
}

}  // namespace

struct Decoder::Impl {
  using Exporters =
      boost::unordered_flat_map<flow::Address, std::unique_ptr<Exporter>, std::hash<flow::Address>>;

  // Null: over the cap.
  Exporter* find_or_make(const flow::Address& address, base::UnixMs now_ms);
  bool make_room(base::UnixMs now_ms);
  void evict(const flow::Address& address);
  std::list<flow::Address>& order_of(const Exporter& exporter) {
    return exporter.is_proven ? proven : silent;
  }
  // To where `last_seen_ms` puts it in its order.
  void sort_in(Exporter& exporter);
  void heard(Exporter& exporter, const Datagram& datagram, Protocol protocol);
  base::Expected<WrongInside, wire::Malformed> decode_as(Protocol protocol,
                                                         const Datagram& datagram,
                                                         Exporter& exporter, Output& output);
  void log_malformed(const Datagram& datagram, wire::Malformed malformed);

  SharedUse shared;  // outlives the exporters
  Exporters exporters;
  // The exporters that are proven, and those that are not, the longest silent first.
  std::list<flow::Address> proven;
  std::list<flow::Address> silent;
  MinuteLedger nobody{kNobody};
  std::vector<flow::LedgerRow> of_evicted;     // under their own names, since the ledger was taken
  std::vector<flow::ExporterState> forgotten;  // of evicted ones, since the states were taken
  flow::LedgerCounts gone;                     // what `nobody` and evicted exporters had handed out
  std::vector<OtherRecord>* others = nullptr;
  base::SampledLog log{kLogIntervalMs};
};

Exporter* Decoder::Impl::find_or_make(const flow::Address& address, base::UnixMs now_ms) {
  if (const auto found = exporters.find(address); found != exporters.end()) {
    return found->second.get();
  }
  if (exporters.size() >= kExportersMax && !make_room(now_ms)) return nullptr;
  auto made = std::make_unique<Exporter>(address, shared);
  made->first_seen_ms = now_ms;
  made->silence = silent.insert(silent.end(), address);
  return exporters.emplace(address, std::move(made)).first->second.get();
}

bool Decoder::Impl::make_room(base::UnixMs now_ms) {
  if (!silent.empty()) {
    evict(silent.front());
    return true;
  }
  if (proven.empty()) return false;
  const auto& longest_silent = *exporters.find(proven.front())->second;
  if (now_ms - longest_silent.last_seen_ms < kExporterSilentMs) return false;
  evict(proven.front());
  return true;
}

// What it counted stays: under its own name where the ledger knows that name already, which bounds
// these rows by kExportersMax a barrier; else under nobody's.
void Decoder::Impl::evict(const flow::Address& address) {
  const auto found = exporters.find(address);
  Exporter& exporter = *found->second;
  for (const PendingSet& set : exporter.pending.all()) {
    auto& counts = exporter.ledger.at(set.header.received_ms);
    --counts[flow::NotCounted::NoTemplatePending];
    ++counts[flow::NotCounted::NoTemplateOverCap];
  }
  gone += exporter.taken;
  for (const flow::LedgerRow& row : exporter.ledger.rows()) {
    if (exporter.is_in_ledger) {
      of_evicted.push_back(row);
      gone += row.counts;
    } else {
      nobody.at(row.minute) += row.counts;
    }
  }
  if (exporter.is_in_ledger) forgotten.push_back({address, {}});
  order_of(exporter).erase(exporter.silence);
  exporters.erase(found);
}

void Decoder::Impl::sort_in(Exporter& exporter) {
  auto& order = order_of(exporter);
  auto place = order.end();
  while (place != order.begin() &&
         exporters.find(*std::prev(place))->second->last_seen_ms > exporter.last_seen_ms) {
    --place;
  }
  exporter.silence = order.insert(place, exporter.address);
}

void Decoder::Impl::heard(Exporter& exporter, const Datagram& datagram, Protocol protocol) {
  exporter.last_seen_ms = datagram.received_ns / base::kNsPerMs;
  exporter.is_changed = true;
  ++exporter.datagrams_by_version[version_index(protocol)];
  auto& order = order_of(exporter);
  order.splice(order.end(), order, exporter.silence);
}

base::Expected<WrongInside, wire::Malformed> Decoder::Impl::decode_as(Protocol protocol,
                                                                      const Datagram& datagram,
                                                                      Exporter& exporter,
                                                                      Output& output) {
  switch (protocol) {
    case Protocol::Netflow5:
      return decode_netflow5(datagram, exporter, output).map([] { return WrongInside(); });
    case Protocol::Netflow9:
      return decode_netflow9(datagram, exporter, output);
    case Protocol::Ipfix:
      return decode_ipfix(datagram, exporter, output);
  }
  return WrongInside();
}

void Decoder::Impl::log_malformed(const Datagram& datagram, wire::Malformed malformed) {
  log.line(datagram.received_ns / base::kNsPerMs, [&](std::uint64_t held_back) {
    spdlog::warn("{}: {}; {} octets, the first {} ({} like it not logged)",
                 flow::to_text(datagram.exporter), wire::to_text(malformed),
                 datagram.payload.size(), first_octets(datagram.payload), held_back);
  });
}

Decoder::Decoder() : impl_(std::make_unique<Impl>()) {}
Decoder::~Decoder() = default;

void Decoder::decode(const Datagram& datagram, std::vector<flow::FlowRecord>& flows) {
  const base::UnixMs now_ms = datagram.received_ns / base::kNsPerMs;
  const auto protocol = protocol_of(datagram.payload);
  Exporter* exporter = protocol ? impl_->find_or_make(datagram.exporter, now_ms) : nullptr;
  if (exporter == nullptr) {
    auto& counts = impl_->nobody.at(now_ms);
    count_datagram(datagram, counts);
    refuse_datagram(protocol ? flow::NotCounted::ExporterOverCap : flow::NotCounted::UnknownVersion,
                    counts);
    return;
  }
  impl_->heard(*exporter, datagram, *protocol);
  count_datagram(datagram, exporter->ledger.at(now_ms));

  const bool was_proven = exporter->is_proven;
  const std::size_t flows_before = flows.size();
  Output output{flows, impl_->others};
  const auto decoded = impl_->decode_as(*protocol, datagram, *exporter, output);
  learn_from(std::span(flows).subspan(flows_before), *exporter);
  if (exporter->is_proven && !was_proven) {
    impl_->proven.splice(impl_->proven.end(), impl_->silent, exporter->silence);
  }
  if (!decoded) {
    refuse_datagram(reason_of(decoded.error()), exporter->ledger.at(now_ms));
    impl_->log_malformed(datagram, decoded.error());
  } else if (*decoded) {
    impl_->log_malformed(datagram, **decoded);
  }
}

void Decoder::set_others(std::vector<OtherRecord>* others) {
  impl_->others = others;
}

bool Decoder::expire(base::UnixMs now_ms) {
  bool is_any_changed = false;
  for (auto& [address, exporter] : impl_->exporters) {
    bool is_changed = false;
    for (auto& [key, domain] : exporter->domains) {
      is_changed |= domain.sequence.expire(now_ms, exporter->ledger);
    }
    for (const PendingSet& set : exporter->pending.take_older_than(now_ms - kPendingMaxAgeMs)) {
      auto& counts = exporter->ledger.at(set.header.received_ms);
      --counts[flow::NotCounted::NoTemplatePending];
      ++counts[flow::NotCounted::NoTemplateExpired];
      is_changed = true;
    }
    exporter->is_changed |= is_changed;
    is_any_changed |= is_changed;
  }
  return is_any_changed;
}

std::vector<flow::LedgerRow> Decoder::take_ledger() {
  std::vector<flow::LedgerRow> rows = impl_->nobody.take();
  for (const flow::LedgerRow& row : rows) impl_->gone += row.counts;
  rows.insert(rows.end(), impl_->of_evicted.begin(), impl_->of_evicted.end());
  impl_->of_evicted.clear();
  for (auto& [address, exporter] : impl_->exporters) {
    exporter->is_in_ledger |= !exporter->ledger.rows().empty();
    for (flow::LedgerRow& row : exporter->ledger.take()) {
      exporter->taken += row.counts;
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<flow::ExporterState> Decoder::take_changed_states() {
  // First what is forgotten: an exporter that came back since has a state again.
  std::vector<flow::ExporterState> states = std::exchange(impl_->forgotten, {});
  for (auto& [address, exporter] : impl_->exporters) {
    if (!std::exchange(exporter->is_changed, false)) continue;
    states.push_back({address, save(*exporter)});
  }
  return states;
}

bool Decoder::restore(const flow::ExporterState& state) {
  if (impl_->exporters.contains(state.exporter)) return false;
  Exporter* exporter = impl_->find_or_make(state.exporter, 0);
  if (exporter == nullptr) return false;
  impl_->silent.erase(exporter->silence);
  if (!collect::restore(state.state, *exporter)) {
    impl_->exporters.erase(state.exporter);
    return false;
  }
  impl_->sort_in(*exporter);
  exporter->is_in_ledger = true;
  // The ledger has counted what waits; what becomes of it is counted from here on, and for those
  // that found no room already is.
  std::uint64_t pending = exporter->pending.all().size();
  for (const flow::LedgerRow& row : exporter->ledger.rows()) {
    pending += row.counts[flow::NotCounted::NoTemplateOverCap];
  }
  exporter->taken.records = pending;
  exporter->taken[flow::NotCounted::NoTemplatePending] = pending;
  return true;
}

flow::WorkerView Decoder::view() const {
  flow::WorkerView view;
  view.uncommitted = impl_->nobody.rows();
  view.of_no_exporter = impl_->gone;
  for (const flow::LedgerRow& row : view.uncommitted) view.of_no_exporter += row.counts;
  view.uncommitted.insert(view.uncommitted.end(), impl_->of_evicted.begin(),
                          impl_->of_evicted.end());
  for (const auto& [address, exporter] : impl_->exporters) {
    view.exporters.push_back(view_of(*exporter));
    const auto& rows = exporter->ledger.rows();
    view.uncommitted.insert(view.uncommitted.end(), rows.begin(), rows.end());
  }
  return view;
}

}  // namespace collect
