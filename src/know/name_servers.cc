#include "know/name_servers.h"

#include <algorithm>
#include <bit>
#include <charconv>
#include <optional>

#include "know/text_table.h"

namespace know {
namespace {

constexpr std::size_t kSystemMax = 3;  // as the C library takes them
constexpr std::size_t kGatewaysMax = 2;

template <class Take>
void each_row(std::string_view text, Take take) {
  for_each_line(text, [&](std::uint32_t, std::string_view line) { take(words_of(line)); });
}

std::optional<std::uint64_t> hexadecimal(std::string_view text) {
  std::uint64_t value = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value, 16);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return value;
}

int common_bits(const flow::Address& left, const flow::Address& right) {
  const std::uint64_t high = left.hi ^ right.hi;
  return high != 0 ? std::countl_zero(high) : 64 + std::countl_zero(left.lo ^ right.lo);
}

void add_once(std::vector<state::Endpoint>& servers, const state::Endpoint& server) {
  if (std::ranges::find(servers, server) == servers.end()) servers.push_back(server);
}

}  // namespace

std::vector<state::Endpoint> parse_resolv_conf(std::string_view text) {
  std::vector<state::Endpoint> servers;
  each_row(text, [&](const std::vector<std::string_view>& columns) {
    if (columns.size() < 2 || columns[0] != "nameserver" || servers.size() >= kSystemMax) return;
    if (const auto address = flow::parse_address(columns[1])) {
      add_once(servers, {*address, kDnsPort});
    }
  });
  if (servers.empty()) servers.push_back({flow::Address::v4(0x7f000001), kDnsPort});
  return servers;
}

// "eth0 00000000 0101A8C0 0003 …": addresses with the first octet last.
std::vector<flow::Address> parse_ipv4_gateways(std::string_view text) {
  std::vector<flow::Address> gateways;
  each_row(text, [&](const std::vector<std::string_view>& columns) {
    if (columns.size() < 8 || columns[1] != "00000000" || columns[7] != "00000000") return;
    const auto gateway = hexadecimal(columns[2]);
    if (!gateway || *gateway == 0 || gateways.size() >= kGatewaysMax) return;
    const auto host_order = __builtin_bswap32(static_cast<std::uint32_t>(*gateway));
    gateways.push_back(flow::Address::v4(host_order));
  });
  return gateways;
}

// "000… 00 000… 00 <next hop> …": 32 digits an address. A link-local gateway needs an interface
// beside it and is passed over: it has another address for IPv4.
std::vector<flow::Address> parse_ipv6_gateways(std::string_view text) {
  std::vector<flow::Address> gateways;
  each_row(text, [&](const std::vector<std::string_view>& columns) {
    if (columns.size() < 5 || columns[1] != "00" || columns[4].size() != 32) return;
    const auto high = hexadecimal(columns[4].substr(0, 16));
    const auto low = hexadecimal(columns[4].substr(16));
    if (!high || !low || (*high == 0 && *low == 0) || *high >> 54 == 0xfe80 >> 6) return;
    if (gateways.size() < kGatewaysMax) gateways.push_back({*high, *low});
  });
  return gateways;
}

std::vector<state::Endpoint> NameServers::for_address(const flow::Address& address,
                                                      const LocalNetworks& networks) const {
  std::vector<state::Endpoint> servers;
  const std::vector<state::Endpoint>* set = nullptr;
  int length = -1;
  for (const auto& [network, given] : of_networks) {
    if (!network.contains(address) || network.length <= length) continue;
    set = &given;
    length = network.length;
  }
  if (set != nullptr) {
    for (const state::Endpoint& server : *set) add_once(servers, server);
  }
  if (networks.is_local(address)) {
    std::vector<flow::Address> near;
    std::ranges::copy_if(exporters, std::back_inserter(near),
                         [&](const flow::Address& one) { return networks.is_local(one); });
    std::ranges::stable_sort(near, std::ranges::greater{},
                             [&](const flow::Address& one) { return common_bits(one, address); });
    near.resize(std::min(near.size(), kExportersAsked));
    for (const flow::Address& exporter : near) add_once(servers, {exporter, kDnsPort});
    for (const flow::Address& gateway : gateways) add_once(servers, {gateway, kDnsPort});
  }
  for (const state::Endpoint& server : system) add_once(servers, server);
  return servers;
}

}  // namespace know
