#include "wire/bytes/internet_checksum.h"

#include <gtest/gtest.h>

#include <vector>

namespace wire {
namespace {

std::vector<std::byte> bytes(std::initializer_list<int> values) {
  std::vector<std::byte> out;
  for (const int value : values) out.push_back(static_cast<std::byte>(value));
  return out;
}

TEST(InternetChecksum, OfTheExampleInRfc1071) {
  InternetChecksum checksum;
  checksum.add(bytes({0x00, 0x01, 0xf2, 0x03, 0xf4, 0xf5, 0xf6, 0xf7}));
  EXPECT_EQ(checksum.value(), static_cast<std::uint16_t>(~0xddf2));
}

TEST(InternetChecksum, IsTheSameHoweverTheOctetsAreSplit) {
  std::vector<std::byte> all;
  for (int i = 0; i < 61; ++i) all.push_back(static_cast<std::byte>(i * 37 + 11));
  InternetChecksum whole;
  whole.add(all);
  InternetChecksum parts;
  parts.add(ByteView(all).subspan(0, 6));
  parts.add(ByteView(all).subspan(6, 20));
  parts.add(ByteView(all).subspan(26));
  EXPECT_EQ(parts.value(), whole.value());
  // The plain definition.
  std::uint64_t sum = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    sum += std::to_integer<std::uint64_t>(all[i]) << (i % 2 == 0 ? 8 : 0);
  }
  while (sum > 0xffff) sum = (sum & 0xffff) + (sum >> 16);
  EXPECT_EQ(whole.value(), static_cast<std::uint16_t>(~sum));
}

TEST(InternetChecksum, OverOctetsThatHoldItIsZero) {
  auto header = bytes({0x45, 0, 0, 0x1c, 0, 0, 0, 0, 64, 17, 0, 0, 10, 0, 0, 1, 10, 0, 0, 2});
  InternetChecksum checksum;
  checksum.add(header);
  header[10] = static_cast<std::byte>(checksum.value() >> 8);
  header[11] = static_cast<std::byte>(checksum.value() & 0xff);
  InternetChecksum again;
  again.add(header);
  EXPECT_EQ(again.value(), 0);
}

}  // namespace
}  // namespace wire
