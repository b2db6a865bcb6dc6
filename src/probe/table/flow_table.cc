#include "probe/table/flow_table.h"

#include <algorithm>
#include <bit>
#include <memory>

#include "base/check.h"

namespace probe {
namespace {

constexpr std::uint8_t kFin = 0x01;
constexpr std::uint8_t kRst = 0x04;
// After a FIN or RST the last acknowledgements still belong to the flow.
constexpr std::int64_t kLingerMs = 2'000;
// A clock that goes back further was set, or the packets are another capture's.
constexpr std::int64_t kStepBackMs = 60'000;

}  // namespace

std::int64_t FlowTable::slot_of(base::UnixMs time) {
  return base::floor_to(time, kSlotMs) / kSlotMs;
}

// The slot that begins at `time` or after it.
std::int64_t FlowTable::slot_after(base::UnixMs time) {
  return slot_of(time + kSlotMs - 1);
}

FlowTable::FlowTable(const TableSettings& settings)
    : settings_(settings),
      flows_(settings.flows_max),
      places_mask_(static_cast<std::uint32_t>(std::bit_ceil(settings.flows_max * 2) - 1)),
      places_(std::size_t{places_mask_} + 1) {
  CHECK(settings.flows_max > 0 && settings.flows_max < kNone / 4);
  wheel_.fill(kNone);
  ended_.reserve(kEndedMax);
}

void FlowTable::count(std::span<const SeenPacket> packets) {
  CHECK(packets.size() <= kAtOnceMax);
  if (!has_begun_ && !packets.empty()) {
    has_begun_ = true;
    visited_ = slot_of(packets.front().time);
    soonest_ = visited_ + 1;
  }
  std::array<std::uint32_t, kAtOnceMax> hashes;
  for (std::size_t i = 0; i < packets.size(); ++i) {
    hashes[i] = hash_of(FlowKey::of(packets[i].headers), settings_.seed);
    __builtin_prefetch(&places_[hashes[i] & places_mask_]);
  }
  for (std::size_t i = 0; i < packets.size(); ++i) {
    // Most flows are where their hash says; those that are not are only found later.
    const std::uint32_t index = places_[hashes[i] & places_mask_].flow_plus_one;
    if (index != 0) __builtin_prefetch(&flows_[index - 1]);
  }
  for (std::size_t i = 0; i < packets.size(); ++i) count(packets[i], hashes[i]);
}

void FlowTable::count(const SeenPacket& seen, std::uint32_t hash) {
  const auto& [packet, time] = seen;
  const FlowKey key = FlowKey::of(packet);
  std::uint32_t index = find(key, hash);
  if (index != kNone && flows_[index].octets + packet.octets > settings_.octets_max) {
    end(index, EndReason::Active);
    index = kNone;
  }
  if (index == kNone) index = add(packet, key, hash, time);

  Flow& flow = flows_[index];
  flow.octets += packet.octets;
  ++flow.packets;
  flow.tcp_flags |= packet.tcp_flags;
  if (time >= flow.last_ms) {
    flow.last_ms = time;
  } else {
    flow.first_ms = std::min(flow.first_ms, time);
  }
  if ((packet.tcp_flags & (kFin | kRst)) != 0 && !flow.is_finished) {
    flow.is_finished = true;
    take_off_wheel(index);
    file(index);
  }
}

std::uint32_t FlowTable::find(const FlowKey& key, std::uint32_t hash) const {
  for (std::uint32_t at = hash & places_mask_;; at = (at + 1) & places_mask_) {
    const Place& place = places_[at];
    if (place.flow_plus_one == 0) return kNone;
    if (place.hash == hash && flows_[place.flow_plus_one - 1].key == key) {
      return place.flow_plus_one - 1;
    }
  }
}

std::uint32_t FlowTable::add(const wire::PacketHeaders& packet, const FlowKey& key,
                             std::uint32_t hash, base::UnixMs time) {
  const std::uint32_t index = free_flow();
  std::uint32_t at = hash & places_mask_;
  while (places_[at].flow_plus_one != 0) at = (at + 1) & places_mask_;
  places_[at] = {hash, index + 1};

  Flow& flow = *std::construct_at(&flows_[index]);
  flow.key = key;
  flow.octets = 0;
  flow.last_ms = time;
  flow.packets = 0;
  flow.tcp_flags = 0;
  flow.is_finished = false;
  flow.tos = packet.tos;
  flow.first_ms = time;
  flow.hash = hash;
  file(index);
  ++live_;
  return index;
}

std::uint32_t FlowTable::free_flow() {
  if (live_ == settings_.flows_max) evict();
  if (free_ == kNone) return fresh_++;
  const std::uint32_t index = free_;
  free_ = flows_[index].next;
  return index;
}

void FlowTable::evict() {
  while (wheel_[place_in_wheel(soonest_)] == kNone) {
    ++soonest_;
    CHECK(soonest_ < visited_ + static_cast<std::int64_t>(kSlots));
  }
  end(wheel_[place_in_wheel(soonest_)], EndReason::NoRoom);
  ++evicted_;
}

void FlowTable::end(std::uint32_t index, EndReason reason) {
  Flow& flow = flows_[index];
  ended_.push_back({.key = flow.key,
                    .octets = flow.octets,
                    .packets = flow.packets,
                    .first_ms = flow.first_ms,
                    .last_ms = flow.last_ms,
                    .tos = flow.tos,
                    .tcp_flags = flow.tcp_flags,
                    .reason = reason});
  take_off_wheel(index);
  erase_place(index);
  flow.next = free_;
  free_ = index;
  --live_;
}

// Closes the gap: every later place of the same run moves up, unless that is before its own.
void FlowTable::erase_place(std::uint32_t index) {
  std::uint32_t gap = flows_[index].hash & places_mask_;
  while (places_[gap].flow_plus_one != index + 1) gap = (gap + 1) & places_mask_;
  for (std::uint32_t at = gap;;) {
    at = (at + 1) & places_mask_;
    if (places_[at].flow_plus_one == 0) break;
    const std::uint32_t home = places_[at].hash & places_mask_;
    if (((at - home) & places_mask_) < ((at - gap) & places_mask_)) continue;
    places_[gap] = places_[at];
    gap = at;
  }
  places_[gap].flow_plus_one = 0;
}

base::UnixMs FlowTable::deadline_ms(const Flow& flow) const {
  const std::int64_t idle_ms =
      flow.is_finished ? std::min(kLingerMs, settings_.inactive_ms) : settings_.inactive_ms;
  return std::min(flow.first_ms + settings_.active_ms, flow.last_ms + idle_ms);
}

EndReason FlowTable::reason_at(const Flow& flow, base::UnixMs now) const {
  if (flow.is_finished) return EndReason::Finished;
  return flow.last_ms + settings_.inactive_ms <= now ? EndReason::Idle : EndReason::Active;
}

void FlowTable::file(std::uint32_t index) {
  Flow& flow = flows_[index];
  const std::int64_t slot = std::clamp(slot_after(deadline_ms(flow)), visited_ + 1,
                                       visited_ + static_cast<std::int64_t>(kSlots) - 1);
  soonest_ = std::min(soonest_, slot);
  flow.slot = static_cast<std::uint16_t>(place_in_wheel(slot));
  flow.previous = kNone;
  flow.next = wheel_[flow.slot];
  if (flow.next != kNone) flows_[flow.next].previous = index;
  wheel_[flow.slot] = index;
}

void FlowTable::take_off_wheel(std::uint32_t index) {
  const Flow& flow = flows_[index];
  if (flow.previous == kNone) {
    wheel_[flow.slot] = flow.next;
  } else {
    flows_[flow.previous].next = flow.next;
  }
  if (flow.next != kNone) flows_[flow.next].previous = flow.previous;
}

bool FlowTable::expire(base::UnixMs now) {
  const std::int64_t until = slot_of(now);
  if (!has_begun_) return true;
  if (until < visited_ - kStepBackMs / kSlotMs) {
    if (!finish()) return false;
    visited_ = until;
    soonest_ = until + 1;
  }
  // Longer ago than the wheel is round: each slot once is enough.
  visited_ = std::max(visited_, until - static_cast<std::int64_t>(kSlots));
  while (visited_ < until) {
    if (!visit_slot(visited_ + 1)) return false;
  }
  return true;
}

// Ends or files again what is filed under `slot`, the next one. False: no room for what ended.
bool FlowTable::visit_slot(std::int64_t slot) {
  const base::UnixMs now = slot * kSlotMs;
  std::uint32_t& first = wheel_[place_in_wheel(slot)];
  std::uint32_t index = first;
  while (index != kNone) {
    const std::uint32_t next = flows_[index].next;
    if (deadline_ms(flows_[index]) <= now) {
      if (is_ended_full()) return false;
      end(index, reason_at(flows_[index], now));
    }
    index = next;
  }
  // What goes on is filed anew, behind this slot.
  index = first;
  first = kNone;
  visited_ = slot;
  soonest_ = std::max(soonest_, visited_ + 1);
  while (index != kNone) {
    const std::uint32_t next = flows_[index].next;
    file(index);
    index = next;
  }
  return true;
}

bool FlowTable::finish() {
  for (const std::uint32_t& first : wheel_) {
    while (first != kNone) {
      if (is_ended_full()) return false;
      end(first, EndReason::Forced);
    }
  }
  return true;
}

}  // namespace probe
