#include "flow/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>

namespace flow {
namespace {

std::array<std::uint8_t, 16> octets_of(const Address& address) {
  std::array<std::uint8_t, 16> octets{};
  for (std::size_t i = 0; i < 8; ++i) {
    octets[i] = static_cast<std::uint8_t>(address.hi >> (56 - 8 * i));
    octets[8 + i] = static_cast<std::uint8_t>(address.lo >> (56 - 8 * i));
  }
  return octets;
}

// "10/8" is 10.0.0.0/8: missing octets of a network are zeros.
std::string pad_v4(std::string_view text) {
  std::string padded(text);
  for (auto dots = std::count(text.begin(), text.end(), '.'); dots < 3; ++dots) padded += ".0";
  return padded;
}

// The prefix length of a dotted mask; nothing when its ones are not contiguous.
std::optional<std::uint8_t> length_of_mask(const Address& mask) {
  const std::uint32_t bits = mask.as_v4();
  if (bits != 0 && std::countr_zero(bits) + std::countl_one(bits) != 32) return std::nullopt;
  return static_cast<std::uint8_t>(std::countl_one(bits));
}

std::optional<std::uint8_t> parse_length(std::string_view text, bool v4) {
  if (v4 && text.find('.') != std::string_view::npos) {
    const auto mask = parse_address(text);
    if (!mask || !mask->is_v4()) return std::nullopt;
    return length_of_mask(*mask);
  }
  unsigned length = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), length);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  if (length > (v4 ? 32u : 128u)) return std::nullopt;
  return static_cast<std::uint8_t>(length);
}

}  // namespace

std::string to_text(const Address& address) {
  std::array<char, INET6_ADDRSTRLEN> text{};
  if (address.is_v4()) {
    const std::uint32_t v4 = address.as_v4();
    return fmt::format("{}.{}.{}.{}", v4 >> 24, v4 >> 16 & 255, v4 >> 8 & 255, v4 & 255);
  }
  // RFC 5952: no dotted tail but for IPv4-mapped, which was handled above.
  const auto octets = octets_of(address);
  if (address.hi == 0 && address.lo >> 32 == 0 && address.lo > 0xffff) {
    return fmt::format("::{:x}:{:x}", address.lo >> 16, address.lo & 0xffff);
  }
  inet_ntop(AF_INET6, octets.data(), text.data(), text.size());
  return text.data();
}

std::optional<Address> parse_address(std::string_view text) {
  std::array<char, INET6_ADDRSTRLEN + 1> terminated{};
  if (text.empty() || text.size() >= terminated.size()) return std::nullopt;
  std::copy(text.begin(), text.end(), terminated.begin());
  in_addr v4{};
  if (inet_pton(AF_INET, terminated.data(), &v4) == 1) return Address::v4(ntohl(v4.s_addr));
  std::array<std::uint8_t, 16> octets{};
  if (inet_pton(AF_INET6, terminated.data(), octets.data()) != 1) return std::nullopt;
  Address address;
  for (std::size_t i = 0; i < 8; ++i) {
    address.hi = address.hi << 8 | octets[i];
    address.lo = address.lo << 8 | octets[8 + i];
  }
  return address;
}

Network network_of(const Address& address, std::uint8_t length) {
  Network network{{0, 0}, length};
  const auto ones = Network{{0, 0}, length}.last();
  network.address = {address.hi & ~ones.hi, address.lo & ~ones.lo};
  return network;
}

std::optional<Network> parse_network(std::string_view text) {
  const auto slash = text.find('/');
  const auto head = text.substr(0, slash);
  const bool v4 = head.find(':') == std::string_view::npos;
  const auto address =
      parse_address(v4 && slash != std::string_view::npos ? pad_v4(head) : std::string(head));
  if (!address) return std::nullopt;
  if (slash == std::string_view::npos) return Network{*address, 128};
  const auto length = parse_length(text.substr(slash + 1), v4);
  if (!length) return std::nullopt;
  return network_of(*address, static_cast<std::uint8_t>(v4 ? *length + 96 : *length));
}

std::string to_text(const Network& network) {
  const bool v4 = network.length >= 96 && network.address.is_v4();
  return fmt::format("{}/{}", to_text(network.address), v4 ? network.length - 96 : network.length);
}

}  // namespace flow
