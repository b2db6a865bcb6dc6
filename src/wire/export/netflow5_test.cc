#include "wire/export/netflow5.h"

#include <gtest/gtest.h>

#include <vector>

namespace wire {
namespace {

const Netflow5Header kHeader{.count = 2,
                             .sys_uptime_ms = 0x01020304,
                             .unix_secs = 0x11121314,
                             .unix_nsecs = 0x21222324,
                             .flow_sequence = 0x31323334,
                             .engine_type = 0x41,
                             .engine_id = 0x42,
                             .sampling = 0x4364};
const Netflow5Record kRecord{.src = 0x0a000001,
                             .dst = 0x0a000002,
                             .next_hop = 0x0a000003,
                             .in_if = 4,
                             .out_if = 5,
                             .packets = 6,
                             .octets = 7,
                             .first_ms = 8,
                             .last_ms = 9,
                             .src_port = 10,
                             .dst_port = 11,
                             .tcp_flags = 12,
                             .protocol = 13,
                             .tos = 14,
                             .src_as = 15,
                             .dst_as = 16,
                             .src_mask = 17,
                             .dst_mask = 18};

std::vector<std::byte> two_records() {
  std::vector<std::byte> datagram;
  ByteWriter out(datagram);
  kHeader.emit(out);
  kRecord.emit(out);
  kRecord.emit(out);
  return datagram;
}

TEST(Netflow5, ReadsBackWhatItWrote) {
  const auto datagram = two_records();
  ASSERT_EQ(datagram.size(), Netflow5Header::kSize + 2 * Netflow5Record::kSize);
  const auto message = parse_netflow5(ByteView(datagram));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->header, kHeader);
  ASSERT_EQ(message->record_count(), 2u);
  EXPECT_EQ(message->missing_records(), 0u);
  ByteReader records(message->records);
  while (const auto record = records.take<Netflow5Record::kSize>()) {
    EXPECT_EQ(Netflow5Record::from(*record), kRecord);
  }
  EXPECT_EQ(records.remaining(), 0u);
}

TEST(Netflow5, EveryTruncationKeepsTheWholeRecordsAndTellsTheMissingOnes) {
  const auto datagram = two_records();
  for (std::size_t length = 0; length < datagram.size(); ++length) {
    const auto message = parse_netflow5(ByteView(datagram).first(length));
    if (length < Netflow5Header::kSize) {
      ASSERT_FALSE(message) << length;
      EXPECT_EQ(message.error(), Malformed::HeaderTruncated);
      continue;
    }
    ASSERT_TRUE(message) << length;
    EXPECT_EQ(message->record_count(), (length - Netflow5Header::kSize) / Netflow5Record::kSize);
    EXPECT_EQ(message->record_count() + message->missing_records(), 2u);
  }
}

TEST(Netflow5, IgnoresOctetsAfterTheAnnouncedRecords) {
  auto datagram = two_records();
  datagram.insert(datagram.end(), Netflow5Record::kSize + 1, std::byte{0xff});
  const auto message = parse_netflow5(ByteView(datagram));
  ASSERT_TRUE(message);
  EXPECT_EQ(message->record_count(), 2u);
}

}  // namespace
}  // namespace wire
