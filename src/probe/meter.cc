#include "probe/meter.h"

#include <algorithm>
#include <span>

namespace probe {
namespace {

constexpr std::int64_t kTickMs = 125;
constexpr std::int64_t kFlushMs = 1'000;  // how long a flow waits for a datagram to be full
// Packets of several sources come a little out of order; more than this, and a clock was set.
constexpr std::int64_t kClockSetBackMs = 61'000;

}  // namespace

Meter::Meter(const MeterSettings& settings, const ExporterSettings& exporter,
             std::unique_ptr<Outlet> outlet)
    : sampler_(settings.sampling_rate, settings.seed),
      table_(settings.table),
      exporter_(exporter, std::move(outlet)) {}

void Meter::count(std::uint16_t link_type, wire::ByteView frame, std::size_t wire_octets,
                  base::UnixMs time) {
  auto packet = wire::parse_headers(link_type, frame, wire_octets);
  if (!packet) {
    ++counts_.unread[static_cast<std::size_t>(packet.error())];
    return;
  }
  const bool is_whole_and_known = packet->ports == wire::Ports::Known && !packet->is_first_fragment;
  if (!is_whole_and_known || packet->says_too_much) resolve_ports(*packet, time);
  ++counts_.counted;
  counts_.counted_octets += packet->octets;
  waiting_[waiting_count_++] = {*packet, time};
  if (waiting_count_ == waiting_.size()) settle();
}

void Meter::settle() {
  table_.count(std::span(waiting_).first(waiting_count_));
  waiting_count_ = 0;
  if (table_.is_ended_full()) hand_over();
}

// What of the packet is not known is counted; a later fragment takes its first one's ports.
void Meter::resolve_ports(wire::PacketHeaders& packet, base::UnixMs time) {
  if (packet.says_too_much) ++counts_.says_too_much;
  switch (packet.ports) {
    case wire::Ports::None:
    case wire::Ports::Known:
      if (packet.is_first_fragment) fragments_.remember(packet, time);
      break;
    case wire::Ports::BeyondSnaplen:
      ++counts_.ports_beyond_snaplen;
      break;
    case wire::Ports::Truncated:
      ++counts_.ports_truncated;
      break;
    case wire::Ports::LaterFragment:
    case wire::Ports::LaterUnknown:
      if (!fragments_.give_ports(packet, time)) ++counts_.fragments_without_first;
      break;
  }
}

void Meter::tick(base::UnixMs now) {
  if (now < clock_went_back_ms_) exporter_.flush(now_);  // what waits is of the clock as it was
  now_ = now;
  next_tick_ms_ = base::floor_to(now, kTickMs) + kTickMs;
  clock_went_back_ms_ = now - kClockSetBackMs;
  settle();
  while (!table_.expire(now)) hand_over();
  hand_over();
  if (now < next_flush_ms_ && now >= next_flush_ms_ - kFlushMs) return;
  next_flush_ms_ = base::floor_to(now, kFlushMs) + kFlushMs;
  exporter_.flush(now);
}

void Meter::finish() {
  settle();
  while (!table_.finish()) hand_over();
  hand_over();
  exporter_.flush(now_);
}

void Meter::return_as(std::uint32_t interface_index) {
  if (interface_index == exporter_.interface_index()) return;
  finish();
  exporter_.move_to(interface_index, now_);
}

void Meter::hand_over() {
  // A header's time is never before the end of a flow it tells of.
  for (const EndedFlow& flow : table_.ended()) now_ = std::max(now_, flow.last_ms);
  exporter_.add(table_.ended(), now_);
  table_.clear_ended();
}

}  // namespace probe
