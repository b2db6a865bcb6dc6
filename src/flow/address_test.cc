#include "flow/address.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>

#include <array>

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

TEST(AddressText, IsWhatTheCLibraryWrites) {
  // Every pattern of zero and other groups; the library writes a dotted tail below ::1:0:0 and for
  // mapped addresses, which is no IPv6 text of ours.
  for (unsigned zeros = 0; zeros < 256; ++zeros) {
    std::array<std::uint8_t, 16> octets{};
    for (unsigned group = 0; group < 8; ++group) {
      if ((zeros >> group & 1) == 0) octets[2 * group + 1] = static_cast<std::uint8_t>(group + 9);
    }
    Address address;
    for (std::size_t i = 0; i < 8; ++i) {
      address.hi = address.hi << 8 | octets[i];
      address.lo = address.lo << 8 | octets[8 + i];
    }
    std::array<char, INET6_ADDRSTRLEN> expected{};
    inet_ntop(AF_INET6, octets.data(), expected.data(), expected.size());
    if (std::string_view(expected.data()).find('.') != std::string_view::npos) continue;
    EXPECT_EQ(to_text(address), expected.data());
  }
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
