#pragma once

#include <map>
#include <string_view>
#include <vector>

#include "flow/address.h"
#include "know/networks.h"
#include "state/setting_values.h"

// Who is asked for the name of an address. Pure.
namespace know {

inline constexpr std::uint16_t kDnsPort = 53;

// The servers that resolv.conf(5) names, in its order; none named: this machine's.
std::vector<state::Endpoint> parse_resolv_conf(std::string_view text);
// The default gateways of /proc/net/route and /proc/net/ipv6_route.
std::vector<flow::Address> parse_ipv4_gateways(std::string_view text);
std::vector<flow::Address> parse_ipv6_gateways(std::string_view text);

struct NameServers {
  std::map<flow::Network, std::vector<state::Endpoint>> of_networks;  // as a person set them
  std::vector<flow::Address> exporters;                               // that have sent flows
  std::vector<flow::Address> gateways;
  std::vector<state::Endpoint> system;

  static constexpr std::size_t kExportersAsked = 2;

  // Whom to ask, the first first, each once. Those of the longest network that holds the address.
  // Of a local address then the exporters whose own addresses are nearest to it and the gateways: a
  // router that lends addresses knows its zone, and is asked only where it is local itself, so that
  // no stranger becomes our name server by sending flows. At last the system's.
  std::vector<state::Endpoint> for_address(const flow::Address& address,
                                           const LocalNetworks& networks) const;
};

}  // namespace know
