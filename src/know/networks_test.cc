#include "know/networks.h"

#include <gtest/gtest.h>

namespace know {
namespace {

flow::Address address(std::string_view text) {
  return flow::parse_address(text).value();
}

TEST(LocalNetworks, HoldsThePrivateRangesToTheirLastAddress) {
  const LocalNetworks networks;
  for (const auto* text : {"10.0.0.0", "10.255.255.255", "172.16.0.0", "172.31.255.255",
                           "192.168.0.0", "192.168.255.255", "169.254.0.0", "169.254.255.255",
                           "fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::1",
                           "febf:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "::ffff:10.1.2.3"}) {
    EXPECT_TRUE(networks.is_local(address(text))) << text;
  }
  for (const auto* text : {"0.0.0.0", "9.255.255.255", "11.0.0.0", "172.15.255.255", "172.32.0.0",
                           "192.167.255.255", "192.169.0.0", "255.255.255.255", "::", "::1",
                           "2001:db8::1", "fbff::", "fe00::", "fec0::", "ffff::"}) {
    EXPECT_FALSE(networks.is_local(address(text))) << text;
  }
}

TEST(LocalNetworks, HoldsWhatAPersonSaidBeside) {
  const std::vector more = {*flow::parse_network("192.0.2.0/24"),
                            *flow::parse_network("192.0.2.128/25"),  // inside the one before
                            *flow::parse_network("198.51.100.7"),
                            *flow::parse_network("2001:db8::/32")};
  const LocalNetworks networks(more);
  for (const auto* text :
       {"192.0.2.0", "192.0.2.255", "198.51.100.7", "2001:db8:ffff::1", "10.0.0.1"}) {
    EXPECT_TRUE(networks.is_local(address(text))) << text;
  }
  for (const auto* text : {"192.0.1.255", "192.0.3.0", "198.51.100.8", "2001:db9::"}) {
    EXPECT_FALSE(networks.is_local(address(text))) << text;
  }
}

TEST(LocalNetworks, AnIpv6NetworkThatHoldsTheMappedAddressesMakesIpv4Local) {
  const LocalNetworks networks(std::vector{*flow::parse_network("::/0")});
  EXPECT_TRUE(networks.is_local(address("8.8.8.8")));
  EXPECT_TRUE(networks.is_local(address("2001:db8::1")));
}

TEST(LocalNetworks, EveryAddressLocalIsOneRange) {
  const LocalNetworks networks(std::vector{*flow::parse_network("0.0.0.0/0")});
  EXPECT_TRUE(networks.is_local(address("0.0.0.0")));
  EXPECT_TRUE(networks.is_local(address("255.255.255.255")));
  EXPECT_FALSE(networks.is_local(address("2001:db8::1")));
}

TEST(LocalNetworks, LocalityNamesBothEnds) {
  const LocalNetworks networks;
  const auto ours = address("10.0.0.1");
  const auto theirs = address("192.0.2.1");
  EXPECT_EQ(networks.locality(ours, ours), flow::Locality::LocalToLocal);
  EXPECT_EQ(networks.locality(ours, theirs), flow::Locality::LocalToRemote);
  EXPECT_EQ(networks.locality(theirs, ours), flow::Locality::RemoteToLocal);
  EXPECT_EQ(networks.locality(theirs, theirs), flow::Locality::RemoteToRemote);
}

}  // namespace
}  // namespace know
