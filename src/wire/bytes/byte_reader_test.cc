#include "wire/bytes/byte_reader.h"

#include <gtest/gtest.h>

#include <vector>

#include "wire/bytes/byte_writer.h"

namespace wire {
namespace {

TEST(ByteReader, AFailedTakeLeavesItWhereItWas) {
  const std::vector<std::byte> bytes(3, std::byte{1});
  ByteReader reader{ByteView(bytes)};
  EXPECT_FALSE(reader.take<4>());
  EXPECT_FALSE(reader.take(4));
  EXPECT_EQ(reader.remaining(), 3u);
  EXPECT_TRUE(reader.take<3>());
  EXPECT_EQ(reader.remaining(), 0u);
  EXPECT_TRUE(reader.take(0));
}

TEST(ByteReader, LoadsWhatTheWriterPut) {
  std::vector<std::byte> bytes;
  ByteWriter writer(bytes);
  writer.put(std::uint16_t{0x0102});
  writer.put(std::uint64_t{0x0102030405060708});
  writer.put_be(0x030405, 3);
  writer.patch_u16(0, 0xfffe);
  ByteReader reader{ByteView(bytes)};
  const auto head = reader.take<10>();
  ASSERT_TRUE(head);
  EXPECT_EQ((load_be<std::uint16_t, 0>(*head)), 0xfffe);
  EXPECT_EQ((load_be<std::uint64_t, 2>(*head)), 0x0102030405060708u);
  EXPECT_EQ(load_be_any(*reader.take(3)), 0x030405u);
}

}  // namespace
}  // namespace wire
