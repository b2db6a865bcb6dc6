#include "collect/decode/sequence.h"

#include <algorithm>

#include "collect/decode/caps.h"

namespace collect {
namespace {

// An uptime so much lower than before means a restart; less is a datagram that came late.
constexpr std::uint32_t kUptimeBackMs = 60'000;
// Repeats in a row after which an exporter is believed to count anew.
constexpr std::uint32_t kBehindRunMax = 4;

bool has_rebooted(std::uint32_t before_ms, std::uint32_t now_ms) {
  // As signed difference, so that the wrap at 49.7 days is a step forward.
  const auto step = static_cast<std::int32_t>(now_ms - before_ms);
  return step < 0 && static_cast<std::uint32_t>(-static_cast<std::int64_t>(step)) > kUptimeBackMs;
}

}  // namespace

SequenceTracker::Place SequenceTracker::place(const Arrival& arrival) {
  if (!state_.started) return Place::First;
  if (arrival.sys_uptime_ms && state_.sys_uptime_ms &&
      has_rebooted(*state_.sys_uptime_ms, *arrival.sys_uptime_ms)) {
    return Place::Restarted;
  }
  const auto ahead = static_cast<std::int32_t>(arrival.sequence - state_.next);
  if (ahead == 0) return Place::Expected;
  if (ahead > 0) {
    const bool is_told = static_cast<std::uint32_t>(ahead) > state_.untold_units_max;
    return is_told ? Place::Ahead : Place::Expected;
  }
  if (take_missing(arrival)) return Place::Late;
  const auto behind = static_cast<std::uint32_t>(-static_cast<std::int64_t>(ahead));
  if (arrival.sequence == 0 || behind > reorder_units_) return Place::Restarted;
  behind_run_ = arrival.sequence == behind_next_ ? behind_run_ + 1 : 0;
  behind_next_ = arrival.sequence + arrival.units;
  return behind_run_ >= kBehindRunMax ? Place::Restarted : Place::Repeated;
}

bool SequenceTracker::take_missing(const Arrival& arrival) {
  for (std::size_t i = 0; i < state_.missing.size(); ++i) {
    Missing& missing = state_.missing[i];
    const std::uint32_t skipped = arrival.sequence - missing.from;
    if (skipped >= missing.units || arrival.units == 0) continue;
    const std::uint32_t taken = std::min(arrival.units, missing.units - skipped);
    const Missing rest{missing.from + skipped + taken, missing.units - skipped - taken,
                       missing.noticed_ms};
    missing.units = skipped;
    auto at = state_.missing.begin() + static_cast<std::ptrdiff_t>(i);
    at = skipped == 0 ? state_.missing.erase(at) : at + 1;
    if (rest.units != 0) state_.missing.insert(at, rest);  // the oldest stay first
    return true;
  }
  return false;
}

void SequenceTracker::arrived(const Arrival& arrival, MinuteLedger& ledger) {
  const Place where = place(arrival);
  flow::LedgerCounts& counts = ledger.at(arrival.received_ms);
  if (where == Place::Repeated) {
    ++counts.repeated;
    return;
  }
  counts.sequence_sent += arrival.units;
  counts.sequence_received += arrival.units;
  if (where == Place::Late) {
    ++counts.reordered;
    bound_missing(ledger);  // it may have parted a stretch in two
    return;
  }
  if (where == Place::Restarted) ++counts.restarts;
  if (where == Place::Expected) {
    // Units that an earlier datagram held in sets nobody could read yet.
    const std::uint32_t untold = arrival.sequence - state_.next;
    counts.sequence_sent += untold;
    counts.sequence_received += untold;
  }
  if (where == Place::Restarted) call_all_lost(ledger);
  if (where == Place::Ahead) {
    state_.missing.push_back({state_.next, arrival.sequence - state_.next, arrival.received_ms});
  }
  bound_missing(ledger);
  state_.started = true;
  state_.next = arrival.sequence + arrival.units;
  state_.untold_units_max = arrival.untold_units_max;
  state_.sys_uptime_ms = arrival.sys_uptime_ms;
  behind_run_ = 0;
}

void SequenceTracker::bound_missing(MinuteLedger& ledger) {
  while (state_.missing.size() > kMissingStretchesMax) {
    call_lost(state_.missing.front(), ledger);
    state_.missing.erase(state_.missing.begin());
  }
}

void SequenceTracker::call_lost(const Missing& missing, MinuteLedger& ledger) {
  flow::LedgerCounts& counts = ledger.at(missing.noticed_ms);
  counts.sequence_sent += missing.units;
  counts.sequence_gap += missing.units;
}

void SequenceTracker::call_all_lost(MinuteLedger& ledger) {
  for (const Missing& missing : state_.missing) call_lost(missing, ledger);
  state_.missing.clear();
}

bool SequenceTracker::expire(base::UnixMs now_ms, MinuteLedger& ledger) {
  const auto lost = std::erase_if(state_.missing, [&](const Missing& missing) {
    if (now_ms - missing.noticed_ms < kReorderMaxMs) return false;
    call_lost(missing, ledger);
    return true;
  });
  return lost > 0;
}

}  // namespace collect
