#include "wire/packet/link.h"

namespace wire {
namespace {

constexpr std::uint16_t kTypeIpv4 = 0x0800;
constexpr std::uint16_t kTypeIpv6 = 0x86dd;
constexpr std::uint16_t kTypeVlan = 0x8100;
constexpr std::uint16_t kTypeServiceVlan = 0x88a8;
constexpr std::uint16_t kTypeOldServiceVlan = 0x9100;
constexpr std::uint16_t kTypeOlderServiceVlan = 0x9200;
constexpr std::uint16_t kTypeMpls = 0x8847;
constexpr std::uint16_t kTypeMplsMulticast = 0x8848;
constexpr std::uint16_t kTypePppoeSession = 0x8864;
constexpr std::uint16_t kFirstType = 0x0600;  // below: the frame's length, an LLC header follows

constexpr std::uint16_t kPppIpv4 = 0x0021;
constexpr std::uint16_t kPppIpv6 = 0x0057;
constexpr std::uint16_t kPppMpls = 0x0281;
constexpr std::uint16_t kPppAddressAndControl = 0xff03;

constexpr std::uint64_t kSnap = 0xaaaa'0300'0000;  // of six octets; the type follows

constexpr std::uint16_t kLinkBsdLoopback = 0;
constexpr std::uint16_t kLinkEthernet = 1;
constexpr std::uint16_t kLinkPpp = 9;
constexpr std::uint16_t kLinkRawOnBsd = 12;
constexpr std::uint16_t kLinkRawOnOpenBsd = 14;
constexpr std::uint16_t kLinkPppSerial = 50;
constexpr std::uint16_t kLinkPppoe = 51;
constexpr std::uint16_t kLinkRaw = 101;
constexpr std::uint16_t kLinkCiscoHdlc = 104;
constexpr std::uint16_t kLinkOpenBsdLoopback = 108;
constexpr std::uint16_t kLinkLinuxCooked = 113;
constexpr std::uint16_t kLinkIpv4 = 228;
constexpr std::uint16_t kLinkIpv6 = 229;
constexpr std::uint16_t kLinkLinuxCooked2 = 276;

using Parsed = base::Expected<LinkFrame, Unread>;

Parsed truncated() {
  return base::Unexpected(Unread::LinkTruncated);
}

// Labels until the bottom of the stack (RFC 3032). What follows says only by its first four bits
// what it is; a pseudowire's control word or Ethernet frame is not IP.
Parsed after_mpls(ByteReader rest, std::uint16_t vlan) {
  while (true) {
    const auto label = rest.take<4>();
    if (!label) return truncated();
    if ((load_be<std::uint8_t, 2>(*label) & 1) != 0) break;
  }
  if (rest.remaining() == 0) return truncated();
  const unsigned version = std::to_integer<unsigned>(rest.rest().front()) >> 4;
  if (version != 4 && version != 6) return base::Unexpected(Unread::NotIp);
  return LinkFrame{rest.rest(), vlan};
}

// From PPP's protocol on (RFC 1661); its address and control octets may stand before it.
Parsed after_ppp(ByteReader rest, std::uint16_t vlan) {
  auto protocol = rest.take<2>();
  if (!protocol) return truncated();
  if (load_be<std::uint16_t, 0>(*protocol) == kPppAddressAndControl) protocol = rest.take<2>();
  if (!protocol) return truncated();
  switch (load_be<std::uint16_t, 0>(*protocol)) {
    case kPppIpv4:
    case kPppIpv6:
      return LinkFrame{rest.rest(), vlan};
    case kPppMpls:
      return after_mpls(rest, vlan);
    default:
      return base::Unexpected(Unread::NotIp);
  }
}

// RFC 2516: version and type, code (0 for data), session, length, then PPP without its address.
Parsed after_pppoe(ByteReader rest, std::uint16_t vlan) {
  const auto header = rest.take<6>();
  if (!header) return truncated();
  if (load_be<std::uint16_t, 0>(*header) != 0x1100) return base::Unexpected(Unread::NotIp);
  return after_ppp(rest, vlan);
}

// An LLC header in front, where a length stands in the type's place.
Parsed after_llc(ByteReader rest, std::uint16_t vlan) {
  const auto header = rest.take<8>();
  if (!header) return truncated();
  if (load_be_any(header->first<6>()) != kSnap) return base::Unexpected(Unread::NotIp);
  const auto type = load_be<std::uint16_t, 6>(*header);
  if (type != kTypeIpv4 && type != kTypeIpv6) return base::Unexpected(Unread::NotIp);
  return LinkFrame{rest.rest(), vlan};
}

// What follows an Ethernet type, behind any VLAN tags.
Parsed after_type(std::uint16_t type, ByteReader rest) {
  std::uint16_t vlan = 0;
  while (type == kTypeVlan || type == kTypeServiceVlan || type == kTypeOldServiceVlan ||
         type == kTypeOlderServiceVlan) {
    const auto tag = rest.take<4>();
    if (!tag) return truncated();
    if (vlan == 0) vlan = load_be<std::uint16_t, 0>(*tag) & 0x0fff;
    type = load_be<std::uint16_t, 2>(*tag);
  }
  switch (type) {
    case kTypeIpv4:
    case kTypeIpv6:
      return LinkFrame{rest.rest(), vlan};
    case kTypeMpls:
    case kTypeMplsMulticast:
      return after_mpls(rest, vlan);
    case kTypePppoeSession:
      return after_pppoe(rest, vlan);
    default:
      return type < kFirstType ? after_llc(rest, vlan) : base::Unexpected(Unread::NotIp);
  }
}

// A header of Size octets with an Ethernet type at Offset.
template <std::size_t Size, std::size_t Offset>
Parsed after_header_with_type(ByteReader frame) {
  const auto header = frame.take<Size>();
  if (!header) return truncated();
  return after_type(load_be<std::uint16_t, Offset>(*header), frame);
}

Parsed after_loopback(ByteReader frame) {
  if (!frame.take<4>()) return truncated();  // the family, whose number every system chose anew
  return LinkFrame{frame.rest(), 0};
}

}  // namespace

base::Expected<LinkFrame, Unread> parse_link(std::uint16_t link_type, ByteView frame) {
  const ByteReader reader(frame);
  switch (link_type) {
    case kLinkEthernet:
      return after_header_with_type<14, 12>(reader);
    case kLinkLinuxCooked:
      return after_header_with_type<16, 14>(reader);
    case kLinkLinuxCooked2:
      return after_header_with_type<20, 0>(reader);
    case kLinkCiscoHdlc:
      return after_header_with_type<4, 2>(reader);
    case kLinkPpp:
    case kLinkPppSerial:
      return after_ppp(reader, 0);
    case kLinkPppoe:
      return after_pppoe(reader, 0);
    case kLinkBsdLoopback:
    case kLinkOpenBsdLoopback:
      return after_loopback(reader);
    case kLinkRaw:
    case kLinkRawOnBsd:
    case kLinkRawOnOpenBsd:
    case kLinkIpv4:
    case kLinkIpv6:
      return LinkFrame{frame, 0};
    default:
      return base::Unexpected(Unread::LinkTypeUnknown);
  }
}

}  // namespace wire
