#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace flow {

// A MAC address is the low 48 bits of a number (ColumnType::Mac); as text "00:0c:29:4f:8e:35".
std::string mac_text(std::uint64_t mac);

// Six octets of two hexadecimal digits each, with `:` or `-` between.
std::optional<std::uint64_t> parse_mac(std::string_view text);

}  // namespace flow
