#include "collect/journal/segment_format.h"

#include <array>

#include "base/check.h"
#include "wire/bytes/internet_checksum.h"
#include "wire/packet/ip.h"

namespace collect {
namespace {

using wire::ByteReader;
using wire::ByteView;
using wire::ByteWriter;
using wire::InternetChecksum;
using wire::kProtocolUdp;
using wire::load_be;

constexpr std::uint32_t kMagicNanoseconds = 0xa1b23c4d;
constexpr std::uint16_t kMajor = 2;
constexpr std::uint16_t kMinor = 4;
constexpr std::uint32_t kSnapOctets = 262'144;
constexpr std::uint32_t kLinkTypeRaw = 101;

constexpr std::size_t kUdpHeaderOctets = 8;
constexpr std::size_t kIpv4HeaderOctets = 20;
constexpr std::size_t kIpv6HeaderOctets = 40;
constexpr std::size_t kIpPacketMaxOctets = 65'535 + kIpv6HeaderOctets;
constexpr std::uint8_t kHops = 64;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

std::size_t ip_octets(const Datagram& datagram) {
  return (datagram.exporter.is_v4() ? kIpv4HeaderOctets : kIpv6HeaderOctets) + kUdpHeaderOctets +
         datagram.payload.size();
}

void put_address(ByteWriter& out, const flow::Address& address) {
  out.put(address.hi);
  out.put(address.lo);
}

// RFC 791; the identification stays 0, for the packet is never fragmented.
void put_ipv4(ByteWriter& out, const Datagram& datagram) {
  constexpr std::uint16_t kVersionAndLength = 0x4500;
  const auto total = static_cast<std::uint16_t>(ip_octets(datagram));
  const std::uint16_t hops_and_protocol = kHops << 8 | kProtocolUdp;
  const std::uint32_t source = datagram.exporter.as_v4();
  InternetChecksum checksum;
  checksum.add(kVersionAndLength);
  checksum.add(total);
  checksum.add(hops_and_protocol);
  checksum.add(static_cast<std::uint16_t>(source >> 16));
  checksum.add(static_cast<std::uint16_t>(source & 0xffff));
  out.put(kVersionAndLength);
  out.put(total);
  out.put(std::uint32_t{0});  // identification, flags, fragment offset
  out.put(hops_and_protocol);
  out.put(checksum.value());
  out.put(source);
  out.put(std::uint32_t{0});
}

// RFC 8200.
void put_ipv6(ByteWriter& out, const Datagram& datagram) {
  out.put(std::uint32_t{0x60000000});
  out.put(static_cast<std::uint16_t>(kUdpHeaderOctets + datagram.payload.size()));
  out.put(kProtocolUdp);
  out.put(kHops);
  put_address(out, datagram.exporter);
  out.put_zeros(16);
}

// Of UDP over either family: the destination is all zeros, and a mapped address's extra 0xffff
// belongs to no packet.
std::uint16_t udp_checksum(const Datagram& datagram) {
  const auto length = static_cast<std::uint16_t>(kUdpHeaderOctets + datagram.payload.size());
  const flow::Address& source = datagram.exporter;
  InternetChecksum checksum;
  for (unsigned shift = 0; shift < 64; shift += 16) {
    if (!source.is_v4()) checksum.add(static_cast<std::uint16_t>(source.hi >> shift));
    if (!source.is_v4() || shift < 32) {
      checksum.add(static_cast<std::uint16_t>(source.lo >> shift));
    }
  }
  checksum.add(kProtocolUdp);
  checksum.add(length);
  checksum.add(datagram.exporter_port);
  checksum.add(datagram.local_port);
  checksum.add(length);
  checksum.add(datagram.payload);
  return checksum.value() == 0 ? 0xffff : checksum.value();  // 0 would say "none" (RFC 768)
}

struct IpHeader {
  flow::Address source;
  std::size_t payload_octets = 0;
};

std::optional<IpHeader> take_ipv4(ByteReader& packet) {
  const std::size_t octets = packet.remaining();
  const auto header = packet.take<kIpv4HeaderOctets>();
  if (!header || load_be<std::uint8_t, 0>(*header) != 0x45 ||
      load_be<std::uint8_t, 9>(*header) != kProtocolUdp ||
      load_be<std::uint16_t, 2>(*header) != octets) {
    return std::nullopt;
  }
  return IpHeader{flow::Address::v4(load_be<std::uint32_t, 12>(*header)),
                  octets - kIpv4HeaderOctets};
}

std::optional<IpHeader> take_ipv6(ByteReader& packet) {
  const std::size_t octets = packet.remaining();
  const auto header = packet.take<kIpv6HeaderOctets>();
  if (!header || load_be<std::uint8_t, 0>(*header) != 0x60 ||
      load_be<std::uint8_t, 6>(*header) != kProtocolUdp ||
      kIpv6HeaderOctets + load_be<std::uint16_t, 4>(*header) != octets) {
    return std::nullopt;
  }
  const flow::Address source{load_be<std::uint64_t, 8>(*header),
                             load_be<std::uint64_t, 16>(*header)};
  return IpHeader{source, octets - kIpv6HeaderOctets};
}

std::optional<Datagram> parse_packet(ByteView octets, std::uint16_t& checksum) {
  if (octets.empty()) return std::nullopt;
  ByteReader packet(octets);
  const bool is_v4 = std::to_integer<unsigned>(octets.front()) >> 4 == 4;
  const auto ip = is_v4 ? take_ipv4(packet) : take_ipv6(packet);
  if (!ip) return std::nullopt;
  const auto udp = packet.take<kUdpHeaderOctets>();
  if (!udp || load_be<std::uint16_t, 4>(*udp) != ip->payload_octets) return std::nullopt;
  checksum = load_be<std::uint16_t, 6>(*udp);
  return Datagram{.exporter = ip->source,
                  .exporter_port = load_be<std::uint16_t, 0>(*udp),
                  .local_port = load_be<std::uint16_t, 2>(*udp),
                  .received_ns = 0,
                  .payload = packet.rest()};
}

}  // namespace

std::size_t record_octets(const Datagram& datagram) {
  return kRecordHeaderOctets + ip_octets(datagram);
}

void put_segment_header(ByteWriter& out) {
  out.put(kMagicNanoseconds);
  out.put(kMajor);
  out.put(kMinor);
  out.put_zeros(8);  // zone and accuracy, which nobody fills
  out.put(kSnapOctets);
  out.put(kLinkTypeRaw);
}

void put_record_header(ByteWriter& out, const Datagram& datagram) {
  const auto octets = static_cast<std::uint32_t>(ip_octets(datagram));
  CHECK(octets <= kIpPacketMaxOctets);
  out.put(static_cast<std::uint32_t>(datagram.received_ns / kNsPerSecond));
  out.put(static_cast<std::uint32_t>(datagram.received_ns % kNsPerSecond));
  out.put(octets);
  out.put(octets);
  if (datagram.exporter.is_v4()) {
    put_ipv4(out, datagram);
  } else {
    put_ipv6(out, datagram);
  }
  out.put(datagram.exporter_port);
  out.put(datagram.local_port);
  out.put(static_cast<std::uint16_t>(kUdpHeaderOctets + datagram.payload.size()));
  out.put(udp_checksum(datagram));
}

bool take_segment_header(ByteReader& in) {
  const auto header = in.take<kSegmentHeaderOctets>();
  return header && load_be<std::uint32_t, 0>(*header) == kMagicNanoseconds &&
         load_be<std::uint16_t, 4>(*header) == kMajor &&
         load_be<std::uint32_t, 20>(*header) == kLinkTypeRaw;
}

base::Expected<Datagram, RecordFault> take_record(ByteReader& in) {
  ByteReader record = in;
  const auto header = record.take<kRecordHeaderOctets>();
  if (!header) return base::Unexpected(RecordFault::Torn);
  const std::size_t length = load_be<std::uint32_t, 8>(*header);
  // The length stands there twice, which tells one damaged bit in it from a damaged packet.
  if (length == 0 || length != load_be<std::uint32_t, 12>(*header)) {
    return base::Unexpected(RecordFault::Torn);
  }
  const auto packet = record.take(length);
  if (!packet) return base::Unexpected(RecordFault::Torn);
  in = record;
  std::uint16_t checksum = 0;
  auto datagram = parse_packet(*packet, checksum);
  if (!datagram || udp_checksum(*datagram) != checksum) {
    return base::Unexpected(RecordFault::Damaged);
  }
  datagram->received_ns =
      load_be<std::uint32_t, 0>(*header) * kNsPerSecond + load_be<std::uint32_t, 4>(*header);
  return *datagram;
}

}  // namespace collect
