#include "store/embedded/day_folder.h"

#include <fmt/chrono.h>
#include <fmt/format.h>

#include <algorithm>
#include <ctime>

namespace store {

std::string part_name(std::string_view kind, base::UnixMs received, std::uint64_t number) {
  const std::time_t seconds = base::floor_to(received, base::kMsPerSecond) / base::kMsPerSecond;
  std::tm day{};
  gmtime_r(&seconds, &day);
  return fmt::format("{}{}/{:%Y/%m/%d}/{:010}.parquet", kind == "flows" ? "" : "rollups/", kind,
                     day, number);
}

std::string set_aside_name(std::string_view part_name) {
  std::string flat(part_name);
  std::ranges::replace(flat, '/', '_');
  return fmt::format("{}/{}", kSetAside, flat);
}

}  // namespace store
