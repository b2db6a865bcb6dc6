#include "wire/packet/ip.h"

#include <algorithm>

namespace wire {
namespace {

constexpr std::uint8_t kHopByHop = 0;
constexpr std::uint8_t kRouting = 43;
constexpr std::uint8_t kFragment = 44;
constexpr std::uint8_t kAuthentication = 51;
constexpr std::uint8_t kDestinationOptions = 60;

using Parsed = base::Expected<IpPacket, Unread>;

Parsed parse_ipv4(ByteView packet) {
  ByteReader reader(packet);
  const auto fixed = reader.take<20>();
  if (!fixed) return base::Unexpected(Unread::IpTruncated);
  const std::size_t header = (load_be<std::uint8_t, 0>(*fixed) & 0x0fu) * std::size_t{4};
  if (header < 20) return base::Unexpected(Unread::IpLies);
  if (header > packet.size()) return base::Unexpected(Unread::IpTruncated);
  // 0: the sender's network card was to cut it into packets; all that was captured is its.
  const std::size_t said = load_be<std::uint16_t, 2>(*fixed);
  const std::size_t total = said == 0 ? packet.size() : std::min<std::size_t>(said, packet.size());
  if (total < header) return base::Unexpected(Unread::IpLies);

  constexpr std::uint64_t kMapped = std::uint64_t{0xffff} << 32;
  IpPacket parsed{.src = {0, kMapped | load_be<std::uint32_t, 12>(*fixed)},
                  .dst = {0, kMapped | load_be<std::uint32_t, 16>(*fixed)},
                  .protocol = load_be<std::uint8_t, 9>(*fixed),
                  .tos = load_be<std::uint8_t, 1>(*fixed),
                  .said_octets = said,
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
  return header == kHopByHop || header == kRouting || header == kFragment ||
         header == kDestinationOptions || header == kAuthentication;
}

bool skip_fragment_header(ByteReader& reader, IpPacket& parsed) {
  const auto head = reader.take<8>();
  if (!head) return false;
  const auto offset_and_more = load_be<std::uint16_t, 2>(*head);
  parsed.protocol = load_be<std::uint8_t, 0>(*head);
  // The one fragment of a whole packet is no fragment (RFC 6946).
  if ((offset_and_more & 0xfff9u) == 0) return true;
  parsed.fragment = IpFragment{load_be<std::uint32_t, 4>(*head), offset_and_more & 0xfff8u,
                               (offset_and_more & 1) == 0};
  return true;
}

// Walks the extension headers in front of the payload. The first fragment has them all (RFC 7112),
// a later one none: its header names what follows in the first.
bool skip_extensions(ByteReader& reader, IpPacket& parsed) {
  while (is_extension(parsed.protocol)) {
    if (parsed.fragment) {
      parsed.fragment->has_more_headers = true;
      if (parsed.fragment->offset != 0) break;
    }
    if (parsed.protocol == kFragment) {
      if (parsed.fragment) break;  // nobody makes fragments of fragments
      if (!skip_fragment_header(reader, parsed)) return false;
      continue;
    }
    const auto head = reader.take<2>();
    if (!head) return false;
    const std::size_t length = load_be<std::uint8_t, 1>(*head);
    // RFC 4302 section 2.2 counts in words of four octets, less two of them.
    const std::size_t rest = parsed.protocol == kAuthentication ? 6 + length * 4 : 6 + length * 8;
    if (!reader.take(rest)) return false;
    parsed.protocol = load_be<std::uint8_t, 0>(*head);
  }
  return true;
}

Parsed parse_ipv6(ByteView packet) {
  constexpr std::size_t kFixed = 40;
  ByteReader reader(packet);
  const auto fixed = reader.take<kFixed>();
  if (!fixed) return base::Unexpected(Unread::IpTruncated);
  const std::size_t said = load_be<std::uint16_t, 4>(*fixed);
  ByteReader body(said == 0 ? reader.rest()
                            : reader.rest().first(std::min(said, reader.remaining())));
  IpPacket parsed{.src = {load_be<std::uint64_t, 8>(*fixed), load_be<std::uint64_t, 16>(*fixed)},
                  .dst = {load_be<std::uint64_t, 24>(*fixed), load_be<std::uint64_t, 32>(*fixed)},
                  .protocol = load_be<std::uint8_t, 6>(*fixed),
                  .tos = static_cast<std::uint8_t>(load_be<std::uint16_t, 0>(*fixed) >> 4 & 0xff),
                  .said_octets = said == 0 ? 0 : kFixed + said,
                  .fragment = std::nullopt,
                  .payload = {}};
  if (!skip_extensions(body, parsed)) return base::Unexpected(Unread::ExtensionTruncated);
  parsed.payload = body.rest();
  return parsed;
}

}  // namespace

base::Expected<IpPacket, Unread> parse_ip(ByteView packet) {
  if (packet.empty()) return base::Unexpected(Unread::IpTruncated);
  switch (std::to_integer<unsigned>(packet.front()) >> 4) {
    case 4:
      return parse_ipv4(packet);
    case 6:
      return parse_ipv6(packet);
    default:
      return base::Unexpected(Unread::IpLies);
  }
}

}  // namespace wire
