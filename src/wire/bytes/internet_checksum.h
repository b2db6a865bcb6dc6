#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

#include "wire/bytes/byte_reader.h"

namespace wire {

// The one's complement sum of 16-bit words that IP, UDP and TCP headers carry (RFC 1071). Parts may
// be added in any order, each beginning at an even offset; an odd octet counts as if followed by 0.
class InternetChecksum {
 public:
  void add(ByteView bytes) {
    std::uint64_t sum = 0;
    // Eight octets a time in the machine's order: the sum's two halves are exchanged at the end
    // where that order is little-endian (RFC 1071 section 2, B).
    while (bytes.size() >= 8) {
      std::uint64_t words = 0;
      std::memcpy(&words, bytes.data(), sizeof(words));
      sum += (words & 0xffff'ffff) + (words >> 32);
      bytes = bytes.subspan(8);
    }
    sum = fold(sum);
    if constexpr (std::endian::native == std::endian::little) {
      sum = (sum >> 8 | sum << 8) & 0xffff;
    }
    for (std::size_t i = 0; i < bytes.size(); ++i) {
      sum += std::to_integer<std::uint64_t>(bytes[i]) << (i % 2 == 0 ? 8 : 0);
    }
    sum_ = fold(sum_ + sum);
  }
  void add(std::uint16_t word) { sum_ = fold(sum_ + word); }

  // What goes into the header; over octets that hold a right checksum it is 0.
  std::uint16_t value() const { return static_cast<std::uint16_t>(~sum_); }

 private:
  static constexpr std::uint64_t fold(std::uint64_t sum) {
    while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
    return sum;
  }
  std::uint64_t sum_ = 0;  // folded: at most 16 bits
};

}  // namespace wire
