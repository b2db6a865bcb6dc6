#include "flow/volume.h"

#include <algorithm>

namespace flow {
namespace {

__extension__ using Int128 = __int128;

// Products of a volume below this with the longest time a flow is spread over fit 64 bits, whose
// division takes a tenth of the time.
constexpr std::int64_t kSmallVolume = std::int64_t{1} << 35;
static_assert(kSpreadMaxMs + kSkewMaxMs < std::int64_t{1} << 27);

}  // namespace

std::int64_t share_before(std::int64_t volume, const Times& times, base::UnixMs at) {
  const std::int64_t passed = at - times.start;
  const std::int64_t duration = times.end - times.start;
  if (volume < kSmallVolume && duration < std::int64_t{1} << 27) return volume * passed / duration;
  return static_cast<std::int64_t>(static_cast<Int128>(volume) * passed / duration);
}

Times effective_times(const FlowRecord& flow) {
  base::UnixMs end = flow.received;
  if (flow.has(Column::end)) {
    end = flow.end;
  } else if (flow.has(Column::export_time)) {
    end = flow.export_time;
  }
  base::UnixMs start = flow.has(Column::start) ? flow.start : end;
  const base::UnixMs said_start = start;
  const base::UnixMs said_end = end;
  end = std::min(end, flow.received + kSkewMaxMs);
  start = std::max(start, flow.received - kSpreadMaxMs);
  const bool clamped = start != said_start || end != said_end;
  if (start > end) start = end;
  return {start, end, clamped};
}

std::int64_t share(std::int64_t volume, const Times& times, base::UnixMs from, base::UnixMs to) {
  if (times.start == times.end) return from <= times.end && times.end < to ? volume : 0;
  const base::UnixMs low = std::max(from, times.start);
  const base::UnixMs high = std::min(to, times.end);
  if (high <= low) return 0;
  return share_before(volume, times, high) - share_before(volume, times, low);
}

}  // namespace flow
