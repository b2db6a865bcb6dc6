#include "collect/rollup/rollup.h"

#include "flow/name_pool.h"

namespace collect {
namespace {

using flow::Column;
using flow::FlowRecord;
using flow::Locality;
using flow::Volume;
using flow::Way;

std::size_t mix(const flow::Address& address, std::uint64_t rest) {
  const std::uint64_t mixed = (std::hash<flow::Address>{}(address) ^ rest) * 0x9e3779b97f4a7c15;
  return mixed ^ mixed >> 32;
}

std::int64_t rate_of(const FlowRecord& flow) {
  return flow.has(Column::sampling_rate) && flow.sampling_rate > 0 ? flow.sampling_rate : 1;
}

Volume volume_of(std::int64_t bytes, std::int64_t packets, std::int64_t flows, std::int64_t rate) {
  return {.bytes = multiply_saturated(bytes, rate),
          .packets = multiply_saturated(packets, rate),
          .flows = multiply_saturated(flows, rate),
          .raw_bytes = bytes,
          .raw_packets = packets,
          .raw_flows = flows};
}

std::int64_t bytes_of(const FlowRecord& flow) {
  return flow.has(Column::bytes) ? flow.bytes : 0;
}
std::int64_t packets_of(const FlowRecord& flow) {
  return flow.has(Column::packets) ? flow.packets : 0;
}

}  // namespace

std::size_t hash_value(const HostKey& key) {
  return mix(key.host, std::uint64_t{key.app} << 2 | (key.peer_is_local ? 2u : 0u) |
                           static_cast<std::uint64_t>(key.way));
}
std::size_t hash_value(const InterfaceKey& key) {
  return mix(key.exporter, std::uint64_t{key.interface} << 32 | std::uint64_t{key.app} << 1 |
                               static_cast<std::uint64_t>(key.way));
}

void Rollup::add(std::span<const FlowRecord> flows) {
  spread_minutes_left_ += budget_.minutes_per_flow * static_cast<std::int64_t>(flows.size());
  for (const FlowRecord& flow : flows) {
    const flow::Times times = flow::effective_times(flow);
    const base::UnixMs minute = base::floor_to(times.end, base::kMsPerMinute);
    if (times.start >= minute) {
      add_to_minute(flow, minute, volume_of(bytes_of(flow), packets_of(flow), 1, rate_of(flow)));
    } else {
      add_crossing(flow, times);
    }
  }
}

void Rollup::add_crossing(const FlowRecord& flow, const flow::Times& times) {
  const base::UnixMs first = base::floor_to(times.start, base::kMsPerMinute);
  const base::UnixMs last = base::floor_to(times.end, base::kMsPerMinute);
  const std::int64_t minutes = (last - first) / base::kMsPerMinute + 1;
  if (minutes <= spread_minutes_left_) {
    spread_minutes_left_ -= minutes;
    spread(flow, times);
    return;
  }
  const Volume volume = volume_of(bytes_of(flow), packets_of(flow), 1, rate_of(flow));
  for_each_key(flow, [&](auto& sums, const auto&) { sums.add_to_stretch(first, last, volume); });
}

// A flow that begins in an earlier minute than it ends: each minute takes its share, and the last
// one the flow.
void Rollup::spread(const FlowRecord& flow, const flow::Times& times) {
  const std::int64_t bytes = bytes_of(flow);
  const std::int64_t packets = packets_of(flow);
  std::int64_t bytes_before = 0;
  std::int64_t packets_before = 0;
  for (base::UnixMs minute = base::floor_to(times.start, base::kMsPerMinute); minute <= times.end;
       minute += base::kMsPerMinute) {
    const base::UnixMs next = minute + base::kMsPerMinute;
    const bool is_last = next > times.end;
    const std::int64_t bytes_here = is_last ? bytes : flow::share_before(bytes, times, next);
    const std::int64_t packets_here = is_last ? packets : flow::share_before(packets, times, next);
    const Volume volume = volume_of(bytes_here - bytes_before, packets_here - packets_before,
                                    is_last ? 1 : 0, rate_of(flow));
    if (volume.raw_bytes != 0 || volume.raw_packets != 0 || is_last) {
      add_to_minute(flow, minute, volume);
    }
    bytes_before = bytes_here;
    packets_before = packets_here;
  }
}

template <class Add>
void Rollup::for_each_key(const FlowRecord& flow, Add add) {
  const std::uint32_t app = flow.has(Column::app) ? flow.app : flow::NamePool::kOther;
  // Interfaces answer for their exporter, so they count rows of every observation point.
  if (flow.has(Column::in_if)) {
    add(interfaces_, InterfaceKey{flow.exporter, flow.in_if, app, Way::In});
  }
  if (flow.has(Column::out_if)) {
    add(interfaces_, InterfaceKey{flow.exporter, flow.out_if, app, Way::Out});
  }
  if (!flow.has(Column::locality) || !flow.counted) return;
  const auto locality = static_cast<Locality>(flow.locality);
  const bool src_is_local =
      locality == Locality::LocalToLocal || locality == Locality::LocalToRemote;
  const bool dst_is_local =
      locality == Locality::LocalToLocal || locality == Locality::RemoteToLocal;
  if (src_is_local) add(hosts_, HostKey{flow.src, app, dst_is_local, Way::Out});
  if (dst_is_local) add(hosts_, HostKey{flow.dst, app, src_is_local, Way::In});
}

void Rollup::add_to_minute(const FlowRecord& flow, base::UnixMs minute, const Volume& volume) {
  for_each_key(flow, [&](auto& sums, const auto& key) { sums.add(minute, key, volume); });
}

flow::MinuteRows Rollup::take() {
  spread_minutes_left_ = budget_.minutes;
  flow::MinuteRows rows;
  rows.hosts.reserve(hosts_.keys());
  rows.interfaces.reserve(interfaces_.keys());
  hosts_.take(
      [&](base::UnixMs minute, const HostKey& key, const Volume& volume) {
        rows.hosts.push_back({.minute = minute,
                              .host = key.host,
                              .peer_is_local = key.peer_is_local,
                              .way = key.way,
                              .app = key.app,
                              .volume = volume});
      },
      [&](base::UnixMs minute, std::uint32_t cut_keys, const Volume& volume) {
        rows.hosts.push_back({.minute = minute,
                              .host = {},
                              .peer_is_local = false,
                              .way = Way::In,
                              .app = flow::NamePool::kOther,
                              .volume = volume,
                              .cut_keys = cut_keys});
      });
  interfaces_.take(
      [&](base::UnixMs minute, const InterfaceKey& key, const Volume& volume) {
        rows.interfaces.push_back({.minute = minute,
                                   .exporter = key.exporter,
                                   .interface = key.interface,
                                   .way = key.way,
                                   .app = key.app,
                                   .volume = volume});
      },
      [&](base::UnixMs minute, std::uint32_t cut_keys, const Volume& volume) {
        rows.interfaces.push_back({.minute = minute,
                                   .exporter = {},
                                   .interface = 0,
                                   .way = Way::In,
                                   .app = flow::NamePool::kOther,
                                   .volume = volume,
                                   .cut_keys = cut_keys});
      });
  return rows;
}

}  // namespace collect
