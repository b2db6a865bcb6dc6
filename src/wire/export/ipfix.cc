#include "wire/export/ipfix.h"

#include <limits>

#include "base/check.h"

namespace wire {
namespace {

constexpr std::size_t kTemplateHeaderSize = 4;
constexpr std::size_t kFieldSize = 4;
constexpr std::uint16_t kEnterpriseBit = 0x8000;

base::Expected<FieldSpecifier, Malformed> take_field(ByteReader& set) {
  const auto bytes = set.take<kFieldSize>();
  if (!bytes) return base::Unexpected(Malformed::TemplateTruncated);
  FieldSpecifier field{.id = load_be<std::uint16_t, 0>(*bytes),
                       .length = load_be<std::uint16_t, 2>(*bytes)};
  if ((field.id & kEnterpriseBit) == 0) return field;

  const auto enterprise = set.take<4>();
  if (!enterprise) return base::Unexpected(Malformed::TemplateTruncated);
  field.id = static_cast<std::uint16_t>(field.id & ~kEnterpriseBit);
  field.enterprise = load_be<std::uint32_t, 0>(*enterprise);
  return field;
}

base::Expected<std::optional<Template>, Malformed> with_fields(Template taken, ByteReader& set,
                                                               std::size_t field_count) {
  if (taken.id < Set::kFirstDataId) return base::Unexpected(Malformed::TemplateIdReserved);
  // Before reserving: what the count announces must be able to lie in the octets that came.
  if (field_count > set.remaining() / kFieldSize) {
    return base::Unexpected(Malformed::TemplateTruncated);
  }
  taken.fields.reserve(field_count);
  for (std::size_t i = 0; i < field_count; ++i) {
    const auto field = take_field(set);
    if (!field) return base::Unexpected(field.error());
    taken.fields.push_back(*field);
  }
  if (smallest_record_octets(taken.fields) == 0) {
    return base::Unexpected(Malformed::TemplateZeroSize);
  }
  return std::optional(std::move(taken));
}

// Ids 2 and 3 withdraw all templates of the kind (RFC 7011 section 8.1). Other reserved ids are
// refused: a walk over a run of zeros would look at its rest again for each of them.
base::Expected<std::optional<Template>, Malformed> withdrawal(Template taken) {
  if (taken.id < Set::kFirstDataId && taken.id != kIpfixTemplateSet &&
      taken.id != kIpfixOptionsTemplateSet) {
    return base::Unexpected(Malformed::TemplateIdReserved);
  }
  return std::optional(std::move(taken));
}

}  // namespace

void IpfixHeader::emit(ByteWriter& out) const {
  out.put(kVersion);
  out.put(length);
  out.put(export_time_s);
  out.put(sequence);
  out.put(observation_domain);
}

base::Expected<IpfixMessage, Malformed> parse_ipfix(ByteView datagram) {
  ByteReader reader(datagram);
  const auto bytes = reader.take<IpfixHeader::kSize>();
  if (!bytes) return base::Unexpected(Malformed::HeaderTruncated);
  const auto header = IpfixHeader::from(*bytes);
  if (header.length < IpfixHeader::kSize || header.length > datagram.size()) {
    return base::Unexpected(Malformed::LengthLies);
  }
  return IpfixMessage{header, reader.rest(), datagram.size() - header.length};
}

base::Expected<std::optional<Template>, Malformed> next_ipfix_template(ByteReader& set) {
  if (set.remaining() < kTemplateHeaderSize || is_padding(set.rest())) {
    return std::optional<Template>();
  }
  const auto head = *set.take<kTemplateHeaderSize>();
  Template taken{.id = load_be<std::uint16_t, 0>(head)};
  const auto field_count = load_be<std::uint16_t, 2>(head);
  if (field_count == 0) return withdrawal(std::move(taken));
  return with_fields(std::move(taken), set, field_count);
}

base::Expected<std::optional<Template>, Malformed> next_ipfix_options_template(ByteReader& set) {
  if (set.remaining() < kTemplateHeaderSize || is_padding(set.rest())) {
    return std::optional<Template>();
  }
  const auto head = *set.take<kTemplateHeaderSize>();
  Template taken{.id = load_be<std::uint16_t, 0>(head), .is_options = true};
  const auto field_count = load_be<std::uint16_t, 2>(head);
  if (field_count == 0) return withdrawal(std::move(taken));  // has no scope count

  const auto scope = set.take<2>();
  if (!scope) return base::Unexpected(Malformed::TemplateTruncated);
  taken.scope_count = load_be<std::uint16_t, 0>(*scope);
  if (taken.scope_count == 0 || taken.scope_count > field_count) {
    return base::Unexpected(Malformed::ScopeInvalid);
  }
  return with_fields(std::move(taken), set, field_count);
}

void emit_ipfix_template(ByteWriter& set, const Template& written) {
  set.put(written.id);
  set.put(static_cast<std::uint16_t>(written.fields.size()));
  if (written.is_withdrawal()) return;
  if (written.is_options) set.put(written.scope_count);
  for (const FieldSpecifier& field : written.fields) {
    const std::uint16_t bit = field.enterprise != 0 ? kEnterpriseBit : std::uint16_t{0};
    set.put(static_cast<std::uint16_t>(field.id | bit));
    set.put(field.length);
    if (field.enterprise != 0) set.put(field.enterprise);
  }
}

void IpfixWriter::finish() {
  const std::size_t length = out_.size() - begin_;
  CHECK(length <= std::numeric_limits<std::uint16_t>::max());
  out_.patch_u16(begin_ + 2, static_cast<std::uint16_t>(length));
}

}  // namespace wire
