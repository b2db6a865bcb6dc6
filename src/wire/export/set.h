#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/malformed.h"

// What NetFlow v9 calls a FlowSet and IPFIX a Set: the same octets (RFC 3954 section 5, RFC 7011
// section 3.3).
namespace wire {

struct SetHeader {
  static constexpr std::size_t kSize = 4;
  std::uint16_t id;
  std::uint16_t length;  // includes this header

  static constexpr SetHeader from(FixedBytes<kSize> bytes) {
    return {.id = load_be<std::uint16_t, 0>(bytes), .length = load_be<std::uint16_t, 2>(bytes)};
  }
};

struct Set {
  // Ids from here on are those of templates; a set of one holds its data records.
  static constexpr std::uint16_t kFirstDataId = 256;
  std::uint16_t id;
  ByteView records;  // without the set's header, with its padding
};

// The next set of a message whose remaining octets are `message`; at least one octet must remain.
constexpr base::Expected<Set, Malformed> next_set(ByteReader& message) {
  const auto bytes = message.take<SetHeader::kSize>();
  if (!bytes) return base::Unexpected(Malformed::SetHeaderTruncated);

  const auto header = SetHeader::from(*bytes);
  if (header.length < SetHeader::kSize) {
    return base::Unexpected(Malformed::SetShorterThanItsHeader);
  }
  const auto records = message.take(header.length - SetHeader::kSize);
  if (!records) return base::Unexpected(Malformed::SetLongerThanMessage);

  return Set{header.id, *records};
}

// True when the octets are all zero: padding, at the end of a set or of a message.
bool is_padding(ByteView bytes);
// How many octets at the end are zero.
std::size_t padding_octets(ByteView bytes);

// Writes a set's header when made and its length when finished; records are put between. The
// set must stay below 64 KiB.
class SetWriter {
 public:
  SetWriter(ByteWriter& out, std::uint16_t id) : out_(out), begin_(out.size()) {
    out_.put(id);
    out_.put(std::uint16_t{0});
  }
  // Pads with zeros to a multiple of `alignment` octets: 1 (none), 4 or 8.
  void finish(std::size_t alignment = 4);

 private:
  ByteWriter& out_;
  std::size_t begin_;
};

}  // namespace wire
