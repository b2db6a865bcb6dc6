#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "flow/address.h"

// The forms of value that weir.toml and the flags of `weir serve` share.
namespace state {

// Where to listen. An address of "::" means every address of both families, "0.0.0.0" those of
// IPv4.
struct Endpoint {
  flow::Address address;
  std::uint16_t port = 0;

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.

  auto operator<=>(const Endpoint&) const = default;
};

// ":2055", "*:2055", "2055", "0.0.0.0:2055", "localhost:2055", "[::1]:2055".
std::optional<Endpoint> parse_endpoint(std::string_view text);

// ":2055" for every address, else "127.0.0.1:2055" or "[::1]:2055".
std::string to_text(const Endpoint& endpoint);

// "10GB" (10^9 each), "512MiB" (2^20 each), "64k", or a number of octets alone.
std::optional<std::uint64_t> parse_octets(std::string_view text);

// Digits alone.
std::optional<std::uint64_t> parse_whole_number(std::string_view text);

// "100M", "2.5G", "64k" (powers of ten), or a number of bits a second alone; more than 0.
std::optional<std::uint64_t> parse_bits_per_s(std::string_view text);

// The candidate that differs from `text` in the fewest letters, for "did you mean"; empty when
// none is near.
template <class Candidates>
std::string_view nearest(std::string_view text, const Candidates& candidates);

// Letters to insert, remove or replace to make one text of the other.
std::size_t edit_distance(std::string_view from, std::string_view to);

template <class Candidates>
std::string_view nearest(std::string_view text, const Candidates& candidates) {
  std::string_view best;
  std::size_t best_distance = text.size() / 2 + 1;
  for (const std::string_view candidate : candidates) {
    const std::size_t distance = edit_distance(text, candidate);
    if (distance < best_distance) {
      best_distance = distance;
      best = candidate;
    }
  }
  return best;
}

}  // namespace state
