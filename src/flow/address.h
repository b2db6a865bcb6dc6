#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

namespace flow {

// An IP address as 128 bits in host order. IPv4 is kept IPv4-mapped (hi 0, lo 0xffff:a.b.c.d), so
// an IPv4 exporter seen through an IPv6 socket is the same exporter.
struct Address {
  std::uint64_t hi = 0;
  std::uint64_t lo = 0;

  static constexpr Address v4(std::uint32_t host_order) {
    return {.hi = 0, .lo = std::uint64_t{0xffff} << 32 | host_order};
  }
  constexpr bool is_v4() const { return hi == 0 && lo >> 32 == 0xffff; }
  constexpr std::uint32_t as_v4() const { return static_cast<std::uint32_t>(lo); }
  // 0.0.0.0 or ::
  constexpr bool is_unspecified() const {
    return hi == 0 && (lo == 0 || lo == (std::uint64_t{0xffff} << 32));
  }

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.

  auto operator<=>(const Address&) const = default;
};

// IPv4 as dotted text, IPv6 as RFC 5952 writes it.
std::string to_text(const Address& address);
// The same into memory of at least kAddressTextOctets, without a terminator; answers the end.
constexpr std::size_t kAddressTextOctets = 39;
char* write_text(const Address& address, char* out);

// Takes both families' text, "::ffff:10.0.0.1" too; no port, no prefix length, no zone.
std::optional<Address> parse_address(std::string_view text);

// A network: `length` counts bits of the 128 (an IPv4 /24 has length 120).
// Invariant: bits beyond `length` are 0; 0 ≤ length ≤ 128.
struct Network {
  Address address;
  std::uint8_t length = 0;

  constexpr bool contains(const Address& other) const {
    return (other.hi & mask_hi()) == address.hi && (other.lo & mask_lo()) == address.lo;
  }
  constexpr Address last() const { return {address.hi | ~mask_hi(), address.lo | ~mask_lo()}; }

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.

  auto operator<=>(const Network&) const = default;

 private:
  constexpr std::uint64_t mask_hi() const {
    return length == 0 ? 0 : length >= 64 ? ~std::uint64_t{0} : ~std::uint64_t{0} << (64 - length);
  }
  constexpr std::uint64_t mask_lo() const {
    return length <= 64 ? 0 : ~std::uint64_t{0} << (128 - length);
  }
};

// The network of `length` bits (of 128) around `address`; bits beyond are cleared.
Network network_of(const Address& address, std::uint8_t length);

// "10.0.0.0/8", "10/8", "192.168.1.0/255.255.255.0", "2001:db8::/32", or an address alone (all its
// bits). Host bits beyond the length are cleared.
std::optional<Network> parse_network(std::string_view text);

// "192.168.1.0/24", "2001:db8::/32".
std::string to_text(const Network& network);

}  // namespace flow

template <>
struct std::hash<flow::Address> {
  std::size_t operator()(const flow::Address& address) const noexcept {
    // One multiply-mix round: keys come from strangers, but every table of them has a cap.
    std::uint64_t mixed = (address.hi ^ 0x9e3779b97f4a7c15) * 0xbf58476d1ce4e5b9;
    mixed = (mixed ^ mixed >> 29 ^ address.lo) * 0x94d049bb133111eb;
    return mixed ^ mixed >> 32;
  }
};
