#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <set>
#include <utility>
#include <vector>

#include "base/counters.h"
#include "base/result.h"
#include "know/snmp_client.h"
#include "state/settings.h"
#include "state/state_db.h"

namespace know {

// Octets that an interface itself counted, in frames' octets, of part of a stretch of time.
struct CountedOctets {
  std::uint64_t in = 0;
  std::uint64_t out = 0;
  std::int64_t covered_ms = 0;
};

// One exporter's counters over the newest stretch of a range that was read without a break.
struct CountedStretch {
  base::UnixMs from = 0;  // from < to where something was read
  base::UnixMs to = 0;
  std::map<std::uint32_t, CountedOctets> by_index;
};

// What interfaces counted, by minute, and by hour once that is a day old. In state.db, for it comes
// from one thread, a few rows a minute, and belongs to no segment of the journal: a part of its own
// every five minutes would be mostly empty. Thread-safe.
//
// Two readings tell what was counted between them; it is spread over the minutes between as flows
// are. Where the agent has restarted, or was silent for longer than kBreakMs, nothing is told of
// the time between.
class InterfaceCounters {
 public:
  static constexpr std::size_t kInterfacesMax = 512;  // that carry something
  static constexpr std::int64_t kBreakMs = 5 * base::kMsPerMinute;
  static constexpr std::int64_t kMinutesKeptMs = 25 * base::kMsPerHour;
  static constexpr std::int64_t kHoursKeptMs = 100 * base::kMsPerDay;

  struct Counters {
    base::Counter not_kept;  // readings of interfaces over kInterfacesMax
    base::Counter failed;    // writes of state.db: what they had is lost
  };

  static base::Expected<std::unique_ptr<InterfaceCounters>, base::IoError> open(
      const std::filesystem::path& state_db);

  // What a walk read, in state.db when it returns.
  base::Expected<void, base::IoError> take(const flow::Address& exporter, const SnmpWalk& walk);
  // Sums minutes up, and forgets hours.
  base::Expected<void, base::IoError> tidy(base::UnixMs now);

  base::Expected<CountedStretch, base::IoError> stretch(const flow::Address& exporter,
                                                        base::UnixMs from, base::UnixMs to) const;

  const Counters& counters() const { return counters_; }

 private:
  struct Reading {
    base::UnixMs read = 0;
    std::uint64_t in = 0;
    std::uint64_t out = 0;
  };
  struct Agent {
    std::uint64_t uptime_ms = 0;
    std::map<std::uint32_t, Reading> readings;
  };

  explicit InterfaceCounters(state::StateDb db) : db_(std::move(db)) {}
  bool is_kept(const state::InterfaceKey& key);
  base::Expected<void, base::IoError> write(const state::InterfaceKey& key, const Reading& before,
                                            const Reading& now);

  Counters counters_;
  mutable std::mutex mutex_;  // guards what follows
  state::StateDb db_;
  std::map<flow::Address, Agent> agents_;
  std::set<state::InterfaceKey> kept_;
};

}  // namespace know
