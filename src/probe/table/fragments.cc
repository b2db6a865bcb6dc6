#include "probe/table/fragments.h"

namespace probe {

std::size_t Fragments::place_of(const wire::PacketHeaders& packet) {
  const std::uint64_t mixed =
      (packet.src.lo ^ packet.dst.lo * 31 ^ packet.fragment_id) * 0x9e3779b97f4a7c15;
  return static_cast<std::size_t>(mixed >> 32) % kPlaces;
}

void Fragments::remember(const wire::PacketHeaders& first, base::UnixMs now) {
  places_[place_of(first)] = {.src = first.src,
                              .dst = first.dst,
                              .time = now,
                              .id = first.fragment_id,
                              .src_port = first.src_port,
                              .dst_port = first.dst_port,
                              .vlan = first.vlan,
                              .protocol = first.protocol,
                              .is_used = true};
}

bool Fragments::give_ports(wire::PacketHeaders& later, base::UnixMs now) const {
  const Place& place = places_[place_of(later)];
  const bool is_its_own =
      place.is_used && place.id == later.fragment_id && place.src == later.src &&
      place.dst == later.dst &&
      (later.ports == wire::Ports::LaterUnknown || place.protocol == later.protocol) &&
      place.vlan == later.vlan && now - place.time <= kAgeMaxMs;
  if (!is_its_own) return false;
  later.protocol = place.protocol;
  later.src_port = place.src_port;
  later.dst_port = place.dst_port;
  return true;
}

}  // namespace probe
