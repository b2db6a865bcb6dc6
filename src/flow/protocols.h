#pragma once

#include <cstdint>

// IANA's numbers of the protocols above IP whose flows are looked at more closely.
namespace flow {

constexpr std::uint8_t kProtocolIcmp = 1;
constexpr std::uint8_t kProtocolTcp = 6;
constexpr std::uint8_t kProtocolIcmp6 = 58;

}  // namespace flow
