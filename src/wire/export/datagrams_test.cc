#include "wire/export/datagrams.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"

namespace wire {
namespace {

using Octets = std::vector<std::byte>;

Octets twice(const Octets& octets) {
  Octets two = octets;
  two.insert(two.end(), octets.begin(), octets.end());
  return two;
}

TEST(FirstDatagramOctets, CutsWhereAnotherOfTheSameVersionFollows) {
  Octets ipfix;
  ByteWriter out(ipfix);
  IpfixWriter message(out, {});
  out.put_zeros(4);
  message.finish();
  EXPECT_EQ(first_datagram_octets(ByteView(twice(ipfix))), 20u);
  EXPECT_EQ(first_datagram_octets(ByteView(ipfix)), 20u);

  Octets netflow5;
  ByteWriter out5(netflow5);
  Netflow5Header{.count = 1}.emit(out5);
  Netflow5Record{}.emit(out5);
  EXPECT_EQ(first_datagram_octets(ByteView(twice(netflow5))), netflow5.size());
}

TEST(FirstDatagramOctets, TakesAllOfWhatTellsNoLengthOrIsFollowedBySomethingElse) {
  Octets short_length;
  ByteWriter out(short_length);
  IpfixWriter message(out, {});
  message.finish();
  out.put_zeros(3);
  EXPECT_EQ(first_datagram_octets(ByteView(short_length)), 19u);
  const Octets zero_length{std::byte{0}, std::byte{10}, std::byte{0}, std::byte{0}};
  EXPECT_EQ(first_datagram_octets(ByteView(zero_length)), 4u);
  EXPECT_EQ(first_datagram_octets(ByteView(Octets(1))), 1u);
}

}  // namespace
}  // namespace wire
