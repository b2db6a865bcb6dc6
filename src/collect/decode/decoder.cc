#include "collect/decode/decoder.h"

#include <fmt/format.h>

#include <boost/unordered/unordered_flat_map.hpp>
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

}  // namespace

struct Decoder::Impl {
  using Exporters =
      boost::unordered_flat_map<flow::Address, std::unique_ptr<Exporter>, std::hash<flow::Address>>;

  // Null: over the cap.
  Exporter* find_or_make(const flow::Address& address, base::UnixMs now_ms);
  bool make_room();
  void heard(Exporter& exporter, const Datagram& datagram, Protocol protocol);
  base::Expected<WrongInside, wire::Malformed> decode_as(Protocol protocol,
                                                         const Datagram& datagram,
                                                         Exporter& exporter, Output& output);
  void log_malformed(const Datagram& datagram, wire::Malformed malformed);

  SharedUse shared;  // outlives the exporters
  Exporters exporters;
  std::list<flow::Address> silent;  // exporters that are not proven, the longest silent first
  MinuteLedger nobody{kNobody};
  std::vector<OtherRecord>* others = nullptr;
  base::SampledLog log{kLogIntervalMs};
};

Exporter* Decoder::Impl::find_or_make(const flow::Address& address, base::UnixMs now_ms) {
  if (const auto found = exporters.find(address); found != exporters.end()) {
    return found->second.get();
  }
  if (exporters.size() >= kExportersMax && !make_room()) return nullptr;
  auto made = std::make_unique<Exporter>(address, shared);
  made->first_seen_ms = now_ms;
  made->silence = silent.insert(silent.end(), address);
  return exporters.emplace(address, std::move(made)).first->second.get();
}

// The longest silent exporter that never sent a record goes; its ledger stays, under nobody's name.
bool Decoder::Impl::make_room() {
  if (silent.empty()) return false;
  const auto found = exporters.find(silent.front());
  for (const flow::LedgerRow& row : found->second->ledger.rows()) {
    nobody.at(row.minute) += row.counts;
  }
  silent.pop_front();
  exporters.erase(found);
  return true;
}

void Decoder::Impl::heard(Exporter& exporter, const Datagram& datagram, Protocol protocol) {
  exporter.last_seen_ms = datagram.received_ns / base::kNsPerMs;
  exporter.is_changed = true;
  ++exporter.datagrams_by_version[version_index(protocol)];
  if (!exporter.is_proven) silent.splice(silent.end(), silent, exporter.silence);
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
  Output output{flows, impl_->others};
  const auto decoded = impl_->decode_as(*protocol, datagram, *exporter, output);
  if (exporter->is_proven && !was_proven) impl_->silent.erase(exporter->silence);
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
  for (auto& [address, exporter] : impl_->exporters) {
    for (flow::LedgerRow& row : exporter->ledger.take()) {
      exporter->taken += row.counts;
      rows.push_back(row);
    }
  }
  return rows;
}

std::vector<flow::ExporterState> Decoder::take_changed_states() {
  std::vector<flow::ExporterState> states;
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
  const bool is_understood = collect::restore(state.state, *exporter);
  if (is_understood && !exporter->is_proven) return true;
  impl_->silent.erase(exporter->silence);
  if (!is_understood) impl_->exporters.erase(state.exporter);
  return is_understood;
}

flow::WorkerView Decoder::view() const {
  flow::WorkerView view;
  view.uncommitted = impl_->nobody.rows();
  for (const auto& [address, exporter] : impl_->exporters) {
    view.exporters.push_back(view_of(*exporter));
    const auto& rows = exporter->ledger.rows();
    view.uncommitted.insert(view.uncommitted.end(), rows.begin(), rows.end());
  }
  return view;
}

}  // namespace collect
