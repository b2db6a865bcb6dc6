#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "know/services_file.h"

namespace know {

// Which ports a name stands for. A name of ours stands for one port, the usual one, though traffic
// of further ports may bear it; the tables are services_table.cc and further_names.cc. A name or
// alias of the user's file stands for all ports it has there, and for none of ours.
class ServiceNames {
 public:
  explicit ServiceNames(const ServicesFile& own = {});

  // In exactly these letters; empty: nothing has this name.
  std::span<const std::uint16_t> ports_of(std::string_view name) const {
    const auto found = ports_.find(name);
    if (found == ports_.end()) return {};
    return found->second;
  }
  // The name that a mistyped one was meant to be; empty: none is near.
  std::string_view nearest(std::string_view name) const;

  using Ports = std::map<std::string, std::vector<std::uint16_t>, std::less<>>;
  const Ports& all() const { return ports_; }

 private:
  Ports ports_;
};

// A further name of a port, or the usual one of the ports that bear a name.
struct FurtherName {
  std::string_view name;
  std::uint16_t port;
};
std::span<const FurtherName> further_names();

}  // namespace know
