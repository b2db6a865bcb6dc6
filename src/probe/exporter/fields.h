#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "flow/elements.h"
#include "flow/record.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/message_writer.h"
#include "wire/export/template.h"

// How a flow's columns become the fields of a template's records: the way back of what
// flow/elements.h says to a collector.
namespace probe {

struct Field {
  std::uint16_t id;  // the element's, in NetFlow v9 and IPFIX
  std::uint16_t octets;
  flow::Column column;
  bool is_since_boot = false;  // a time as milliseconds of uptime
};

enum class Family : std::uint8_t { IPv4, IPv6 };

// The element that fills the column in a collector, with a length that it may have.
constexpr Field field_of(flow::Column column, std::uint16_t octets, Family family = Family::IPv4) {
  return {flow::element_for(column, family == Family::IPv6).value().id, octets, column};
}

struct FlowTemplate {
  wire::Template announced;
  std::vector<Field> fields;  // one per field of `announced`
  std::size_t record_octets = 0;
};
FlowTemplate make_template(std::uint16_t id, std::vector<Field> fields);

// Writes one record. Addresses of fewer than 16 octets are IPv4's.
void put_record(wire::ByteWriter& out, std::span<const Field> fields, const flow::FlowRecord& flow,
                base::UnixMs boot);

// A flow as NetFlow v5 says it; both ends are IPv4.
wire::Netflow5Record to_netflow5(const flow::FlowRecord& flow, base::UnixMs boot);

// How packets were chosen of which flows tell (samplingAlgorithm).
enum class Sampling : std::uint8_t { Deterministic = 1, Random = 2 };

// An options record that says "one packet in `rate`" of the whole exporter, and its template.
wire::Template sampling_template(wire::TemplateProtocol protocol, std::uint16_t id);
void put_sampling(wire::ByteWriter& record, std::uint32_t domain, std::uint32_t rate,
                  Sampling algorithm);

// An options record that names an interface, and its template.
wire::Template interface_template(wire::TemplateProtocol protocol, std::uint16_t id);
void put_interface(wire::ByteWriter& record, std::uint32_t index, std::string_view name);

}  // namespace probe
