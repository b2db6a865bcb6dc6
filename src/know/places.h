#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/result.h"
#include "flow/address.h"
#include "flow/name_pool.h"
#include "know/range_map.h"

namespace know {

// Where an address is: what MMDB files say, flattened when they are loaded, for a look-up in such a
// file takes as long as decoding a flow. Immutable; published as a snapshot and fetched once per
// burst.
class Places {
 public:
  // Of both files together; beyond it a file is refused.
  static constexpr std::size_t kRangesMax = 4'000'000;

  Places() = default;
  // Files of countries and of ASes; an empty path: none. `problems` gets, in words, each file that
  // cannot be used.
  Places(const std::filesystem::path& countries, const std::filesystem::path& ases,
         std::string& problems);

  // An id of flow::NamePool, a country's two letters; NamePool::kOther: not known.
  std::uint32_t country(const flow::Address& address) const { return countries_.at(address); }
  // 0: not known.
  std::uint32_t as(const flow::Address& address) const { return ases_.at(address); }
  // Empty: not known.
  std::string_view as_name(std::uint32_t as) const {
    const auto found = as_names_.find(as);
    return found == as_names_.end() ? std::string_view() : found->second;
  }
  bool empty() const { return countries_.ranges() + ases_.ranges() == 0; }

 private:
  base::Expected<void, std::string> load_countries(const std::filesystem::path& path);
  base::Expected<void, std::string> load_ases(const std::filesystem::path& path);

  // Ids of known names fit 16 bits.
  RangeMap<std::uint16_t> countries_;
  RangeMap<std::uint32_t> ases_;
  std::unordered_map<std::uint32_t, std::string> as_names_;
};

// "Berlin" by a file of cities, whose names are English; empty: not known, or in `problem` why not.
std::string city_of(const std::filesystem::path& path, const flow::Address& address,
                    std::string& problem);

}  // namespace know
