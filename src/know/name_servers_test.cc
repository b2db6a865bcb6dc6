#include "know/name_servers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace know {
namespace {

using testing::ElementsAre;

flow::Address address_from(std::string_view text) {
  return flow::parse_address(text).value();
}

std::vector<std::string> texts(const std::vector<state::Endpoint>& servers) {
  std::vector<std::string> all;
  for (const auto& server : servers) all.push_back(state::to_text(server));
  return all;
}

TEST(ResolvConf, NamesTheSystemsServersInOrder) {
  EXPECT_THAT(texts(parse_resolv_conf("# x\nsearch lan\nnameserver 192.0.2.53\nnameserver ::1\n"
                                      "nameserver nonsense\nnameserver 192.0.2.53\n"
                                      "nameserver 192.0.2.54\nnameserver 192.0.2.55")),
              ElementsAre("192.0.2.53:53", "[::1]:53", "192.0.2.54:53"));
  EXPECT_THAT(texts(parse_resolv_conf("")), ElementsAre("127.0.0.1:53"));
}

TEST(Gateways, AreThoseOfDefaultRoutes) {
  EXPECT_THAT(
      parse_ipv4_gateways("Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\n"
                          "eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n"
                          "eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n"),
      ElementsAre(address_from("192.168.1.1")));
  const std::string none(32, '0');
  EXPECT_THAT(parse_ipv6_gateways(
                  none + " 00 " + none + " 00 20010db8000000000000000000000001 0 0 0 3 eth0\n" +
                  none + " 00 " + none + " 00 fe800000000000000000000000000001 0 0 0 3 eth0\n" +
                  none + " 00 " + none + " 00 " + none + " 0 0 0 3 lo\n"),
              ElementsAre(address_from("2001:db8::1")));
}

TEST(NameServers, OfALocalAddressTheRouterIsAskedBeforeTheSystems) {
  NameServers servers;
  servers.exporters = {address_from("10.0.0.1"), address_from("192.168.1.1"),
                       address_from("203.0.113.1"), address_from("192.168.2.1")};
  servers.gateways = {address_from("192.168.1.1"), address_from("192.168.3.1")};
  servers.system = {{address_from("192.0.2.53"), 53}};
  const LocalNetworks networks;
  EXPECT_THAT(texts(servers.for_address(address_from("192.168.1.50"), networks)),
              ElementsAre("192.168.1.1:53", "192.168.2.1:53", "192.168.3.1:53", "192.0.2.53:53"));
  EXPECT_THAT(texts(servers.for_address(address_from("198.51.100.7"), networks)),
              ElementsAre("192.0.2.53:53"));
}

TEST(NameServers, OfANetworkThoseThatAPersonSetComeFirst) {
  NameServers servers;
  servers.of_networks[flow::parse_network("192.168.0.0/16").value()] = {
      {address_from("192.168.0.2"), 53}};
  servers.of_networks[flow::parse_network("192.168.1.0/24").value()] = {
      {address_from("192.168.1.2"), 5353}, {address_from("192.168.1.1"), 53}};
  servers.exporters = {address_from("192.168.1.1")};
  servers.system = {{address_from("192.0.2.53"), 53}};
  const LocalNetworks networks;
  EXPECT_THAT(texts(servers.for_address(address_from("192.168.1.50"), networks)),
              ElementsAre("192.168.1.2:5353", "192.168.1.1:53", "192.0.2.53:53"));
  EXPECT_THAT(texts(servers.for_address(address_from("192.168.9.50"), networks)),
              ElementsAre("192.168.0.2:53", "192.168.1.1:53", "192.0.2.53:53"));
}

}  // namespace
}  // namespace know
