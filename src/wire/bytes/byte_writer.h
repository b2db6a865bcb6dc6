#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "wire/bytes/byte_reader.h"

namespace wire {

// Overwrites all of `place` with the low octets of `value`, big-endian.
constexpr void store_be(std::span<std::byte> place, std::uint64_t value) {
  for (std::size_t i = place.size(); i-- > 0; value >>= 8) {
    place[i] = static_cast<std::byte>(value & 0xff);
  }
}

// Appends big-endian integers and octets to a buffer of the caller's, and patches earlier ones
// (lengths and counts, known only when what they count is written).
class ByteWriter {
 public:
  explicit ByteWriter(std::vector<std::byte>& out) : out_(out) {}

  template <std::unsigned_integral T>
  void put(T value) {
    put_be(value, sizeof(T));
  }
  // The low `octets` octets of `value`: 1 to 8.
  void put_be(std::uint64_t value, std::size_t octets) {
    for (std::size_t i = octets; i-- > 0;) out_.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  void put(ByteView bytes) { out_.insert(out_.end(), bytes.begin(), bytes.end()); }
  void put_zeros(std::size_t count) { out_.insert(out_.end(), count, std::byte{0}); }

  // Overwrites a 16-bit field written earlier at `offset` of the buffer.
  void patch_u16(std::size_t offset, std::uint16_t value) {
    out_[offset] = static_cast<std::byte>(value >> 8);
    out_[offset + 1] = static_cast<std::byte>(value & 0xff);
  }
  std::size_t size() const { return out_.size(); }

 private:
  std::vector<std::byte>& out_;
};

}  // namespace wire
