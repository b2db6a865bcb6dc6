#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/malformed.h"
#include "wire/export/set.h"
#include "wire/export/template.h"

// IPFIX, RFC 7011 section 3: the structure of a message. Knows nothing of what templates mean.
//
// Scope of damage: a message whose length field announces more than came, or less than a header, is
// refused whole (RFC 7011 section 9.1). A set whose lengths make no sense ends the walk: the sets
// before it stay, the templates that the message brought go, for its octets are in doubt. What else
// is wrong (a reserved id, a scope of nothing) costs that set alone. One liberty: over UDP the
// datagram bounds the message too, so a set that begins inside the announced length and reaches
// beyond it is taken when the datagram holds it whole (exporters that count their length short).
namespace wire {

struct IpfixHeader {
  static constexpr std::size_t kSize = 16;
  static constexpr std::uint16_t kVersion = 10;
  std::uint16_t length = 0;  // of the message, this header included
  std::uint32_t export_time_s = 0;
  std::uint32_t sequence = 0;  // data records sent before this message, modulo 2^32
  std::uint32_t observation_domain = 0;

  static constexpr IpfixHeader from(FixedBytes<kSize> bytes) {
    return {.length = load_be<std::uint16_t, 2>(bytes),
            .export_time_s = load_be<std::uint32_t, 4>(bytes),
            .sequence = load_be<std::uint32_t, 8>(bytes),
            .observation_domain = load_be<std::uint32_t, 12>(bytes)};
  }
  void emit(ByteWriter& out) const;
  bool operator==(const IpfixHeader&) const = default;
};

constexpr std::uint16_t kIpfixTemplateSet = 2;
constexpr std::uint16_t kIpfixOptionsTemplateSet = 3;

struct IpfixMessage {
  IpfixHeader header;
  ByteView sets;                // to the end of the datagram
  std::size_t unannounced = 0;  // how many of the last octets lie beyond header.length

  // True while the walk has announced octets before it.
  bool has_more(const ByteReader& rest) const { return rest.remaining() > unannounced; }
};

// `datagram` is the whole UDP payload, its version already looked at.
base::Expected<IpfixMessage, Malformed> parse_ipfix(ByteView datagram);

// The next template of a template set, or of an options template set; empty: only padding is left.
base::Expected<std::optional<Template>, Malformed> next_ipfix_template(ByteReader& set);
base::Expected<std::optional<Template>, Malformed> next_ipfix_options_template(ByteReader& set);

// Writes one template record, of either kind, into a set of the right kind. Without fields: a
// withdrawal.
void emit_ipfix_template(ByteWriter& set, const Template& written);

// Writes a message's header when made and its length when finished; sets are put between.
class IpfixWriter {
 public:
  // `out` may hold earlier octets; header.length is not looked at.
  IpfixWriter(ByteWriter& out, const IpfixHeader& header) : out_(out), begin_(out.size()) {
    header.emit(out_);
  }
  void finish();

 private:
  ByteWriter& out_;
  std::size_t begin_;
};

}  // namespace wire
