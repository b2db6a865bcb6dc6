#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "collect/decode/minute_ledger.h"

namespace collect {

// What a datagram says about its exporter's sequence, in the exporter's own unit: flows (v5),
// datagrams (v9), data records (IPFIX).
struct Arrival {
  std::uint32_t sequence = 0;  // units sent before this datagram, modulo 2^32
  std::uint32_t units = 0;     // in this datagram, as far as they could be told
  // At most so many more are in it, in sets whose template is unknown.
  std::uint32_t untold_units_max = 0;
  std::optional<std::uint32_t> sys_uptime_ms;
  base::UnixMs received_ms = 0;
};

// Follows the sequence of one observation domain of one exporter and accounts for it in the ledger,
// so that there sequence_sent = sequence_received + sequence_gap. A missing stretch is called lost
// only when it did not come within kReorderMaxMs; until then it is in none of the three.
class SequenceTracker {
 public:
  // A stretch of units that did not come yet.
  struct Missing {
    std::uint32_t from = 0;
    std::uint32_t units = 0;
    base::UnixMs noticed_ms = 0;
  };
  struct State {
    bool started = false;
    std::uint32_t next = 0;              // expected of the next datagram
    std::uint32_t untold_units_max = 0;  // by which `next` may be too low
    std::optional<std::uint32_t> sys_uptime_ms;
    std::vector<Missing> missing;  // the oldest first, kMissingStretchesMax at most
  };

  // `reorder_units`: a datagram so far behind the newest is late or repeated; further behind, the
  // exporter counts anew.
  explicit SequenceTracker(std::uint32_t reorder_units) : reorder_units_(reorder_units) {}

  void arrived(const Arrival& arrival, MinuteLedger& ledger);
  // Calls lost what has been missing for too long. False: nothing.
  bool expire(base::UnixMs now_ms, MinuteLedger& ledger);

  const State& state() const { return state_; }
  void restore(State state) { state_ = std::move(state); }

 private:
  enum class Place { First, Expected, Ahead, Late, Repeated, Restarted };
  Place place(const Arrival& arrival);
  bool take_missing(const Arrival& arrival);
  void bound_missing(MinuteLedger& ledger);
  void call_lost(const Missing& missing, MinuteLedger& ledger);
  void call_all_lost(MinuteLedger& ledger);

  std::uint32_t reorder_units_;
  State state_;
  // Datagrams behind the newest in a row, each following the one before: counted anew after all.
  std::uint32_t behind_next_ = 0;
  std::uint32_t behind_run_ = 0;
};

}  // namespace collect
