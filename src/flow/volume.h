#pragma once

#include <cstdint>

#include "base/clock.h"
#include "flow/record.h"

// Where a flow's volume lies in time. The one definition; the SQL of the stores repeats it and
// tests/golden/volume.tsv holds all of them to the same rows.
namespace flow {

// Times that a row may have: the years 1900 to 9999. What lies beyond was not said; engines that
// count in microseconds could not hold it.
constexpr base::UnixMs kTimeMinMs = -2'208'988'800'000;
constexpr base::UnixMs kTimeMaxMs = 253'402'300'799'999;
constexpr bool is_storable(base::UnixMs time) {
  return kTimeMinMs <= time && time <= kTimeMaxMs;
}

// A flow's volume is spread over at most this long before it was received.
constexpr std::int64_t kSpreadMaxMs = base::kMsPerDay;
// An end later than received by more than this is taken as received + this.
constexpr std::int64_t kSkewMaxMs = 5 * base::kMsPerMinute;

struct Times {
  base::UnixMs start;
  base::UnixMs end;
  bool clamped;  // start or end was moved to the bounds above

  bool operator==(const Times&) const = default;
};

// The times by which a flow is found and spread. A missing end is export_time (else received), a
// missing start is the end; end is at most received + kSkewMaxMs, start at least received -
// kSpreadMaxMs; a start beyond the end becomes the end. Invariant: start ≤ end. Needs `received`.
Times effective_times(const FlowRecord& flow);

// The part of `volume` that lies in [from, to): ⌊V·(min(to,end)−start)/(end−start)⌋ −
// ⌊V·(max(from,start)−start)/(end−start)⌋ in 128 bits. Shares of adjacent ranges sum to `volume`
// exactly. start == end: all in the range that holds `end`.
std::int64_t share(std::int64_t volume, const Times& times, base::UnixMs from, base::UnixMs to);

// The first of those two terms: ⌊V·(at−start)/(end−start)⌋. Needs start < end and start ≤ at ≤ end.
// A walk over adjacent ranges needs it once per border.
std::int64_t share_before(std::int64_t volume, const Times& times, base::UnixMs at);

}  // namespace flow
