#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"

// What a template says, whichever protocol carried it.
namespace wire {

// A field specifier's length that means: each record tells the field's length (RFC 7011, 7).
constexpr std::uint16_t kVariableLength = 65'535;

struct FieldSpecifier {
  std::uint32_t enterprise = 0;  // 0: IANA's; NetFlow v9 knows no other
  std::uint16_t id = 0;      // v9 keeps all 16 bits here, whatever the exporter meant by the top
  std::uint16_t length = 0;  // octets, or kVariableLength

  bool operator==(const FieldSpecifier&) const = default;
};

struct Template {
  std::uint16_t id = 0;
  bool is_options = false;
  // The first `scope_count` fields are scope fields; 0 unless is_options. In v9 their ids are scope
  // types (1 system, 2 interface, 3 line card, 4 cache, 5 template), not element ids.
  std::uint16_t scope_count = 0;
  std::vector<FieldSpecifier> fields{};

  // IPFIX only: a template without fields withdraws the one of its id.
  bool is_withdrawal() const { return fields.empty(); }

  bool operator==(const Template&) const = default;
};

// Octets of the smallest record the fields can describe; a variable-length field has at least 1.
std::size_t smallest_record_octets(const std::vector<FieldSpecifier>& fields);

// The length in front of a variable-length field's octets: 1 octet, or 255 and 2 more.
constexpr std::optional<std::size_t> take_variable_length(ByteReader& record) {
  const ByteReader before = record;
  const auto first = record.take<1>();
  if (!first) return std::nullopt;
  const auto length = load_be<std::uint8_t, 0>(*first);
  if (length < 255) return length;
  const auto rest = record.take<2>();
  if (rest) return load_be<std::uint16_t, 0>(*rest);
  record = before;
  return std::nullopt;
}

// The shorter form below 255 octets, the longer one from there on.
void put_variable_length(ByteWriter& record, std::uint16_t length);

}  // namespace wire
