#pragma once

#include <cstdint>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "collect/decode/decoder.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow9.h"
#include "wire/export/set.h"
#include "wire/export/template.h"

// Messages for this folder's tests, and a decoder that receives them.
namespace collect {

using Octets = std::vector<std::byte>;

// One field of a record: its value and how many octets it takes.
struct Value {
  std::uint64_t value;
  std::size_t octets;
};

inline Octets joined(const std::vector<Octets>& parts) {
  Octets all;
  for (const Octets& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

inline Octets set_of(std::uint16_t id, const Octets& records, std::size_t alignment = 1) {
  Octets octets;
  wire::ByteWriter out(octets);
  wire::SetWriter set(out, id);
  out.put(wire::ByteView(records));
  set.finish(alignment);
  return octets;
}

inline Octets record_of(const std::vector<Value>& values) {
  Octets octets;
  wire::ByteWriter out(octets);
  for (const Value& value : values) {
    if (value.octets > 8) out.put_zeros(value.octets - 8);
    out.put_be(value.value, value.octets > 8 ? 8 : value.octets);
  }
  return octets;
}

inline Octets data_set(std::uint16_t id, const std::vector<Value>& values) {
  return set_of(id, record_of(values));
}

inline Octets netflow9_template(const wire::Template& described) {
  Octets octets;
  wire::ByteWriter out(octets);
  wire::emit_netflow9_template(out, described);
  return set_of(described.is_options ? 1 : 0, octets);
}

inline Octets ipfix_template(const wire::Template& described) {
  Octets octets;
  wire::ByteWriter out(octets);
  wire::emit_ipfix_template(out, described);
  return set_of(described.is_options ? 3 : 2, octets);
}

constexpr std::uint32_t kExportSeconds = 1'700'000'000;
constexpr base::UnixMs kExportMs = std::int64_t{kExportSeconds} * 1'000;
constexpr std::uint32_t kExportUptimeMs = 1'000'000;

inline Octets netflow9(const std::vector<Octets>& sets, std::uint32_t sequence = 0,
                       std::uint32_t source_id = 0) {
  Octets octets;
  wire::ByteWriter out(octets);
  wire::Netflow9Header{.count = 7,  // wrong on purpose: nobody believes it
                       .sys_uptime_ms = kExportUptimeMs,
                       .unix_secs = kExportSeconds,
                       .sequence = sequence,
                       .source_id = source_id}
      .emit(out);
  out.put(wire::ByteView(joined(sets)));
  return octets;
}

inline Octets ipfix(const std::vector<Octets>& sets, std::uint32_t sequence = 0,
                    std::uint32_t domain = 0) {
  Octets octets;
  wire::ByteWriter out(octets);
  wire::IpfixWriter message(
      out, {.export_time_s = kExportSeconds, .sequence = sequence, .observation_domain = domain});
  out.put(wire::ByteView(joined(sets)));
  message.finish();
  return octets;
}

// Receives datagrams one after the other, each a millisecond later, and keeps flows and ledger.
class Received {
 public:
  static constexpr flow::Address kExporter = flow::Address::v4(0xc0000201);

  Received() {
    base::start_log("off");  // bad octets are the point of many tests
    decoder.set_others(&others);
  }

  // The flows that this datagram made.
  std::vector<flow::FlowRecord> receive(const Octets& payload,
                                        const flow::Address& exporter = kExporter) {
    std::vector<flow::FlowRecord> made;
    decoder.decode({.exporter = exporter,
                    .exporter_port = 50'000,
                    .local_port = 2055,
                    .received_ns = now_ms++ * base::kNsPerMs,
                    .payload = payload},
                   made);
    flows.insert(flows.end(), made.begin(), made.end());
    return made;
  }

  // All that was counted so far.
  flow::LedgerCounts counted() {
    for (const flow::LedgerRow& row : decoder.take_ledger()) sum_ += row.counts;
    return sum_;
  }
  std::uint64_t counted(flow::NotCounted reason) { return counted()[reason]; }

  Decoder decoder;
  std::vector<flow::FlowRecord> flows;
  std::vector<OtherRecord> others;
  base::UnixMs now_ms = kExportMs + 500;

 private:
  flow::LedgerCounts sum_;
};

// The equalities of flow/ledger.h.
inline bool adds_up(const flow::LedgerCounts& counts) {
  return counts.sequence_sent == counts.sequence_received + counts.sequence_gap &&
         counts.records == counts.flows + counts.options + counts.events + counts.not_counted_sum();
}

}  // namespace collect
