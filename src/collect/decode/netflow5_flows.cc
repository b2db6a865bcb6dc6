#include "collect/decode/netflow5_flows.h"

#include "collect/decode/finish.h"
#include "flow/volume.h"
#include "wire/export/netflow5.h"

namespace collect {
namespace {

using flow::bit;
using flow::Column;
using flow::FlowRecord;
using wire::Netflow5Header;
using wire::Netflow5Record;

constexpr std::uint32_t kNsPerSecond = 1'000'000'000;

constexpr flow::ColumnMask kSaid =
    bit(Column::start) | bit(Column::end) | bit(Column::received) | bit(Column::exporter) |
    bit(Column::domain) | bit(Column::in_if) | bit(Column::out_if) | bit(Column::src) |
    bit(Column::dst) | bit(Column::src_port) | bit(Column::dst_port) | bit(Column::protocol) |
    bit(Column::tos) | bit(Column::tcp_flags) | bit(Column::bytes) | bit(Column::packets) |
    bit(Column::src_as) | bit(Column::dst_as) | bit(Column::next_hop) | bit(Column::src_mask) |
    bit(Column::dst_mask);

// Two bits of mode, fourteen of interval. Juniper fills all sixteen with the interval; modes are 0
// to 2, so that a "mode" of 3 is the top of such a number.
std::uint32_t sampling_rate(std::uint16_t field) {
  constexpr std::uint16_t kInterval = 0x3fff;
  return field >> 14 == 3 ? field : field & kInterval;
}

MessageHeader message_header(const Datagram& datagram, const Netflow5Header& header) {
  // A header whose nanoseconds are a second or more has no sub-second part to believe.
  const std::uint32_t ns = header.unix_nsecs < kNsPerSecond ? header.unix_nsecs : 0;
  return {.protocol = Protocol::Netflow5,
          .exporter = datagram.exporter,
          .domain = static_cast<std::uint32_t>(header.engine_type << 8 | header.engine_id),
          .received_ms = datagram.received_ns / base::kNsPerMs,
          .export_ms = std::int64_t{header.unix_secs} * base::kMsPerSecond +
                       std::int64_t{ns} / base::kNsPerMs,
          .sys_uptime_ms = header.sys_uptime_ms};
}

void fill(FlowRecord& flow, const Netflow5Record& record, const MessageHeader& header) {
  flow.present = kSaid;
  flow.start = uptime_to_unix(header, record.first_ms);
  flow.end = uptime_to_unix(header, record.last_ms);
  flow.received = header.received_ms;
  flow.exporter = header.exporter;
  flow.domain = header.domain;
  flow.in_if = record.in_if;
  flow.out_if = record.out_if;
  flow.src = flow::Address::v4(record.src);
  flow.dst = flow::Address::v4(record.dst);
  flow.src_port = record.src_port;
  flow.dst_port = record.dst_port;
  flow.protocol = record.protocol;
  flow.tos = record.tos;
  flow.tcp_flags = record.tcp_flags;
  flow.bytes = record.octets;
  flow.packets = record.packets;
  flow.src_as = record.src_as;
  flow.dst_as = record.dst_as;
  flow.next_hop = flow::Address::v4(record.next_hop);
  flow.src_mask = record.src_mask;
  flow.dst_mask = record.dst_mask;
  say_icmp_of_ports(flow);
}

}  // namespace

base::Expected<void, wire::Malformed> decode_netflow5(const Datagram& datagram, Exporter& exporter,
                                                      Output& output) {
  const auto message = wire::parse_netflow5(datagram.payload);
  if (!message) return base::Unexpected(message.error());

  const MessageHeader header = message_header(datagram, message->header);
  exporter.clock_skew_ms = header.received_ms - header.export_ms;
  if (Domain* domain = exporter.domain({Protocol::Netflow5, header.domain})) {
    domain->sequence.arrived({.sequence = message->header.flow_sequence,
                              .units = message->header.count,
                              .untold_units_max = 0,
                              .sys_uptime_ms = header.sys_uptime_ms,
                              .received_ms = header.received_ms},
                             exporter.ledger);
  }

  auto& counts = exporter.ledger.at(header.received_ms);
  const std::uint32_t rate = sampling_rate(message->header.sampling);
  const FlowRecord blank;
  wire::ByteReader records(message->records);
  while (const auto octets = records.take<Netflow5Record::kSize>()) {
    FlowRecord& flow = output.flows.emplace_back(blank);
    fill(flow, Netflow5Record::from(*octets), header);
    if (rate != 0) {
      flow.sampling_rate = rate;
      flow.sampling_source = static_cast<std::uint8_t>(flow::SamplingSource::Header);
      flow.present |= bit(Column::sampling_rate) | bit(Column::sampling_source);
    }
    if (flow::effective_times(flow).clamped) ++counts.spread_clamped;
  }
  if (message->record_count() != 0) exporter.is_proven = true;
  counts.records += message->header.count;
  counts.flows += message->record_count();
  counts[flow::NotCounted::CountLies] += message->missing_records();
  return {};
}

}  // namespace collect
