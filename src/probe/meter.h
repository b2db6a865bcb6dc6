#pragma once

#include <array>
#include <cstdint>
#include <limits>
#include <memory>

#include "base/clock.h"
#include "probe/exporter/flow_exporter.h"
#include "probe/sampler.h"
#include "probe/table/flow_table.h"
#include "probe/table/fragments.h"
#include "wire/packet/unread.h"

namespace probe {

// Invariant: packets = not_sampled + the sum of unread + counted.
struct MeterCounts {
  std::uint64_t packets = 0;
  std::uint64_t not_sampled = 0;
  std::uint64_t counted = 0;         // in flows
  std::uint64_t counted_octets = 0;  // as their IP headers say
  std::array<std::uint64_t, wire::kUnread.size()> unread{};
  // Counted, but something of them is not known.
  std::uint64_t ports_beyond_snaplen = 0;
  std::uint64_t ports_truncated = 0;
  std::uint64_t fragments_without_first = 0;
  std::uint64_t says_too_much = 0;
};

struct MeterSettings {
  TableSettings table;
  std::uint32_t sampling_rate = 1;
  std::uint64_t seed = 0;
};

// Packets of one capture queue become flows, ended flows datagrams. One thread; the packets' times
// are the clock, and tick() between them.
class Meter {
 public:
  Meter(const MeterSettings& settings, const ExporterSettings& exporter,
        std::unique_ptr<Outlet> outlet);

  void see(std::uint16_t link_type, wire::ByteView frame, std::size_t wire_octets,
           base::UnixNs time_ns) {
    const base::UnixMs time = time_ns / base::kNsPerMs;
    if (time >= next_tick_ms_ || time < clock_went_back_ms_) tick(time);
    ++counts_.packets;
    if (!sampler_.takes_next()) {
      ++counts_.not_sampled;
      return;
    }
    count(link_type, frame, wire_octets, time);
  }

  // Ends the flows whose time has come, and sends what waits.
  void tick(base::UnixMs now);

  // Adds the packets to flows that wait for more to come.
  void settle();

  // Ends all flows and sends them.
  void finish();

  // The interface came back; if under another ifIndex, its flows of before end under the old one.
  void return_as(std::uint32_t interface_index);

  const MeterCounts& counts() const { return counts_; }
  const FlowTable& table() const { return table_; }
  const FlowExporter& exporter() const { return exporter_; }

 private:
  void count(std::uint16_t link_type, wire::ByteView frame, std::size_t wire_octets,
             base::UnixMs time);
  void resolve_ports(wire::PacketHeaders& packet, base::UnixMs time);
  void hand_over();

  Sampler sampler_;
  Fragments fragments_;
  FlowTable table_;
  FlowExporter exporter_;
  std::array<SeenPacket, FlowTable::kAtOnceMax> waiting_;
  std::size_t waiting_count_ = 0;
  MeterCounts counts_;
  base::UnixMs now_ = 0;
  base::UnixMs next_flush_ms_ = 0;
  base::UnixMs next_tick_ms_ = std::numeric_limits<base::UnixMs>::min();
  base::UnixMs clock_went_back_ms_ = std::numeric_limits<base::UnixMs>::min();
};

}  // namespace probe
