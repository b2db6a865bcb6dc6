#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/malformed.h"
#include "wire/export/set.h"
#include "wire/export/template.h"

// NetFlow v9, RFC 3954. The header's count is not believed (exporters disagree on what it counts):
// the sets are walked to the end of the datagram.
//
// Scope of damage: a set whose length is wrong ends the walk, the sets before it stay. What is
// wrong within a set's bounds costs that set's records, or its templates from the bad one on; the
// walk goes on. Zeros after the last set are padding.
namespace wire {

struct Netflow9Header {
  static constexpr std::size_t kSize = 20;
  static constexpr std::uint16_t kVersion = 9;
  std::uint16_t count = 0;
  std::uint32_t sys_uptime_ms = 0;
  std::uint32_t unix_secs = 0;
  std::uint32_t sequence = 0;  // datagrams sent before this one
  std::uint32_t source_id = 0;

  static constexpr Netflow9Header from(FixedBytes<kSize> bytes) {
    return {.count = load_be<std::uint16_t, 2>(bytes),
            .sys_uptime_ms = load_be<std::uint32_t, 4>(bytes),
            .unix_secs = load_be<std::uint32_t, 8>(bytes),
            .sequence = load_be<std::uint32_t, 12>(bytes),
            .source_id = load_be<std::uint32_t, 16>(bytes)};
  }
  void emit(ByteWriter& out) const;
  bool operator==(const Netflow9Header&) const = default;
};

constexpr std::uint16_t kNetflow9TemplateSet = 0;
constexpr std::uint16_t kNetflow9OptionsTemplateSet = 1;

struct Netflow9Message {
  Netflow9Header header;
  ByteView sets;
};

// `datagram` is the whole UDP payload, its version already looked at.
base::Expected<Netflow9Message, Malformed> parse_netflow9(ByteView datagram);

// The next template of a template set, or of an options template set; empty: only padding is left.
base::Expected<std::optional<Template>, Malformed> next_netflow9_template(ByteReader& set);
base::Expected<std::optional<Template>, Malformed> next_netflow9_options_template(ByteReader& set);

// Writes one template record, of either kind, into a set of the right kind.
void emit_netflow9_template(ByteWriter& set, const Template& written);

}  // namespace wire
