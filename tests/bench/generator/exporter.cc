#include "exporter.h"

#include <algorithm>
#include <array>

#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"
#include "wire/export/set.h"

namespace generator {

// One column of a flow as a field of a template.
struct Field {
  std::uint16_t id;  // the element's; the same in NetFlow v9 and IPFIX but for the times
  std::uint16_t octets;
  std::uint64_t (*value)(const flow::FlowRecord&, base::UnixMs boot);
  const flow::Address& (*address)(const flow::FlowRecord&);  // else null
};

namespace {

constexpr std::size_t kDatagramOctetsMax = 1'400;
constexpr std::uint16_t kFirstTemplateId = 256;
constexpr std::uint16_t kSamplingTemplateId = 9'999;
constexpr std::uint32_t kDomain = 1;
// Room for a message's header, a set's header and the set's padding.
constexpr std::size_t kRoomAroundRecords = wire::Netflow9Header::kSize + wire::SetHeader::kSize + 3;
constexpr std::uint16_t kSystemScope = 1;            // v9: the whole exporter
constexpr std::uint16_t kObservationDomainId = 149;  // IPFIX: the same
constexpr std::uint16_t kSamplingInterval = 34;
constexpr std::uint16_t kSamplingAlgorithm = 35;
constexpr std::uint8_t kDeterministic = 1;

// NOLINTBEGIN(cppcoreguidelines-macro-usage): a captureless lambda per column, and nothing else.
#define VALUE_OF(expression)                       \
  [](const flow::FlowRecord& flow, base::UnixMs) { \
    return static_cast<std::uint64_t>(expression); \
  },                                               \
      nullptr
#define SINCE_BOOT(time)                                 \
  [](const flow::FlowRecord& flow, base::UnixMs boot) {  \
    return static_cast<std::uint64_t>(flow.time - boot); \
  },                                                     \
      nullptr
#define ADDRESS_OF(column) \
  nullptr, [](const flow::FlowRecord& flow) -> const flow::Address& { return flow.column; }
// NOLINTEND(cppcoreguidelines-macro-usage)

constexpr auto kIPv4Fields = std::to_array<Field>({
    {8, 4, ADDRESS_OF(src)},
    {12, 4, ADDRESS_OF(dst)},
    {15, 4, ADDRESS_OF(next_hop)},
    {9, 1, VALUE_OF(flow.src_mask)},
    {13, 1, VALUE_OF(flow.dst_mask)},
});
constexpr auto kIPv6Fields = std::to_array<Field>({
    {27, 16, ADDRESS_OF(src)},
    {28, 16, ADDRESS_OF(dst)},
    {62, 16, ADDRESS_OF(next_hop)},
    {29, 1, VALUE_OF(flow.src_mask)},
    {30, 1, VALUE_OF(flow.dst_mask)},
});
constexpr auto kFields = std::to_array<Field>({
    {7, 2, VALUE_OF(flow.src_port)},
    {11, 2, VALUE_OF(flow.dst_port)},
    {4, 1, VALUE_OF(flow.protocol)},
    {5, 1, VALUE_OF(flow.tos)},
    {6, 1, VALUE_OF(flow.tcp_flags)},
    {10, 4, VALUE_OF(flow.in_if)},
    {14, 4, VALUE_OF(flow.out_if)},
    {16, 4, VALUE_OF(flow.src_as)},
    {17, 4, VALUE_OF(flow.dst_as)},
});
// Half of the templates count in 4 octets, half in 8.
constexpr auto kCounters32 = std::to_array<Field>({
    {1, 4, VALUE_OF(flow.bytes)},
    {2, 4, VALUE_OF(flow.packets)},
});
constexpr auto kCounters64 = std::to_array<Field>({
    {1, 8, VALUE_OF(flow.bytes)},
    {2, 8, VALUE_OF(flow.packets)},
});
constexpr auto kUptimes = std::to_array<Field>({
    {22, 4, SINCE_BOOT(start)},
    {21, 4, SINCE_BOOT(end)},
});
constexpr auto kMilliseconds = std::to_array<Field>({
    {152, 8, VALUE_OF(flow.start)},
    {153, 8, VALUE_OF(flow.end)},
});

#undef VALUE_OF
#undef SINCE_BOOT
#undef ADDRESS_OF

void append(std::vector<const Field*>& fields, std::span<const Field> more) {
  for (const Field& field : more) fields.push_back(&field);
}

void put_field(wire::ByteWriter& out, const Field& field, const flow::FlowRecord& flow,
               base::UnixMs boot) {
  if (field.address == nullptr) {
    out.put_be(field.value(flow, boot), field.octets);
    return;
  }
  const flow::Address& address = field.address(flow);
  if (field.octets == 16) out.put_be(address.hi, 8);
  out.put_be(address.lo, field.octets == 16 ? 8 : 4);
}

std::size_t octets_of(const wire::Template& described) {
  return wire::smallest_record_octets(described.fields);
}

wire::Netflow5Record to_netflow5(const flow::FlowRecord& flow, base::UnixMs boot) {
  return {.src = flow.src.as_v4(),
          .dst = flow.dst.as_v4(),
          .next_hop = flow.next_hop.as_v4(),
          .in_if = static_cast<std::uint16_t>(flow.in_if),
          .out_if = static_cast<std::uint16_t>(flow.out_if),
          .packets = static_cast<std::uint32_t>(flow.packets),
          .octets = static_cast<std::uint32_t>(flow.bytes),
          .first_ms = static_cast<std::uint32_t>(flow.start - boot),
          .last_ms = static_cast<std::uint32_t>(flow.end - boot),
          .src_port = flow.src_port,
          .dst_port = flow.dst_port,
          .tcp_flags = static_cast<std::uint8_t>(flow.tcp_flags),
          .protocol = flow.protocol,
          .tos = flow.tos,
          .src_as = static_cast<std::uint16_t>(flow.src_as),
          .dst_as = static_cast<std::uint16_t>(flow.dst_as),
          .src_mask = flow.src_mask,
          .dst_mask = flow.dst_mask};
}

// What a v9 header can say of the time: whole seconds. Flows are made as of then, so that a
// collector that adds uptimes to it finds their milliseconds again.
base::UnixMs header_time(Protocol protocol, base::UnixMs now) {
  return protocol == Protocol::NetFlow5 ? now : base::floor_to(now, base::kMsPerSecond);
}

}  // namespace

Exporter::Exporter(const ExporterSettings& settings, base::UnixMs boot)
    : settings_(settings), boot_(boot) {
  if (settings.protocol == Protocol::NetFlow5) {
    flows_per_datagram_ =
        (kDatagramOctetsMax - wire::Netflow5Header::kSize) / wire::Netflow5Record::kSize;
    return;
  }
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    if (family == Family::IPv6 && settings.ipv6_percent == 0) continue;
    for (std::uint16_t i = 0; i < settings.templates; ++i) {
      templates_.push_back(make_template(i, family, settings.protocol));
    }
  }
  std::size_t longest = 1;
  for (const auto& each : templates_) longest = std::max(longest, octets_of(each.announced));
  flows_per_datagram_ = (kDatagramOctetsMax - kRoomAroundRecords) / longest;
}

Exporter::FlowTemplate Exporter::make_template(std::uint16_t index, Family family,
                                               Protocol protocol) {
  FlowTemplate made;
  made.family = family;
  append(made.fields, family == Family::IPv4 ? std::span<const Field>(kIPv4Fields) : kIPv6Fields);
  append(made.fields, kFields);
  append(made.fields, index % 2 == 0 ? std::span<const Field>(kCounters32) : kCounters64);
  append(made.fields,
         protocol == Protocol::Ipfix ? std::span<const Field>(kMilliseconds) : kUptimes);
  const auto turned = static_cast<std::ptrdiff_t>(index % made.fields.size());
  std::rotate(made.fields.begin(), made.fields.begin() + turned, made.fields.end());

  const auto first =
      static_cast<std::uint16_t>(kFirstTemplateId * (family == Family::IPv4 ? 1 : 8));
  made.announced.id = static_cast<std::uint16_t>(first + index);
  for (const Field* field : made.fields)
    made.announced.fields.push_back({0, field->id, field->octets});
  return made;
}

Message Exporter::next(Traffic& traffic, base::UnixMs now, std::size_t flows_max) {
  if (settings_.protocol == Protocol::NetFlow5) return netflow5(traffic, now, flows_max);
  if (datagrams_ >= settings_.templates_every) {
    datagrams_ = 0;
    templates_sent_ = 0;
  }
  ++datagrams_;
  if (templates_sent_ < templates_.size()) return templates_message(now);
  return flows_message(traffic, now, flows_max);
}

Message Exporter::netflow5(Traffic& traffic, base::UnixMs now, std::size_t flows_max) {
  const auto count = static_cast<std::uint16_t>(std::min(flows_max, flows_per_datagram_));
  constexpr std::uint16_t kDeterministicMode = 1 << 14;
  const bool sampled = settings_.sampling_rate > 1;
  const wire::Netflow5Header header{
      .count = count,
      .sys_uptime_ms = static_cast<std::uint32_t>(now - boot_),
      .unix_secs = static_cast<std::uint32_t>(now / base::kMsPerSecond),
      .unix_nsecs = static_cast<std::uint32_t>(now % base::kMsPerSecond * base::kNsPerMs),
      .flow_sequence = sequence_,
      .sampling = sampled ? static_cast<std::uint16_t>(kDeterministicMode | settings_.sampling_rate)
                          : std::uint16_t{0}};
  Message message;
  wire::ByteWriter out(message.octets);
  header.emit(out);
  for (std::uint16_t i = 0; i < count; ++i) {
    message.flows.push_back(traffic.next(Family::IPv4, now));
    to_netflow5(message.flows.back(), boot_).emit(out);
  }
  sequence_ += count;
  return message;
}

const Exporter::FlowTemplate& Exporter::turn_of() const {
  const std::uint64_t turn = datagrams_ * 37 % 100;  // spreads the families over the datagrams
  const bool ipv6 = turn < settings_.ipv6_percent;
  const std::size_t index = datagrams_ % settings_.templates;
  return templates_[ipv6 ? settings_.templates + index : index];
}

Message Exporter::flows_message(Traffic& traffic, base::UnixMs now, std::size_t flows_max) {
  const FlowTemplate& used = turn_of();
  const base::UnixMs said_now = header_time(settings_.protocol, now);
  const std::size_t count = std::min(flows_max, flows_per_datagram_);
  Message message;
  wire::ByteWriter out(message.octets);
  put_header(out, now);
  wire::SetWriter set(out, used.announced.id);
  for (std::size_t i = 0; i < count; ++i) {
    message.flows.push_back(traffic.next(used.family, said_now));
    for (const Field* field : used.fields) put_field(out, *field, message.flows.back(), boot_);
  }
  set.finish();
  finish(out, static_cast<std::uint16_t>(count), static_cast<std::uint32_t>(count));
  return message;
}

Message Exporter::templates_message(base::UnixMs now) {
  const std::size_t octets_each =
      2 * wire::SetHeader::kSize + wire::SetHeader::kSize * templates_.front().fields.size();
  const std::size_t room = (kDatagramOctetsMax - 2 * kRoomAroundRecords) / octets_each;
  const std::size_t count = std::min(room, templates_.size() - templates_sent_);
  const bool sampled = settings_.sampling_rate > 1 && templates_sent_ == 0;
  Message message;
  wire::ByteWriter out(message.octets);
  put_header(out, now);
  put_templates(out, templates_sent_, count);
  if (sampled) put_sampling(out);
  message.options = sampled ? 1 : 0;
  templates_sent_ += count;
  finish(out, static_cast<std::uint16_t>(count + (sampled ? 2 : 0)), sampled ? 1 : 0);
  return message;
}

void Exporter::put_header(wire::ByteWriter& out, base::UnixMs now) const {
  const auto seconds = static_cast<std::uint32_t>(now / base::kMsPerSecond);
  if (settings_.protocol == Protocol::Ipfix) {
    wire::IpfixHeader{
        .export_time_s = seconds, .sequence = sequence_, .observation_domain = kDomain}
        .emit(out);
    return;
  }
  const base::UnixMs said_now = header_time(settings_.protocol, now);
  wire::Netflow9Header{.sys_uptime_ms = static_cast<std::uint32_t>(said_now - boot_),
                       .unix_secs = seconds,
                       .sequence = sequence_,
                       .source_id = kDomain}
      .emit(out);
}

void Exporter::finish(wire::ByteWriter& out, std::uint16_t records, std::uint32_t data_records) {
  constexpr std::size_t kLengthOrCountOffset = 2;
  const bool ipfix = settings_.protocol == Protocol::Ipfix;
  out.patch_u16(kLengthOrCountOffset, ipfix ? static_cast<std::uint16_t>(out.size()) : records);
  sequence_ += ipfix ? data_records : 1;
}

void Exporter::put_templates(wire::ByteWriter& out, std::size_t first, std::size_t count) const {
  const bool ipfix = settings_.protocol == Protocol::Ipfix;
  wire::SetWriter set(out, ipfix ? wire::kIpfixTemplateSet : wire::kNetflow9TemplateSet);
  for (std::size_t i = first; i < first + count; ++i) {
    if (ipfix) {
      wire::emit_ipfix_template(out, templates_[i].announced);
    } else {
      wire::emit_netflow9_template(out, templates_[i].announced);
    }
  }
  set.finish();
}

void Exporter::put_sampling(wire::ByteWriter& out) const {
  const bool ipfix = settings_.protocol == Protocol::Ipfix;
  const std::uint16_t scope = ipfix ? kObservationDomainId : kSystemScope;
  const wire::Template options{
      .id = kSamplingTemplateId,
      .is_options = true,
      .scope_count = 1,
      .fields = {{0, scope, 4}, {0, kSamplingInterval, 4}, {0, kSamplingAlgorithm, 1}}};
  wire::SetWriter announced(
      out, ipfix ? wire::kIpfixOptionsTemplateSet : wire::kNetflow9OptionsTemplateSet);
  if (ipfix) {
    wire::emit_ipfix_template(out, options);
  } else {
    wire::emit_netflow9_template(out, options);
  }
  announced.finish();

  wire::SetWriter set(out, kSamplingTemplateId);
  out.put(kDomain);
  out.put(settings_.sampling_rate);
  out.put(kDeterministic);
  set.finish();
}

}  // namespace generator
