#include "wire/packet/ip.h"

#include <algorithm>

namespace wire {
namespace {

constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86dd;
constexpr std::uint16_t kTypeVlan = 0x8100;
constexpr std::uint16_t kTypeServiceVlan = 0x88a8;
constexpr std::uint16_t kTypeOldServiceVlan = 0x9100;

constexpr std::uint16_t kLinkBsdLoopback = 0;
constexpr std::uint16_t kLinkEthernet = 1;
constexpr std::uint16_t kLinkRawOnBsd = 12;
constexpr std::uint16_t kLinkRawOnOpenBsd = 14;
constexpr std::uint16_t kLinkRaw = 101;
constexpr std::uint16_t kLinkOpenBsdLoopback = 108;
constexpr std::uint16_t kLinkLinuxCooked = 113;
constexpr std::uint16_t kLinkIpv4 = 228;
constexpr std::uint16_t kLinkIpv6 = 229;
constexpr std::uint16_t kLinkLinuxCooked2 = 276;

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kDestinationOptions = 60;

// What follows a type field, when that says IP.
std::optional<ByteView> after_type(std::uint16_t type, ByteReader rest) {
  if (type != kTypeIpv4 && type != kTypeIpv6) return std::nullopt;
  return rest.rest();
}

std::optional<ByteView> after_vlan_tags(std::uint16_t type, ByteReader rest) {
  while (type == kTypeVlan || type == kTypeServiceVlan || type == kTypeOldServiceVlan) {
    const auto tag = rest.take<4>();
    if (!tag) return std::nullopt;
    type = load_be<std::uint16_t, 2>(*tag);
  }
  return after_type(type, rest);
}

template <std::size_t Skipped>
std::optional<ByteView> after_header(ByteReader frame) {
  if (!frame.take<Skipped>()) return std::nullopt;
  return frame.rest();
}

std::optional<IpPacket> parse_ipv4(ByteView packet) {
  ByteReader reader(packet);
  const auto fixed = reader.take<20>();
  if (!fixed) return std::nullopt;
  const std::size_t header = (load_be<std::uint8_t, 0>(*fixed) & 0x0fu) * std::size_t{4};
  if (header < 20 || header > packet.size()) return std::nullopt;
  // 0: the sender's network card was to cut it into packets; all that was captured is its.
  const std::size_t said = load_be<std::uint16_t, 2>(*fixed);
  const std::size_t total = said == 0 ? packet.size() : std::min<std::size_t>(said, packet.size());
  if (total < header) return std::nullopt;

  constexpr std::uint64_t kMapped = std::uint64_t{0xffff} << 32;
  IpPacket parsed{.src = {0, kMapped | load_be<std::uint32_t, 12>(*fixed)},
                  .dst = {0, kMapped | load_be<std::uint32_t, 16>(*fixed)},
                  .protocol = load_be<std::uint8_t, 9>(*fixed),
                  .fragment = std::nullopt,
                  .payload = packet.subspan(header, total - header)};
  const auto flags_and_offset = load_be<std::uint16_t, 6>(*fixed);
  const bool more = (flags_and_offset & 0x2000) != 0;
  const std::uint32_t offset = (flags_and_offset & 0x1fffu) * 8;
  if (more || offset != 0) {
    parsed.fragment = IpFragment{load_be<std::uint16_t, 4>(*fixed), offset, !more};
  }
  return parsed;
}

bool is_extension(std::uint8_t header) {
  return header == kHopByHop || header == kRouting || header == kDestinationOptions;
}

// Walks the extension headers in front of the payload; stops behind a fragment header, for what
// follows it is complete only when joined.
bool skip_extensions(ByteReader& reader, IpPacket& parsed) {
  while (is_extension(parsed.protocol)) {
    const auto head = reader.take<2>();
    if (!head) return false;
    parsed.protocol = load_be<std::uint8_t, 0>(*head);
    if (!reader.take(6 + std::size_t{load_be<std::uint8_t, 1>(*head)} * 8)) return false;
  }
  if (parsed.protocol != kFragment) return true;
  const auto head = reader.take<8>();
  if (!head) return false;
  const auto offset_and_more = load_be<std::uint16_t, 2>(*head);
  parsed.protocol = load_be<std::uint8_t, 0>(*head);
  parsed.fragment = IpFragment{load_be<std::uint32_t, 4>(*head), offset_and_more & 0xfff8u,
                               (offset_and_more & 1) == 0};
  return true;
}

std::optional<IpPacket> parse_ipv6(ByteView packet) {
  ByteReader reader(packet);
  const auto fixed = reader.take<40>();
  if (!fixed) return std::nullopt;
  const std::size_t said = load_be<std::uint16_t, 4>(*fixed);
  ByteReader body(said == 0 ? reader.rest()
                            : reader.rest().first(std::min(said, reader.remaining())));
  IpPacket parsed{.src = {load_be<std::uint64_t, 8>(*fixed), load_be<std::uint64_t, 16>(*fixed)},
                  .dst = {load_be<std::uint64_t, 24>(*fixed), load_be<std::uint64_t, 32>(*fixed)},
                  .protocol = load_be<std::uint8_t, 6>(*fixed),
                  .fragment = std::nullopt,
                  .payload = {}};
  if (!skip_extensions(body, parsed)) return std::nullopt;
  parsed.payload = body.rest();
  return parsed;
}

}  // namespace

std::optional<IpPacket> parse_ip(ByteView packet) {
  if (packet.empty()) return std::nullopt;
  switch (std::to_integer<unsigned>(packet.front()) >> 4) {
    case 4:
      return parse_ipv4(packet);
    case 6:
      return parse_ipv6(packet);
    default:
      return std::nullopt;
  }
}

std::optional<ByteView> ip_packet_of(std::uint16_t link_type, ByteView frame) {
  ByteReader reader(frame);
  switch (link_type) {
    case kLinkEthernet: {
      const auto header = reader.take<14>();
      if (!header) return std::nullopt;
      return after_vlan_tags(load_be<std::uint16_t, 12>(*header), reader);
    }
    case kLinkLinuxCooked: {
      const auto header = reader.take<16>();
      if (!header) return std::nullopt;
      return after_vlan_tags(load_be<std::uint16_t, 14>(*header), reader);
    }
    case kLinkLinuxCooked2: {
      const auto header = reader.take<20>();
      if (!header) return std::nullopt;
      return after_vlan_tags(load_be<std::uint16_t, 0>(*header), reader);
    }
    case kLinkBsdLoopback:
    case kLinkOpenBsdLoopback:
      return after_header<4>(reader);
    case kLinkRaw:
    case kLinkRawOnBsd:
    case kLinkRawOnOpenBsd:
    case kLinkIpv4:
    case kLinkIpv6:
      return frame;
    default:
      return std::nullopt;
  }
}

}  // namespace wire
