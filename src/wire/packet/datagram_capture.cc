#include "wire/packet/datagram_capture.h"

#include <limits>

#include "base/check.h"
#include "wire/bytes/internet_checksum.h"

namespace wire {
namespace {

constexpr std::size_t kIpHeaderOctets = 20;
constexpr std::size_t kUdpHeaderOctets = 8;
constexpr std::uint16_t kHopsAndUdp = 64 << 8 | 17;

void put_ip_header(ByteWriter& out, std::uint32_t from, std::uint32_t to, std::uint16_t octets) {
  constexpr std::uint16_t kVersionAndLength = 0x4500;
  InternetChecksum checksum;
  for (const std::uint16_t word :
       {kVersionAndLength, octets, kHopsAndUdp, static_cast<std::uint16_t>(from >> 16),
        static_cast<std::uint16_t>(from), static_cast<std::uint16_t>(to >> 16),
        static_cast<std::uint16_t>(to)}) {
    checksum.add(word);
  }
  out.put(kVersionAndLength);
  out.put(octets);
  out.put(std::uint32_t{0});  // identification, flags, fragment offset
  out.put(kHopsAndUdp);
  out.put(checksum.value());
  out.put(from);
  out.put(to);
}

}  // namespace

void put_capture_header(ByteWriter& out) {
  out.put(std::uint32_t{0xa1b2'c3d4});
  out.put(std::uint32_t{0x0002'0004});  // version 2.4
  out.put_zeros(8);
  out.put(std::uint32_t{65'535});
  out.put(std::uint32_t{101});  // raw IP
}

void put_captured_datagram(ByteWriter& out, const Ipv4Endpoint& from, const Ipv4Endpoint& to,
                           ByteView payload, base::UnixMs time) {
  const std::size_t octets = kIpHeaderOctets + kUdpHeaderOctets + payload.size();
  CHECK(octets <= std::numeric_limits<std::uint16_t>::max());
  out.put(static_cast<std::uint32_t>(time / base::kMsPerSecond));
  out.put(static_cast<std::uint32_t>(time % base::kMsPerSecond * 1'000));
  out.put(static_cast<std::uint32_t>(octets));
  out.put(static_cast<std::uint32_t>(octets));
  put_ip_header(out, from.address, to.address, static_cast<std::uint16_t>(octets));
  out.put(from.port);
  out.put(to.port);
  out.put(static_cast<std::uint16_t>(kUdpHeaderOctets + payload.size()));
  out.put(std::uint16_t{0});  // no checksum, as IPv4 allows
  out.put(payload);
}

}  // namespace wire
