#include "probe/capture/file_capture.h"

#include <gtest/gtest.h>
#include <unistd.h>

#include <cstdio>
#include <filesystem>
#include <string>
#include <vector>

#include "wire/bytes/byte_writer.h"
#include "wire/packet/testing_packets.h"

namespace probe {
namespace {

using wire::testing::Octets;

constexpr std::uint32_t kRaw = 101;

class NoOutlet final : public Outlet {
 public:
  Sent send(wire::ByteView, std::size_t, base::UnixMs) override { return {.is_sent = true}; }
};

class Capture : public ::testing::Test {
 protected:
  ~Capture() override { std::filesystem::remove(path_); }

  void write(const std::vector<Octets>& packets, std::size_t cut_off = 0,
             std::uint32_t link_type = kRaw) {
    Octets file;
    wire::ByteWriter out(file);
    out.put(std::uint32_t{0xa1b2c3d4});
    out.put(std::uint32_t{0x00020004});
    out.put_zeros(8);
    out.put(std::uint32_t{65'535});
    out.put(link_type);
    for (const Octets& packet : packets) {
      out.put(std::uint32_t{1'700'000'000});
      out.put(std::uint32_t{0});
      out.put(static_cast<std::uint32_t>(packet.size()));
      out.put(static_cast<std::uint32_t>(packet.size()));
      out.put(wire::ByteView(packet));
    }
    file.resize(file.size() - cut_off);
    std::FILE* opened = std::fopen(path_.c_str(), "wb");
    ASSERT_NE(opened, nullptr);
    EXPECT_EQ(std::fwrite(file.data(), 1, file.size(), opened), file.size());
    std::fclose(opened);
  }

  FileCapture::Done give(const std::string& filter = "") {
    auto capture = FileCapture::open(path_, filter);
    EXPECT_TRUE(capture);
    return capture->give_to(meter_, {}, [] {});
  }

  const std::string path_ =
      std::filesystem::path(::testing::TempDir()) / ("capture" + std::to_string(::getpid()));
  Meter meter_{MeterSettings{}, ExporterSettings{}, std::make_unique<NoOutlet>()};
};

const Octets kDns = wire::testing::ipv4({}, wire::testing::udp(1'000, 53));
const Octets kWeb = wire::testing::ipv4({.protocol = 6}, wire::testing::tcp(1'000, 80, 2));

TEST_F(Capture, GivesEveryFrame) {
  write({kDns, kWeb, kDns});
  const auto done = give();
  EXPECT_FALSE(done.fault);
  EXPECT_EQ(meter_.counts().counted, 3u);
  meter_.settle();
  EXPECT_EQ(meter_.table().live(), 2u);
}

TEST_F(Capture, WhatCameBeforeTheDamageIsGiven) {
  write({kDns, kWeb, kDns}, 5);
  const auto done = give();
  EXPECT_EQ(done.fault, wire::CaptureFault::RecordTruncated);
  EXPECT_EQ(meter_.counts().counted, 2u);
}

TEST_F(Capture, AFilterChoosesFrames) {
  write({kDns, kWeb, kDns});
  const auto done = give("udp port 53");
  EXPECT_EQ(meter_.counts().counted, 2u);
  EXPECT_EQ(done.filtered, 1u);
}

TEST_F(Capture, AFilterThatMakesNoSenseIsRefused) {
  write({kDns});
  const auto capture = FileCapture::open(path_, "port what");
  ASSERT_FALSE(capture);
  EXPECT_NE(to_text(capture.error()).find("--filter"), std::string::npos);
}

TEST_F(Capture, AnotherLinkTypeIsCountedAndNothingElse) {
  write({kDns, kDns}, 0, 147);
  EXPECT_FALSE(give().fault);
  EXPECT_EQ(meter_.counts().unread[static_cast<std::size_t>(wire::Unread::LinkTypeUnknown)], 2u);
}

TEST_F(Capture, WhatIsNoCaptureIsRefused) {
  std::FILE* opened = std::fopen(path_.c_str(), "wb");
  ASSERT_NE(opened, nullptr);
  std::fputs("not a capture", opened);
  std::fclose(opened);
  const auto capture = FileCapture::open(path_, "");
  ASSERT_FALSE(capture);
  EXPECT_NE(to_text(capture.error()).find("neither pcap nor pcapng"), std::string::npos);
  EXPECT_FALSE(FileCapture::open("/no/such/file", ""));
}

}  // namespace
}  // namespace probe
