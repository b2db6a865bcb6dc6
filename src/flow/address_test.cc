#include "flow/address.h"

#include <gtest/gtest.h>

namespace flow {
namespace {

TEST(AddressText, IsRfc5952AndReadsBackAsTheSameAddress) {
  for (const char* text : {"0.0.0.0", "10.0.0.1", "255.255.255.255", "::", "::1", "2001:db8::1",
                           "2001:db8::2", "2001:db8:0:1:1:1:1:1", "::1:2", "::102:304",
                           "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff", "fe80::1:0:0:1"}) {
    const auto address = parse_address(text);
    ASSERT_TRUE(address) << text;
    EXPECT_EQ(to_text(*address), text);
  }
}

TEST(AddressText, AMappedAddressIsItsIpv4Address) {
  EXPECT_EQ(parse_address("::ffff:10.0.0.1"), parse_address("10.0.0.1"));
  EXPECT_EQ(to_text(*parse_address("::ffff:10.0.0.1")), "10.0.0.1");
}

TEST(AddressText, RefusesWhatIsNoAddress) {
  for (const char* text :
       {"", "10.0.0", "10.0.0.256", "1::2::3", "10.0.0.1/8", "fe80::1%eth0", "x"}) {
    EXPECT_FALSE(parse_address(text)) << text;
  }
}

TEST(Network, TakesPrefixLengthsDottedMasksAndShortForms) {
  EXPECT_EQ(to_text(*parse_network("10/8")), "10.0.0.0/8");
  EXPECT_EQ(to_text(*parse_network("192.168.1.77/255.255.255.0")), "192.168.1.0/24");
  EXPECT_EQ(to_text(*parse_network("2001:db8:ffff::/33")), "2001:db8:8000::/33");
  EXPECT_EQ(to_text(*parse_network("10.0.0.1")), "10.0.0.1/32");
  EXPECT_EQ(to_text(*parse_network("0.0.0.0/0")), "0.0.0.0/0");
  EXPECT_EQ(to_text(*parse_network("::/0")), "::/0");
  for (const char* text : {"10.0.0.0/33", "10.0.0.0/255.0.255.0", "::/129", "10.0.0.0/", "/8"}) {
    EXPECT_FALSE(parse_network(text)) << text;
  }
}

TEST(Network, ContainsItsFirstAndLastAddressAndNotTheirNeighbours) {
  const auto network = *parse_network("192.168.1.0/24");
  EXPECT_TRUE(network.contains(*parse_address("192.168.1.0")));
  EXPECT_TRUE(network.contains(*parse_address("192.168.1.255")));
  EXPECT_FALSE(network.contains(*parse_address("192.168.2.0")));
  EXPECT_FALSE(network.contains(*parse_address("::c0a8:100")));
  EXPECT_EQ(to_text(network.last()), "192.168.1.255");
  EXPECT_TRUE(parse_network("::/0")->contains(*parse_address("2001:db8::1")));
}

}  // namespace
}  // namespace flow
