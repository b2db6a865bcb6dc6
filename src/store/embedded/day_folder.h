#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/clock.h"

namespace store {

constexpr const char* kSetAside = "set_aside";

// "flows/2026/11/23/0000000042.parquet", "rollups/hosts/…": the day of receipt in UTC.
std::string part_name(std::string_view kind, base::UnixMs received, std::uint64_t number);

// "set_aside/flows_2026_11_23_0000000042.parquet"
std::string set_aside_name(std::string_view part_name);

}  // namespace store
