#include "flow/address.h"

#include <arpa/inet.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <bit>
#include <charconv>
#include <cstring>

namespace flow {
namespace {

// Each octet's decimal digits and, last, how many they are.
constexpr auto kOctetText = [] {
  std::array<std::array<char, 4>, 256> texts{};
  for (unsigned octet = 0; octet < texts.size(); ++octet) {
    std::size_t length = 0;
    if (octet >= 100) texts[octet][length++] = static_cast<char>('0' + octet / 100);
    if (octet >= 10) texts[octet][length++] = static_cast<char>('0' + octet / 10 % 10);
    texts[octet][length++] = static_cast<char>('0' + octet % 10);
    texts[octet][3] = static_cast<char>(length);
  }
  return texts;
}();

// Writes three characters, of which the first ones count: room for three must be there.
char* write_octet(char* out, unsigned octet) {
  const auto& text = kOctetText[octet];
  std::memcpy(out, text.data(), 3);
  return out + text[3];
}

char* write_v4(char* out, std::uint32_t v4) {
  for (unsigned shift = 24; shift > 0; shift -= 8) {
    out = write_octet(out, v4 >> shift & 255);
    *out++ = '.';
  }
  return write_octet(out, v4 & 255);
}

char* write_group(char* out, unsigned group) {
  constexpr std::string_view kHex = "0123456789abcdef";
  unsigned shift = 12;
  while (shift > 0 && group >> shift == 0) shift -= 4;
  for (;; shift -= 4) {
    *out++ = kHex[group >> shift & 15];
    if (shift == 0) return out;
  }
}

struct Run {
  std::size_t from = 0;
  std::size_t length = 0;
};

// The longest run of zero groups, the first of equals; a single zero is no run (RFC 5952, 4.2).
Run longest_zeros(const std::array<unsigned, 8>& groups) {
  Run longest;
  Run run;
  for (std::size_t i = 0; i < groups.size(); ++i) {
    run = groups[i] == 0 ? Run{run.length == 0 ? i : run.from, run.length + 1} : Run{};
    if (run.length > longest.length) longest = run;
  }
  return longest.length < 2 ? Run{} : longest;
}

char* write_v6(char* out, const Address& address) {
  std::array<unsigned, 8> groups{};
  for (unsigned i = 0; i < 4; ++i) {
    groups[i] = static_cast<unsigned>(address.hi >> (48 - 16 * i) & 0xffff);
    groups[4 + i] = static_cast<unsigned>(address.lo >> (48 - 16 * i) & 0xffff);
  }
  const Run zeros = longest_zeros(groups);
  for (std::size_t i = 0; i < groups.size(); ++i) {
    if (zeros.length > 0 && i == zeros.from) {
      *out++ = ':';
      if (i == 0) *out++ = ':';
      i += zeros.length - 1;
      continue;
    }
    out = write_group(out, groups[i]);
    if (i + 1 < groups.size()) *out++ = ':';
  }
  return out;
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

char* write_text(const Address& address, char* out) {
  return address.is_v4() ? write_v4(out, address.as_v4()) : write_v6(out, address);
}

std::string to_text(const Address& address) {
  std::array<char, kAddressTextOctets> text{};
  return {text.data(), write_text(address, text.data())};
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
