#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/bytes/byte_writer.h"
#include "wire/packet/capture_file.h"
#include "wire/packet/udp.h"

namespace wire {
namespace {

using Octets = std::vector<std::byte>;

const Octets kPayload{std::byte{1}, std::byte{2}, std::byte{3}, std::byte{4}, std::byte{5}};

Octets udp_of(const Octets& payload) {
  Octets octets;
  ByteWriter out(octets);
  out.put(std::uint16_t{1'000});
  out.put(std::uint16_t{2'055});
  out.put(static_cast<std::uint16_t>(8 + payload.size()));
  out.put(std::uint16_t{0});
  out.put(ByteView(payload));
  return octets;
}

Octets ipv4_of(const Octets& body, std::uint16_t flags_and_offset = 0) {
  Octets octets;
  ByteWriter out(octets);
  out.put(std::uint16_t{0x4500});
  out.put(static_cast<std::uint16_t>(20 + body.size()));
  out.put(std::uint16_t{77});  // identification
  out.put(flags_and_offset);
  out.put(std::uint16_t{0x4011});
  out.put(std::uint16_t{0});
  out.put(std::uint32_t{0x0a000001});
  out.put(std::uint32_t{0x0a000002});
  out.put(ByteView(body));
  return octets;
}

Octets ipv6_of(std::uint8_t next_header, const Octets& body) {
  Octets octets;
  ByteWriter out(octets);
  out.put(std::uint32_t{0x60000000});
  out.put(static_cast<std::uint16_t>(body.size()));
  out.put(next_header);
  out.put(std::uint8_t{64});
  out.put(std::uint64_t{0x20010db800000000});
  out.put(std::uint64_t{1});
  out.put(std::uint64_t{0x20010db800000000});
  out.put(std::uint64_t{2});
  out.put(ByteView(body));
  return octets;
}

Octets after(std::initializer_list<std::uint16_t> words, const Octets& rest) {
  Octets octets;
  ByteWriter out(octets);
  for (const std::uint16_t word : words) out.put(word);
  out.put(ByteView(rest));
  return octets;
}

Octets octets_of(ByteView view) {
  return {view.begin(), view.end()};
}

// A pcapng section in this machine's order, and its blocks.
Octets block(std::uint32_t type, const Octets& body) {
  Octets octets;
  const auto put = [&](std::uint32_t value) {
    for (int i = 0; i < 4; ++i) octets.push_back(static_cast<std::byte>(value >> (8 * i)));
  };
  put(type);
  put(static_cast<std::uint32_t>(12 + body.size()));
  octets.insert(octets.end(), body.begin(), body.end());
  put(static_cast<std::uint32_t>(12 + body.size()));
  return octets;
}

Octets words(std::initializer_list<std::uint32_t> values) {
  Octets octets;
  for (const std::uint32_t value : values) {
    for (int i = 0; i < 4; ++i) octets.push_back(static_cast<std::byte>(value >> (8 * i)));
  }
  return octets;
}

TEST(CaptureReader, CountsPacketsOfADamagedPcapngAndReadsTheOthers) {
  const auto packet = [](std::uint32_t interface, std::uint32_t captured) {
    return block(6, words({interface, 0, 1, captured, 4, 0x45}));
  };
  Octets file;
  for (const Octets& each :
       {block(0x0a0d0d0a, words({0x1a2b3c4d, 1, 0xffffffff, 0xffffffff})),
        block(1, words({101})),  // too short: an interface all the same
        block(1, words({228, 256})), packet(1, 4), packet(1, 400),  // longer than its block
        packet(7, 4),                                               // nobody described it
        block(6, words({1, 0})), packet(1, 4)}) {
    file.insert(file.end(), each.begin(), each.end());
  }
  auto reader = CaptureReader::open(file);
  ASSERT_TRUE(reader);
  int frames = 0;
  for (auto frame = reader->next(); frame && *frame; frame = reader->next()) {
    EXPECT_EQ((*frame)->link_type, 228);
    ++frames;
  }
  EXPECT_EQ(frames, 2);
  EXPECT_EQ(reader->frames_unread(), 3u);
}

TEST(UdpReader, FindsTheDatagramBehindEveryLinkHeader) {
  const Octets ip = ipv4_of(udp_of(kPayload));
  const std::vector<std::pair<std::uint16_t, Octets>> frames{
      {1, after({0, 0, 0, 0, 0, 0, 0x0800}, ip)},
      {1, after({0, 0, 0, 0, 0, 0, 0x8100, 5, 0x0800}, ip)},
      {1, after({0, 0, 0, 0, 0, 0, 0x88a8, 5, 0x8100, 6, 0x0800}, ip)},
      {113, after({0, 1, 6, 0, 0, 0, 0, 0x0800}, ip)},
      {276, after({0x0800, 0, 0, 0, 0, 0, 0, 0, 0, 0}, ip)},
      {0, after({2, 0}, ip)},
      {108, after({0, 2}, ip)},
      {101, ip},
      {12, ip},
      {228, ip}};
  for (const auto& [link_type, frame] : frames) {
    UdpReader reader;
    const auto datagram = reader.take(link_type, frame);
    ASSERT_TRUE(datagram) << link_type;
    EXPECT_EQ(octets_of(datagram->payload), kPayload);
    EXPECT_EQ(datagram->src, (IpAddress{0, 0xffff0a000001}));
    EXPECT_EQ(datagram->dst_port, 2'055);
    for (std::size_t length = 0; length + kPayload.size() < frame.size(); ++length) {
      EXPECT_FALSE(reader.take(link_type, ByteView(frame).first(length))) << length;
    }
  }
}

TEST(UdpReader, LeavesLinkPaddingOutAndKeepsWhatACutCaptureHas) {
  Octets frame = ipv4_of(udp_of(kPayload));
  frame.resize(60);
  UdpReader reader;
  EXPECT_EQ(octets_of(reader.take(101, frame)->payload), kPayload);
  frame.resize(20 + 8 + 2);
  EXPECT_EQ(reader.take(101, frame)->payload.size(), 2u);
}

TEST(UdpReader, GoesBehindIpv6ExtensionHeaders) {
  const Octets options = after({0x1101, 0, 0, 0, 0, 0, 0, 0}, udp_of(kPayload));
  UdpReader reader;
  const Octets packet = ipv6_of(60, options);
  const auto datagram = reader.take(101, packet);
  ASSERT_TRUE(datagram);
  EXPECT_EQ(octets_of(datagram->payload), kPayload);
  EXPECT_EQ(datagram->src, (IpAddress{0x20010db800000000, 1}));
}

TEST(UdpReader, LeavesOtherProtocolsAndLinkTypesAlone) {
  UdpReader reader;
  EXPECT_FALSE(reader.take(9'999, ipv4_of(udp_of(kPayload))));
  EXPECT_FALSE(reader.take(101, ipv6_of(6, udp_of(kPayload))));
  EXPECT_FALSE(reader.take(1, after({0, 0, 0, 0, 0, 0, 0x0806}, kPayload)));
}

TEST(UdpReader, JoinsFragmentsInAnyOrder) {
  const Octets payload(100, std::byte{7});
  const Octets udp = udp_of(payload);
  const auto cut = [&](std::ptrdiff_t from, std::ptrdiff_t to) {
    return Octets(udp.begin() + from, udp.begin() + to);
  };
  const Octets first = ipv4_of(cut(0, 48), 0x2000);
  const Octets middle = ipv4_of(cut(48, 96), 0x2000 | 6);
  const Octets last = ipv4_of(cut(96, 108), 12);
  for (const auto& order : {std::vector{first, middle, last}, std::vector{last, middle, first},
                            std::vector{middle, middle, last, first}}) {
    UdpReader reader;
    std::vector<Octets> whole;
    for (const Octets& frame : order) {
      if (const auto datagram = reader.take(101, frame))
        whole.push_back(octets_of(datagram->payload));
    }
    ASSERT_EQ(whole.size(), 1u);
    EXPECT_EQ(whole[0], payload);
    EXPECT_EQ(reader.given_up(), 0u);
  }
}

TEST(UdpReader, JoinsIpv6Fragments) {
  const Octets payload(24, std::byte{7});
  const Octets udp = udp_of(payload);
  UdpReader reader;
  const auto half = udp.begin() + 16;
  EXPECT_FALSE(reader.take(101, ipv6_of(44, after({0x1100, 1, 0, 9}, Octets(udp.begin(), half)))));
  const auto datagram =
      reader.take(101, ipv6_of(44, after({0x1100, 16, 0, 9}, Octets(half, udp.end()))));
  ASSERT_TRUE(datagram);
  EXPECT_EQ(octets_of(datagram->payload), payload);
}

TEST(UdpReader, BoundsWhatWaitsForFragments) {
  UdpReader reader;
  Octets frame = ipv4_of(Octets(8, std::byte{1}), 0x2000);
  for (std::uint16_t id = 0; id < UdpReader::kMaxWaiting + 10; ++id) {
    ByteWriter(frame).patch_u16(4, id);
    EXPECT_FALSE(reader.take(101, frame));
  }
  EXPECT_EQ(reader.given_up(), 10u);
  for (std::uint16_t offset = 0; offset < UdpReader::kMaxFragments + 5; ++offset) {
    ByteWriter(frame).patch_u16(6, static_cast<std::uint16_t>(0x2000 | offset * 2));
    EXPECT_FALSE(reader.take(101, frame));
  }
  EXPECT_GT(reader.given_up(), 10u);
}

// A capture written by hand, in either byte order.
class CaptureWriter {
 public:
  explicit CaptureWriter(bool is_big_endian) : is_big_endian_(is_big_endian) {}

  CaptureWriter& u16(std::uint16_t value) { return integer(value, 2); }
  CaptureWriter& u32(std::uint32_t value) { return integer(value, 4); }
  CaptureWriter& bytes(const Octets& more) {
    octets.insert(octets.end(), more.begin(), more.end());
    return *this;
  }

  Octets octets;

 private:
  CaptureWriter& integer(std::uint32_t value, unsigned count) {
    for (unsigned i = 0; i < count; ++i) {
      const unsigned shift = 8 * (is_big_endian_ ? count - 1 - i : i);
      octets.push_back(static_cast<std::byte>(value >> shift));
    }
    return *this;
  }
  bool is_big_endian_;
};

Octets classic(bool is_big_endian, bool is_nano) {
  CaptureWriter file(is_big_endian);
  file.u32(is_nano ? 0xa1b23c4d : 0xa1b2c3d4).u16(2).u16(4).u32(0).u32(0).u32(65'535).u32(101);
  file.u32(100).u32(250).u32(5).u32(9).bytes(kPayload);
  return file.octets;
}

Octets pcapng(bool is_big_endian) {
  CaptureWriter file(is_big_endian);
  file.u32(0x0a0d0d0a).u32(28).u32(0x1a2b3c4d).u16(1).u16(0).u32(~0u).u32(~0u).u32(28);
  file.u32(1)
      .u32(28)
      .u16(101)
      .u16(0)
      .u32(0)
      .u16(9)
      .u16(1)
      .bytes({std::byte{9}, {}, {}, {}})
      .u32(28);
  file.u32(4).u32(12).u32(12);  // a block of another kind
  file.u32(6).u32(40).u32(0).u32(23).u32(1'215'752'442).u32(5).u32(5).bytes(kPayload);
  file.bytes(Octets(3)).u32(40);
  file.u32(3).u32(24).u32(5).bytes(kPayload).bytes(Octets(3)).u32(24);
  return file.octets;
}

TEST(CaptureReader, ReadsClassicFilesOfBothByteOrdersAndResolutions) {
  for (const bool is_big_endian : {false, true}) {
    for (const bool is_nano : {false, true}) {
      const Octets file = classic(is_big_endian, is_nano);
      auto reader = CaptureReader::open(file);
      ASSERT_TRUE(reader);
      const auto frame = reader->next().value();
      ASSERT_TRUE(frame);
      EXPECT_EQ(frame->link_type, 101);
      EXPECT_EQ(frame->time_ns, 100'000'000'000 + (is_nano ? 250 : 250'000));
      EXPECT_EQ(octets_of(frame->octets), kPayload);
      EXPECT_EQ(reader->next().value(), std::nullopt);
    }
  }
}

TEST(CaptureReader, ReadsPcapngOfBothByteOrders) {
  for (const bool is_big_endian : {false, true}) {
    const Octets file = pcapng(is_big_endian);
    auto reader = CaptureReader::open(file);
    ASSERT_TRUE(reader);
    const auto frame = reader->next().value();
    ASSERT_TRUE(frame);
    EXPECT_EQ(frame->link_type, 101);
    EXPECT_EQ(frame->time_ns, (std::int64_t{23} << 32) + 1'215'752'442);
    EXPECT_EQ(octets_of(frame->octets), kPayload);
    const auto simple = reader->next().value();
    ASSERT_TRUE(simple);
    EXPECT_EQ(octets_of(simple->octets), kPayload);
    EXPECT_EQ(reader->next().value(), std::nullopt);
  }
}

TEST(CaptureReader, EveryTruncationIsNamed) {
  for (const Octets& file : {classic(false, false), pcapng(false)}) {
    for (std::size_t length = 0; length < file.size(); ++length) {
      auto reader = CaptureReader::open(ByteView(file).first(length));
      if (length < 4) {
        ASSERT_FALSE(reader);
        EXPECT_EQ(reader.error(), CaptureFault::NotACapture);
        continue;
      }
      if (!reader) {
        EXPECT_EQ(reader.error(), CaptureFault::HeaderTruncated);
        continue;
      }
      // Frames until the end or the fault: never more than the whole file has.
      std::size_t frames = 0;
      auto frame = reader->next();
      for (; frame && *frame; frame = reader->next()) ++frames;
      EXPECT_LE(frames, 2u);
      if (!frame) {
        EXPECT_EQ(frame.error(), CaptureFault::RecordTruncated);
      }
    }
  }
}

TEST(CaptureReader, ABlockOfImpossibleLengthEndsTheFile) {
  Octets file = pcapng(true);
  ByteWriter(file).patch_u16(28 + 6, 3);
  auto reader = CaptureReader::open(file);
  ASSERT_TRUE(reader);
  EXPECT_EQ(reader->next().error(), CaptureFault::BlockInvalid);
}

}  // namespace
}  // namespace wire
