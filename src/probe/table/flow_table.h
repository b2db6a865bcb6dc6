#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/clock.h"
#include "probe/table/flow_key.h"
#include "probe/table/mapped_array.h"
#include "wire/packet/headers.h"

namespace probe {

// Why a flow ended: flowEndReason, RFC 5102 section 5.11.3.
enum class EndReason : std::uint8_t {
  Idle = 1,
  Active = 2,    // it goes on; what follows is told as another flow
  Finished = 3,  // TCP said so
  Forced = 4,    // the probe stops
  NoRoom = 5,    // the table was full
};

struct EndedFlow {
  FlowKey key;
  std::uint64_t octets = 0;
  std::uint64_t packets = 0;
  base::UnixMs first_ms = 0;
  base::UnixMs last_ms = 0;
  std::uint8_t tos = 0;  // the first packet's
  std::uint8_t tcp_flags = 0;
  EndReason reason = EndReason::Idle;
};

struct TableSettings {
  std::size_t flows_max = 262'144;
  std::int64_t active_ms = 60'000;
  std::int64_t inactive_ms = 15'000;
  // A flow of as many octets ends, so that no counter of an export format overflows. At most 20
  // times 2^32: an IP packet has 20 octets at least, and packets are counted in 32 bits.
  std::uint64_t octets_max = std::uint64_t{20} << 32;
  std::uint64_t seed = 0;
};

struct SeenPacket {
  wire::PacketHeaders headers;
  base::UnixMs time = 0;
};

// The flows that go on, and a wheel of the times at which each may end. Single-threaded; time is
// that of the packets and is passed in.
//
// One look-up a packet, which touches one line of the index and one of the flow: neither is in the
// processor's cache when there are many flows, so that packets are counted several at a time, all
// lines of which are fetched before the first is needed. A packet moves nothing on the wheel: a
// flow is filed under the time at which it would have ended, and filed again when that comes and it
// has not. Nothing is allocated after construction.
//
// Bounded by flows_max: a packet of a new flow then ends the flow that is filed soonest, counted.
class FlowTable {
 public:
  explicit FlowTable(const TableSettings& settings);

  static constexpr std::size_t kAtOnceMax = 16;

  // Adds packets to their flows, at most kAtOnceMax. A time may fall behind earlier ones.
  void count(std::span<const SeenPacket> packets);

  // Ends what may end at `now`, everything when the clock was set back. False: ended() has no room
  // for more; call again when it is empty.
  bool expire(base::UnixMs now);

  // Ends everything, as far as ended() has room: false until all is done.
  bool finish();

  // What has ended and nobody has taken yet. count() adds two flows a packet at most, expire() and
  // finish() leave room for that: kEndedMax is never exceeded while it is cleared at kEndedFull.
  std::span<const EndedFlow> ended() const { return ended_; }
  void clear_ended() { ended_.clear(); }
  bool is_ended_full() const { return ended_.size() >= kEndedFull; }

  std::size_t live() const { return live_; }
  std::uint64_t evicted() const { return evicted_; }

 private:
  static constexpr std::size_t kEndedMax = 256;
  static constexpr std::size_t kEndedFull = kEndedMax - 2 * kAtOnceMax;
  // Flows that end together are told together: an eighth of a second keeps bursts small. Later
  // times wait in the last slot.
  static constexpr std::int64_t kSlotMs = 125;
  static constexpr std::size_t kSlots = 1'024;
  static constexpr std::uint32_t kNone = 0xffff'ffff;

  // The first 64 octets are what a packet touches.
  struct alignas(64) Flow {
    FlowKey key;
    std::uint64_t octets;
    base::UnixMs last_ms;
    std::uint32_t packets;
    std::uint8_t tcp_flags;
    bool is_finished;
    std::uint8_t tos;

    alignas(64) base::UnixMs first_ms;
    std::uint32_t hash;
    std::uint32_t previous;  // of the wheel's slot; kNone: the first
    std::uint32_t next;      // of the slot or of the free ones; kNone: the last
    std::uint16_t slot;
  };
  static_assert(sizeof(Flow) == 128);

  struct Place {
    std::uint32_t hash;
    std::uint32_t flow_plus_one;  // 0: empty
  };

  void count(const SeenPacket& packet, std::uint32_t hash);
  std::uint32_t find(const FlowKey& key, std::uint32_t hash) const;
  std::uint32_t add(const wire::PacketHeaders& packet, const FlowKey& key, std::uint32_t hash,
                    base::UnixMs time);
  std::uint32_t free_flow();
  void evict();
  void end(std::uint32_t index, EndReason reason);
  void erase_place(std::uint32_t index);
  base::UnixMs deadline_ms(const Flow& flow) const;
  EndReason reason_at(const Flow& flow, base::UnixMs now) const;
  void file(std::uint32_t index);
  void take_off_wheel(std::uint32_t index);
  bool visit_slot(std::int64_t slot);
  static std::int64_t slot_of(base::UnixMs time);
  static std::int64_t slot_after(base::UnixMs time);
  static std::size_t place_in_wheel(std::int64_t slot) {
    return static_cast<std::size_t>(slot) % kSlots;
  }

  TableSettings settings_;
  MappedArray<Flow> flows_;
  std::uint32_t fresh_ = 0;     // flows from here on were never used
  std::uint32_t free_ = kNone;  // the first of those that are free again
  std::uint32_t places_mask_;
  MappedArray<Place> places_;  // open addressing, at most half full
  std::array<std::uint32_t, kSlots> wheel_;
  // Slots since 1970. Invariant: visited_ < soonest_ ≤ each flow's slot < visited_ + kSlots.
  std::int64_t visited_ = 0;
  std::int64_t soonest_ = 1;
  bool has_begun_ = false;
  std::vector<EndedFlow> ended_;
  std::size_t live_ = 0;
  std::uint64_t evicted_ = 0;
};

}  // namespace probe
