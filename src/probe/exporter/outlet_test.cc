#include "probe/exporter/outlet.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <atomic>
#include <chrono>
#include <filesystem>
#include <memory>
#include <string>
#include <vector>

#include "base/mapped_file.h"
#include "wire/packet/capture_file.h"
#include "wire/packet/udp.h"

namespace probe {
namespace {

const std::vector<std::byte> kDatagram(100, std::byte{7});

TEST(UdpOutlet, SaysWhatIsWrongWithATarget) {
  for (const char* target :
       {"", "host", ":1", "127.0.0.1:", "::1:2055", "no.such.host.invalid:1"}) {
    const auto opened = UdpOutlet::open(target);
    ASSERT_FALSE(opened) << target;
    EXPECT_NE(opened.error().hint.find("HOST:PORT"), std::string::npos);
  }
  EXPECT_TRUE(UdpOutlet::open("[::1]:2055"));
}

TEST(UdpOutlet, TakesAName) {
  // A debootstrap folder has no /etc/hosts.
  addrinfo* found = nullptr;
  if (::getaddrinfo("localhost", nullptr, nullptr, &found) != 0)
    GTEST_SKIP() << "no localhost here";
  ::freeaddrinfo(found);
  EXPECT_TRUE(UdpOutlet::open("localhost:2055"));
}

TEST(UdpOutlet, TellsThatNobodyListens) {
  // A port that was had and is given back: nobody listens there.
  const int socket = ::socket(AF_INET, SOCK_DGRAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t octets = sizeof(address);
  auto* generic = static_cast<sockaddr*>(static_cast<void*>(&address));
  ASSERT_EQ(::bind(socket, generic, octets), 0);
  ASSERT_EQ(::getsockname(socket, generic, &octets), 0);
  ::close(socket);
  auto outlet = UdpOutlet::open("127.0.0.1:" + std::to_string(ntohs(address.sin_port)));
  ASSERT_TRUE(outlet);
  // On loopback the refusal is there before send() returns.
  EXPECT_FALSE((*outlet)->send(kDatagram, 1, 0).is_refused);
  const Outlet::Sent second = (*outlet)->send(kDatagram, 1, 0);
  EXPECT_TRUE(second.is_refused);
  EXPECT_TRUE(second.is_sent);
}

TEST(FileOutlet, WritesACaptureOfTheDatagrams) {
  const std::string path =
      std::filesystem::path(::testing::TempDir()) / ("outlet" + std::to_string(::getpid()));
  {
    auto file = DatagramFile::create(path);
    ASSERT_TRUE(file);
    FileOutlet outlet(*file);
    EXPECT_TRUE(outlet.send(kDatagram, 1, 1'700'000'000'123).is_sent);
    EXPECT_TRUE((*file)->flush());
  }
  const auto mapped = base::MappedFile::open(path);
  ASSERT_TRUE(mapped);
  auto reader = wire::CaptureReader::open(mapped->octets());
  ASSERT_TRUE(reader);
  const auto frame = reader->next();
  ASSERT_TRUE(frame && *frame);
  EXPECT_EQ((*frame)->time_ns, 1'700'000'000'123'000'000);
  EXPECT_EQ((*frame)->wire_octets, 128u);
  wire::UdpReader udp;
  const auto datagram = udp.take((*frame)->link_type, (*frame)->octets);
  ASSERT_TRUE(datagram);
  EXPECT_TRUE(std::equal(datagram->payload.begin(), datagram->payload.end(), kDatagram.begin(),
                         kDatagram.end()));
  EXPECT_EQ(datagram->dst_port, 2'055);
  std::filesystem::remove(path);
}

TEST(FileOutlet, SaysWhyAFileCannotBeHad) {
  const auto file = DatagramFile::create("/no/such/folder/x.pcap");
  ASSERT_FALSE(file);
  EXPECT_NE(to_text(file.error()).find("No such file"), std::string::npos);
}

class CountingOutlet final : public Outlet {
 public:
  explicit CountingOutlet(int& sent) : sent_(sent) {}
  Sent send(wire::ByteView, std::size_t, base::UnixMs) override {
    ++sent_;
    return {.is_sent = true};
  }

 private:
  int& sent_;
};

TEST(PacedOutlet, WaitsAsThePaceOfTheMomentSays) {
  using std::chrono::steady_clock;
  int sent = 0;
  std::atomic<std::uint64_t> pace = 10'000;
  PacedOutlet outlet(std::make_unique<CountingOutlet>(sent), pace);
  const auto begin = steady_clock::now();
  for (int i = 0; i < 4; ++i) outlet.send(kDatagram, 100, 0);
  EXPECT_GE(steady_clock::now() - begin, std::chrono::milliseconds(30));
  pace = 0;  // else a day
  for (int i = 0; i < 4; ++i) outlet.send(kDatagram, 864'000'000, 0);
  EXPECT_EQ(sent, 8);
}

}  // namespace
}  // namespace probe
