#include "wire/export/set.h"

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace wire {

bool is_padding(ByteView bytes) {
  return std::ranges::all_of(bytes, [](std::byte octet) { return octet == std::byte{0}; });
}

std::size_t padding_octets(ByteView bytes) {
  std::size_t kept = bytes.size();
  while (kept > 0 && bytes[kept - 1] == std::byte{0}) --kept;
  return bytes.size() - kept;
}

void SetWriter::finish(std::size_t alignment) {
  const std::size_t beyond = (out_.size() - begin_) % alignment;
  if (beyond != 0) out_.put_zeros(alignment - beyond);
  const std::size_t length = out_.size() - begin_;
  CHECK(length <= std::numeric_limits<std::uint16_t>::max());
  out_.patch_u16(begin_ + 2, static_cast<std::uint16_t>(length));
}

}  // namespace wire
