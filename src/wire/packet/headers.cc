#include "wire/packet/headers.h"

#include <algorithm>

#include "wire/packet/link.h"

namespace wire {
namespace {

constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kDccp = 33;
constexpr std::uint8_t kIcmp6 = 58;
constexpr std::uint8_t kSctp = 132;
constexpr std::uint8_t kUdpLite = 136;

// False: cut off before the ports.
bool read_ports(ByteReader payload, PacketHeaders& headers) {
  if (!has_ports(headers.protocol)) {
    const auto type_and_code = payload.take<2>();
    if (type_and_code) headers.dst_port = load_be<std::uint16_t, 0>(*type_and_code);
    return type_and_code.has_value();
  }
  const auto ports = payload.take<4>();
  if (!ports) return false;
  headers.src_port = load_be<std::uint16_t, 0>(*ports);
  headers.dst_port = load_be<std::uint16_t, 2>(*ports);
  if (headers.protocol != kTcp) return true;
  // Sequence, acknowledgement, header length, flags.
  const auto rest = payload.take<10>();
  if (rest) headers.tcp_flags = load_be<std::uint8_t, 9>(*rest);
  return true;
}

}  // namespace

bool has_ports(std::uint8_t protocol) {
  return protocol == kTcp || protocol == kUdp || protocol == kSctp || protocol == kUdpLite ||
         protocol == kDccp;
}

base::Expected<PacketHeaders, Unread> parse_headers(std::uint16_t link_type, ByteView frame,
                                                    std::size_t wire_octets) {
  const auto link = parse_link(link_type, frame);
  if (!link) return base::Unexpected(link.error());
  const auto ip = parse_ip(link->packet);
  if (!ip) return base::Unexpected(ip.error());

  const std::size_t link_octets = frame.size() - link->packet.size();
  const std::size_t on_wire = std::max(wire_octets, frame.size()) - link_octets;
  PacketHeaders headers;
  headers.src = ip->src;
  headers.dst = ip->dst;
  headers.octets = ip->said_octets == 0 ? on_wire : ip->said_octets;
  headers.vlan = link->vlan;
  headers.protocol = ip->protocol;
  headers.tos = ip->tos;
  headers.says_too_much = headers.octets > on_wire;
  const bool has_ports_or_type =
      has_ports(ip->protocol) || ip->protocol == kIcmp || ip->protocol == kIcmp6;
  if (ip->fragment) {
    headers.fragment_id = ip->fragment->id;
    headers.is_first_fragment = ip->fragment->offset == 0 && !ip->fragment->is_last;
  }
  const bool is_later_fragment = ip->fragment && ip->fragment->offset != 0;
  if (is_later_fragment && ip->fragment->has_more_headers) {
    headers.ports = Ports::LaterUnknown;
  } else if (!has_ports_or_type) {
    headers.ports = Ports::None;
  } else if (is_later_fragment) {
    headers.ports = Ports::LaterFragment;
  } else if (read_ports(ByteReader(ip->payload), headers)) {
    headers.ports = Ports::Known;
  } else {
    const bool is_cut = link->packet.size() < std::min<std::size_t>(on_wire, headers.octets);
    headers.ports = is_cut ? Ports::BeyondSnaplen : Ports::Truncated;
  }
  return headers;
}

}  // namespace wire
