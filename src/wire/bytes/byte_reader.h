#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <utility>

namespace wire {

using ByteView = std::span<const std::byte>;
template <std::size_t N>
using FixedBytes = std::span<const std::byte, N>;

// Loads a big-endian integer of 1 to 8 octets (IPFIX reduced-size encoding, RFC 7011 section 6.2).
// The caller has refused other lengths when the template arrived; one that knows the length when
// it is compiled says so.
template <std::size_t N = std::dynamic_extent>
constexpr std::uint64_t load_be_any(std::span<const std::byte, N> bytes) {
  std::uint64_t value = 0;
  if constexpr (N == std::dynamic_extent) {
    for (const std::byte octet : bytes) value = value << 8 | std::to_integer<std::uint64_t>(octet);
  } else {
    static_assert(1 <= N && N <= 8);
    // Not a loop: of this the compiler makes one load and one byte swap.
    [&]<std::size_t... I>(std::index_sequence<I...>) {
      ((value |= std::to_integer<std::uint64_t>(bytes[I]) << (8 * (N - 1 - I))), ...);
    }
    (std::make_index_sequence<N>());
  }
  return value;
}

// Loads a big-endian integer from a place the compiler knows to be inside `bytes`.
template <std::unsigned_integral T, std::size_t Offset, std::size_t N>
constexpr T load_be(FixedBytes<N> bytes) {
  static_assert(N != std::dynamic_extent && Offset + sizeof(T) <= N,
                "field lies outside the fixed-size header");
  return static_cast<T>(load_be_any(bytes.template subspan<Offset, sizeof(T)>()));
}

// The same for formats in little-endian order (capture files).
template <std::unsigned_integral T, std::size_t Offset, std::size_t N>
constexpr T load_le(FixedBytes<N> bytes) {
  static_assert(N != std::dynamic_extent && Offset + sizeof(T) <= N,
                "field lies outside the fixed-size header");
  std::uint64_t value = 0;
  for (std::size_t i = sizeof(T); i-- > 0;) {
    value = value << 8 | std::to_integer<std::uint64_t>(bytes[Offset + i]);
  }
  return static_cast<T>(value);
}

// A cursor over bytes somebody else sent us. It never reads past the end, never throws and
// never allocates; a failed take leaves it where it was. The one way it can fail is "not
// enough bytes", so it answers with an optional: only the decoder knows what that means.
class ByteReader {
 public:
  constexpr explicit ByteReader(ByteView bytes) : rest_(bytes) {}
  constexpr std::size_t remaining() const { return rest_.size(); }
  constexpr ByteView rest() const { return rest_; }

  template <std::size_t N>
  constexpr std::optional<FixedBytes<N>> take() {
    if (rest_.size() < N) return std::nullopt;
    const auto taken = rest_.first<N>();
    rest_ = rest_.subspan(N);
    return taken;
  }

  // The same, for a length read from the wire.
  constexpr std::optional<ByteView> take(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    const auto taken = rest_.first(count);
    rest_ = rest_.subspan(count);
    return taken;
  }

 private:
  ByteView rest_;
};

}  // namespace wire
