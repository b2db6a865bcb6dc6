#include "wire/export/netflow9.h"

namespace wire {
namespace {

constexpr std::size_t kTemplateHeaderSize = 4;
constexpr std::size_t kOptionsTemplateHeaderSize = 6;
constexpr std::size_t kFieldSize = 4;

base::Expected<std::optional<Template>, Malformed> with_fields(Template taken, ByteReader& set,
                                                               std::size_t field_count) {
  if (taken.id < Set::kFirstDataId) return base::Unexpected(Malformed::TemplateIdReserved);
  const auto octets = set.take(field_count * kFieldSize);
  if (!octets) return base::Unexpected(Malformed::TemplateTruncated);

  ByteReader fields(*octets);
  taken.fields.reserve(field_count);
  while (const auto field = fields.take<kFieldSize>()) {
    taken.fields.push_back(
        {.id = load_be<std::uint16_t, 0>(*field), .length = load_be<std::uint16_t, 2>(*field)});
  }
  if (smallest_record_octets(taken.fields) == 0) {
    return base::Unexpected(Malformed::TemplateZeroSize);
  }
  return std::optional(std::move(taken));
}

}  // namespace

void Netflow9Header::emit(ByteWriter& out) const {
  out.put(kVersion);
  out.put(count);
  out.put(sys_uptime_ms);
  out.put(unix_secs);
  out.put(sequence);
  out.put(source_id);
}

base::Expected<Netflow9Message, Malformed> parse_netflow9(ByteView datagram) {
  ByteReader reader(datagram);
  const auto bytes = reader.take<Netflow9Header::kSize>();
  if (!bytes) return base::Unexpected(Malformed::HeaderTruncated);
  return Netflow9Message{Netflow9Header::from(*bytes), reader.rest()};
}

base::Expected<std::optional<Template>, Malformed> next_netflow9_template(ByteReader& set) {
  if (set.remaining() < kTemplateHeaderSize || is_padding(set.rest())) {
    return std::optional<Template>();
  }
  const auto head = *set.take<kTemplateHeaderSize>();
  return with_fields({.id = load_be<std::uint16_t, 0>(head)}, set, load_be<std::uint16_t, 2>(head));
}

base::Expected<std::optional<Template>, Malformed> next_netflow9_options_template(ByteReader& set) {
  if (set.remaining() < kOptionsTemplateHeaderSize || is_padding(set.rest())) {
    return std::optional<Template>();
  }
  const auto head = *set.take<kOptionsTemplateHeaderSize>();
  // Both lengths are in octets. An exporter without scope (length 0) is taken at its word.
  const std::size_t scope_octets = load_be<std::uint16_t, 2>(head);
  const std::size_t option_octets = load_be<std::uint16_t, 4>(head);
  if (scope_octets % kFieldSize != 0 || option_octets % kFieldSize != 0) {
    return base::Unexpected(Malformed::ScopeInvalid);
  }
  return with_fields({.id = load_be<std::uint16_t, 0>(head),
                      .is_options = true,
                      .scope_count = static_cast<std::uint16_t>(scope_octets / kFieldSize)},
                     set, (scope_octets + option_octets) / kFieldSize);
}

void emit_netflow9_template(ByteWriter& set, const Template& written) {
  set.put(written.id);
  if (written.is_options) {
    const std::size_t options = written.fields.size() - written.scope_count;
    set.put(static_cast<std::uint16_t>(written.scope_count * kFieldSize));
    set.put(static_cast<std::uint16_t>(options * kFieldSize));
  } else {
    set.put(static_cast<std::uint16_t>(written.fields.size()));
  }
  for (const FieldSpecifier& field : written.fields) {
    set.put(field.id);
    set.put(field.length);
  }
}

}  // namespace wire
