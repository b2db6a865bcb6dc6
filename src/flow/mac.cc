#include "flow/mac.h"

#include <fmt/format.h>

#include <charconv>

namespace flow {

std::string mac_text(std::uint64_t mac) {
  return fmt::format("{:02x}:{:02x}:{:02x}:{:02x}:{:02x}:{:02x}", mac >> 40 & 255, mac >> 32 & 255,
                     mac >> 24 & 255, mac >> 16 & 255, mac >> 8 & 255, mac & 255);
}

std::optional<std::uint64_t> parse_mac(std::string_view text) {
  constexpr std::size_t kTextLength = 17;
  if (text.size() != kTextLength) return std::nullopt;
  std::uint64_t mac = 0;
  for (std::size_t i = 0; i < kTextLength; i += 3) {
    if (i > 0 && text[i - 1] != ':' && text[i - 1] != '-') return std::nullopt;
    unsigned octet = 0;
    const char* end = text.data() + i + 2;
    const auto [parsed, error] = std::from_chars(text.data() + i, end, octet, 16);
    if (error != std::errc{} || parsed != end) return std::nullopt;
    mac = mac << 8 | octet;
  }
  return mac;
}

}  // namespace flow
