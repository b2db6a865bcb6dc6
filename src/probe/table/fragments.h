#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "base/clock.h"
#include "wire/packet/headers.h"

namespace probe {

// Remembers protocol and ports of packets whose first fragment was seen, for the fragments that
// follow it.
//
// Bounded: kPlaces packets, each in the one place that its addresses and id choose; a newer one
// takes it over.
class Fragments {
 public:
  static constexpr std::size_t kPlaces = 4'096;
  static constexpr std::int64_t kAgeMaxMs = 30'000;  // ids come again

  Fragments() : places_(kPlaces) {}

  void remember(const wire::PacketHeaders& first, base::UnixMs now);

  // Gives a later fragment its packet's protocol and ports. False: the first fragment is not known.
  bool give_ports(wire::PacketHeaders& later, base::UnixMs now) const;

 private:
  struct Place {
    wire::IpAddress src;
    wire::IpAddress dst;
    base::UnixMs time = 0;
    std::uint32_t id = 0;
    std::uint16_t src_port = 0;
    std::uint16_t dst_port = 0;
    std::uint16_t vlan = 0;
    std::uint8_t protocol = 0;
    bool is_used = false;
  };
  static std::size_t place_of(const wire::PacketHeaders& packet);

  std::vector<Place> places_;
};

}  // namespace probe
