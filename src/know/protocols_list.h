#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "know/service_names.h"

namespace know {

struct PortRange {
  std::uint16_t first = 0;
  std::uint16_t last = 0;
  Transport transport = Transport::Both;

  bool operator==(const PortRange&) const = default;
};

// An entry of a protocols.list. One without ports keeps its place.
struct ProtocolEntry {
  std::uint32_t line = 0;
  std::string name;
  std::vector<std::string> items;  // as written, without those that resolve to nothing
  std::vector<PortRange> ports;    // that are this entry's, in ascending order
};

// In the order of the file. A port belongs to the first entry that names it.
struct ProtocolsList {
  std::vector<ProtocolEntry> entries;
  Warnings warnings;
};

constexpr std::size_t kProtocolEntriesMax = 1'024;
constexpr std::size_t kProtocolItemsMax = 8'192;  // of all entries: each may be all ports

// ntop's grammar (docs/services.md): `name=item|item…`, entries separated by commas or lines.
// Whatever cannot be taken as it stands is warned of, and the rest holds.
ProtocolsList parse_protocols(std::string_view text, const ServiceNames& names);

// What ntop takes for a list where nobody wrote one.
std::string_view default_protocols();

}  // namespace know
