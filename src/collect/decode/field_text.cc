#include "collect/decode/field_text.h"

#include <fmt/format.h>

#include <algorithm>

#include "flow/address.h"
#include "wire/export/registry.h"

namespace collect {
namespace {

using wire::ByteView;
using wire::ElementType;

std::string hex(ByteView value) {
  std::string text;
  for (const std::byte octet : value) text += fmt::format("{:02x}", std::to_integer<int>(octet));
  return text;
}

std::string string_text(ByteView value) {
  std::string text;
  for (const std::byte octet : value) {
    const char letter = static_cast<char>(octet);
    if (letter == '\0') break;
    text += letter;
  }
  return text;
}

std::string mac_text(ByteView value) {
  std::string text;
  for (const std::byte octet : value) {
    text += fmt::format("{}{:02x}", text.empty() ? "" : ":", std::to_integer<int>(octet));
  }
  return text;
}

std::string integer_text(ByteView value, bool is_signed) {
  if (value.empty() || value.size() > 8) return hex(value);
  const std::uint64_t loaded = wire::load_be_any(value);
  if (!is_signed) return fmt::format("{}", loaded);
  const auto shift = 64 - 8 * value.size();
  return fmt::format("{}", static_cast<std::int64_t>(loaded << shift) >> shift);
}

std::string address_text(ByteView value) {
  if (value.size() == 4) {
    return flow::to_text(flow::Address::v4(wire::load_be<std::uint32_t, 0>(value.first<4>())));
  }
  if (value.size() != 16) return hex(value);
  const auto octets = value.first<16>();
  return flow::to_text(flow::Address{wire::load_be<std::uint64_t, 0>(octets),
                                     wire::load_be<std::uint64_t, 8>(octets)});
}

std::string text_of(ElementType type, ByteView value) {
  switch (type) {
    case ElementType::Unsigned:
    case ElementType::Seconds:
    case ElementType::Milliseconds:
    case ElementType::Boolean:
      return integer_text(value, false);
    case ElementType::Signed:
      return integer_text(value, true);
    case ElementType::Ipv4:
    case ElementType::Ipv6:
      return address_text(value);
    case ElementType::Mac:
      return mac_text(value);
    case ElementType::String:
      return string_text(value);
    case ElementType::Octets:
    case ElementType::Float:
    case ElementType::Ntp:
    case ElementType::List:
      return hex(value);
  }
  return hex(value);
}

}  // namespace

know::FieldText words_of_field(wire::ByteView field, std::size_t most) {
  // As much as can be kept of it, and more than that.
  std::string octets;
  for (const std::byte octet : field.first(std::min(field.size(), 4 * most))) {
    octets += static_cast<char>(octet);
  }
  return know::text_of_field(octets, most);
}

FieldTexts texts_of(const wire::Template& described, Protocol protocol, const FieldViews& fields) {
  FieldTexts texts;
  for (std::size_t i = 0; i < described.fields.size(); ++i) {
    const wire::FieldSpecifier& field = described.fields[i];
    if (protocol == Protocol::Netflow9 && i < described.scope_count) {
      texts.emplace_back(wire::netflow9_scope_name(field.id), integer_text(fields[i], false));
      continue;
    }
    const auto* element = wire::find_registered(field.enterprise, field.id);
    texts.emplace_back(
        wire::element_name(field.enterprise, field.id),
        text_of(element == nullptr ? ElementType::Octets : element->type, fields[i]));
  }
  return texts;
}

FieldTexts texts_of(const wire::Template& described, Protocol protocol, ByteView record) {
  FieldViews fields;
  wire::ByteReader reader(record);
  for (const wire::FieldSpecifier& field : described.fields) {
    fields.push_back(reader.take(field.length).value_or(ByteView()));
  }
  return texts_of(described, protocol, fields);
}

}  // namespace collect
