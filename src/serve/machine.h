#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "flow/address.h"

// What Weir needs to know of the machine it runs on to tell a person about it.
namespace serve {

// The time zone by its IANA name ("Europe/Berlin"), from TZ, /etc/localtime or /etc/timezone;
// "UTC" when none of them tells. `root` is "/" but in tests.
std::string machine_zone(const std::filesystem::path& root = "/");

struct MachineAddress {
  flow::Address address;
  std::string interface;
  // It was lent for a time: by DHCP, in all likelihood. IPv4 alone.
  bool is_lent = false;
};

// Addresses under which others reach the machine: no loopback and none of a link alone. The one
// that the default route uses comes first. Empty when there are none or the kernel does not tell.
std::vector<MachineAddress> machine_addresses();

}  // namespace serve
