#include "probe/exporter/fields.h"

#include <algorithm>
#include <array>
#include <limits>
#include <type_traits>

namespace probe {
namespace {

// 128 bits, of which a field takes the low ones.
struct Number {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;
};

template <class Value>
Number to_number(const Value& value) {
  if constexpr (std::is_same_v<Value, flow::Address>) {
    return {value.hi, value.lo};
  } else {
    return {0, static_cast<std::uint64_t>(value)};
  }
}

// By column, in their order.
using NumberOf = Number (*)(const flow::FlowRecord&);
constexpr auto kNumberOf = std::to_array<NumberOf>({
#define X(name, type, dimension, meaning) \
  [](const flow::FlowRecord& flow) { return to_number(flow.name); },
    WEIR_FLOW_COLUMNS(X)
#undef X
});

constexpr std::uint16_t kSamplingInterval = 34;
constexpr std::uint16_t kSamplingAlgorithm = 35;
constexpr std::uint16_t kInterfaceName = 82;
constexpr std::uint16_t kNameOctets = 32;            // a fixed length, which v9 wants
constexpr std::uint16_t kSystemScope = 1;            // v9: the whole exporter
constexpr std::uint16_t kInterfaceScope = 2;         // v9
constexpr std::uint16_t kObservationDomainId = 149;  // IPFIX: the whole exporter
constexpr std::uint16_t kIngressInterface = 10;      // IPFIX

// 0 where the number has no room: not known.
std::uint16_t short_index(std::uint32_t index) {
  return index <= std::numeric_limits<std::uint16_t>::max() ? static_cast<std::uint16_t>(index)
                                                            : std::uint16_t{0};
}

}  // namespace

FlowTemplate make_template(std::uint16_t id, std::vector<Field> fields) {
  FlowTemplate made;
  made.announced.id = id;
  for (const Field& field : fields) made.announced.fields.push_back({0, field.id, field.octets});
  made.record_octets = wire::smallest_record_octets(made.announced.fields);
  made.fields = std::move(fields);
  return made;
}

void put_record(wire::ByteWriter& out, std::span<const Field> fields, const flow::FlowRecord& flow,
                base::UnixMs boot) {
  for (const Field& field : fields) {
    Number number = kNumberOf[static_cast<std::size_t>(field.column)](flow);
    if (field.is_since_boot) number.lo -= static_cast<std::uint64_t>(boot);
    if (field.octets == 16) out.put(number.hi);
    out.put_be(number.lo, std::min<std::size_t>(field.octets, sizeof(number.lo)));
  }
}

wire::Netflow5Record to_netflow5(const flow::FlowRecord& flow, base::UnixMs boot) {
  return {.src = flow.src.as_v4(),
          .dst = flow.dst.as_v4(),
          .next_hop = flow.next_hop.as_v4(),
          .in_if = short_index(flow.in_if),
          .out_if = short_index(flow.out_if),
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

wire::Template sampling_template(wire::TemplateProtocol protocol, std::uint16_t id) {
  const bool is_ipfix = protocol == wire::TemplateProtocol::Ipfix;
  return {.id = id,
          .is_options = true,
          .scope_count = 1,
          .fields = {{0, is_ipfix ? kObservationDomainId : kSystemScope, 4},
                     {0, kSamplingInterval, 4},
                     {0, kSamplingAlgorithm, 1}}};
}

void put_sampling(wire::ByteWriter& record, std::uint32_t domain, std::uint32_t rate,
                  Sampling algorithm) {
  record.put(domain);
  record.put(rate);
  record.put(static_cast<std::uint8_t>(algorithm));
}

wire::Template interface_template(wire::TemplateProtocol protocol, std::uint16_t id) {
  const bool is_ipfix = protocol == wire::TemplateProtocol::Ipfix;
  return {.id = id,
          .is_options = true,
          .scope_count = 1,
          .fields = {{0, is_ipfix ? kIngressInterface : kInterfaceScope, 4},
                     {0, kInterfaceName, kNameOctets}}};
}

void put_interface(wire::ByteWriter& record, std::uint32_t index, std::string_view name) {
  const std::string_view kept = name.substr(0, kNameOctets);
  record.put(index);
  for (const char letter : kept) record.put(static_cast<std::uint8_t>(letter));
  record.put_zeros(kNameOctets - kept.size());
}

}  // namespace probe
