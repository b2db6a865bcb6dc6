#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "flow/address.h"

// Files that say which address has which name: what programs keep of their DHCP leases, and the
// machine's hosts file. Pure: text in, names out.
namespace know {

struct WrongLine {
  std::size_t line = 0;  // from 1
  std::string what;

  bool operator==(const WrongLine&) const = default;
};

struct FileNames {
  static constexpr std::size_t kWrongMax = 20;  // described; all are counted

  std::vector<std::pair<flow::Address, std::string>> names;  // as host_name() wants them
  std::vector<WrongLine> wrong;
  std::size_t wrong_lines = 0;
};

// Leases of dnsmasq, ISC dhcpd (dhcpd.leases), Kea (the CSV files of its memfile back end) or
// odhcpd (its hosts file), known by what is in them. Of an address that comes again the last
// counts, as all of these append. A last line without its end, or a last block, is still being
// written and passed over. What cannot be understood is named and the rest is taken.
FileNames parse_leases(std::string_view text);

// hosts(5). Of an address that comes again the first counts, of its names the first, as for the
// resolver. Loopback, unspecified and multicast addresses are nobody's.
FileNames parse_hosts(std::string_view text);

}  // namespace know
