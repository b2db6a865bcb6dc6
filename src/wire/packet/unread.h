#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <string_view>

namespace wire {

// Why a captured frame tells no IP packet. Not always a fault: a network carries more than IP.
enum class Unread : std::uint8_t {
  LinkTypeUnknown,     // the capture's link type is none we read
  LinkTruncated,       // the frame ends within its link headers
  NotIp,               // ARP, LLDP, spanning tree...
  IpTruncated,         // the frame ends within the IP header
  IpLies,              // a version, header length or total length that no packet can have
  ExtensionTruncated,  // the packet ends within its IPv6 extension headers
};
inline constexpr auto kUnread = std::to_array<Unread>({
    Unread::LinkTypeUnknown,
    Unread::LinkTruncated,
    Unread::NotIp,
    Unread::IpTruncated,
    Unread::IpLies,
    Unread::ExtensionTruncated,
});

// For a line of statistics: "cut off within the IP header".
std::string_view to_text(Unread unread);

}  // namespace wire
