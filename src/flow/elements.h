#pragma once

#include <array>
#include <cstdint>
#include <optional>

#include "flow/columns.h"

// Which information element fills which column, by number: flow/ knows no octets. Elements that
// say something only together with others (sysUpTime stamps, samplers, the reverse half of a
// bidirectional record) stand in collect/decode/clues.h.
namespace flow {

struct Element {
  std::uint32_t enterprise;  // 0: IANA's
  std::uint16_t id;
  std::uint8_t min_octets;  // a template that gives it fewer or more does not fill the column
  std::uint8_t max_octets;
  Column column;
  // Of several elements for a column in one template, only those of the lowest rank fill it. Where
  // two have that rank (an address of either family), the last one that is not zero does.
  std::uint8_t rank;
};

inline constexpr auto kElements = std::to_array<Element>({
    {0, 1, 1, 8, Column::bytes, 0},               // octetDeltaCount
    {0, 2, 1, 8, Column::packets, 0},             // packetDeltaCount
    {0, 4, 1, 1, Column::protocol, 0},            // protocolIdentifier
    {0, 5, 1, 1, Column::tos, 0},                 // ipClassOfService
    {0, 6, 1, 2, Column::tcp_flags, 0},           // tcpControlBits
    {0, 7, 1, 4, Column::src_port, 0},            // sourceTransportPort
    {0, 8, 4, 4, Column::src, 0},                 // sourceIPv4Address
    {0, 9, 1, 1, Column::src_mask, 0},            // sourceIPv4PrefixLength
    {0, 10, 1, 8, Column::in_if, 0},              // ingressInterface
    {0, 11, 1, 4, Column::dst_port, 0},           // destinationTransportPort
    {0, 12, 4, 4, Column::dst, 0},                // destinationIPv4Address
    {0, 13, 1, 1, Column::dst_mask, 0},           // destinationIPv4PrefixLength
    {0, 14, 1, 8, Column::out_if, 0},             // egressInterface
    {0, 15, 4, 4, Column::next_hop, 0},           // ipNextHopIPv4Address
    {0, 16, 1, 8, Column::src_as, 0},             // bgpSourceAsNumber
    {0, 17, 1, 8, Column::dst_as, 0},             // bgpDestinationAsNumber
    {0, 18, 4, 4, Column::next_hop, 1},           // bgpNextHopIPv4Address
    {0, 23, 1, 8, Column::bytes, 3},              // postOctetDeltaCount
    {0, 24, 1, 8, Column::packets, 3},            // postPacketDeltaCount
    {0, 27, 16, 16, Column::src, 0},              // sourceIPv6Address
    {0, 28, 16, 16, Column::dst, 0},              // destinationIPv6Address
    {0, 29, 1, 1, Column::src_mask, 0},           // sourceIPv6PrefixLength
    {0, 30, 1, 1, Column::dst_mask, 0},           // destinationIPv6PrefixLength
    {0, 56, 6, 6, Column::src_mac, 0},            // sourceMacAddress
    {0, 57, 6, 6, Column::dst_mac, 1},            // postDestinationMacAddress
    {0, 58, 1, 4, Column::vlan, 0},               // vlanId
    {0, 61, 1, 1, Column::direction, 0},          // flowDirection
    {0, 62, 16, 16, Column::next_hop, 0},         // ipNextHopIPv6Address
    {0, 63, 16, 16, Column::next_hop, 1},         // bgpNextHopIPv6Address
    {0, 80, 6, 6, Column::dst_mac, 0},            // destinationMacAddress
    {0, 81, 6, 6, Column::src_mac, 1},            // postSourceMacAddress
    {0, 85, 1, 8, Column::bytes, 1},              // octetTotalCount
    {0, 86, 1, 8, Column::packets, 1},            // packetTotalCount
    {0, 89, 1, 4, Column::forwarding_status, 0},  // forwardingStatus
    {0, 136, 1, 1, Column::end_reason, 0},        // flowEndReason
    {0, 152, 8, 8, Column::start, 0},             // flowStartMilliseconds
    {0, 153, 8, 8, Column::end, 0},               // flowEndMilliseconds
    {0, 176, 1, 1, Column::icmp_type, 0},         // icmpTypeIPv4
    {0, 177, 1, 1, Column::icmp_code, 0},         // icmpCodeIPv4
    {0, 178, 1, 1, Column::icmp_type, 0},         // icmpTypeIPv6
    {0, 179, 1, 1, Column::icmp_code, 0},         // icmpCodeIPv6
    {0, 180, 1, 4, Column::src_port, 1},          // udpSourcePort
    {0, 181, 1, 4, Column::dst_port, 1},          // udpDestinationPort
    {0, 182, 1, 4, Column::src_port, 1},          // tcpSourcePort
    {0, 183, 1, 4, Column::dst_port, 1},          // tcpDestinationPort
    {0, 225, 4, 4, Column::nat_src, 0},           // postNATSourceIPv4Address
    {0, 226, 4, 4, Column::nat_dst, 0},           // postNATDestinationIPv4Address
    {0, 227, 1, 4, Column::nat_src_port, 0},      // postNAPTSourceTransportPort
    {0, 228, 1, 4, Column::nat_dst_port, 0},      // postNAPTDestinationTransportPort
    {0, 231, 1, 8, Column::bytes, 2},             // initiatorOctets
    {0, 243, 1, 4, Column::vlan, 1},              // dot1qVlanId
    {0, 252, 1, 8, Column::in_if, 1},             // ingressPhysicalInterface
    {0, 253, 1, 8, Column::out_if, 1},            // egressPhysicalInterface
    {0, 281, 16, 16, Column::nat_src, 0},         // postNATSourceIPv6Address
    {0, 282, 16, 16, Column::nat_dst, 0},         // postNATDestinationIPv6Address
    {0, 298, 1, 8, Column::packets, 2},           // initiatorPackets
});

// The row of an element; empty: it fills no column.
constexpr std::optional<Element> find_element(std::uint32_t enterprise, std::uint16_t id) {
  for (const Element& element : kElements) {
    if (element.enterprise == enterprise && element.id == id) return element;
  }
  return std::nullopt;
}

// The other direction, for exporting: the element of the lowest rank that carries `column`; for an
// address, of the family asked for.
constexpr std::optional<Element> element_for(Column column, bool ipv6 = false) {
  std::optional<Element> best;
  for (const Element& element : kElements) {
    if (element.column != column) continue;
    if (spec(column).type == ColumnType::Address && ipv6 != (element.max_octets == 16)) continue;
    if (!best || element.rank < best->rank) best = element;
  }
  return best;
}

}  // namespace flow
