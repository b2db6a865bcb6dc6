#include "collect/decode/learned_timeouts.h"

#include <algorithm>
#include <bit>
#include <cstdlib>
#include <numeric>

#include "base/clock.h"
#include "flow/protocols.h"

namespace collect {
namespace {

using flow::Column;

// flowEndReason, RFC 5102 section 5.11.3.
constexpr std::uint8_t kIdleTimeout = 1;
constexpr std::uint8_t kActiveTimeout = 2;

constexpr std::uint16_t kFinOrRst = 0x01 | 0x04;

// Flows that must have shown a time before it is believed.
constexpr std::uint32_t kEnough = 16;
// At so many the older half of the counts is let go.
constexpr std::uint32_t kRememberedMax = 4'096;
// Shorter ones are not cut by any exporter's active timeout.
constexpr std::int64_t kCutMinMs = 8 * base::kMsPerSecond;

constexpr std::int64_t kUnitMs = 125;  // of the first doubling, from 1 s
constexpr std::size_t kStepsPerDoubling = 8;

// What people set.
constexpr std::int64_t kUsualS[] = {5,   10,  15,  20,  30,  45,    60,    90,   120,
                                    180, 240, 300, 600, 900, 1'200, 1'800, 3'600};

constexpr std::int64_t lower_end_ms(std::size_t step) {
  const auto in_doubling = static_cast<std::int64_t>(kStepsPerDoubling + step % kStepsPerDoubling);
  return (in_doubling << (step / kStepsPerDoubling)) * kUnitMs;
}

// The usual value between the two, give or take a sixteenth; else the middle, in whole seconds.
std::int64_t likely_ms(std::int64_t from_ms, std::int64_t to_ms) {
  const std::int64_t middle_ms = (from_ms + to_ms) / 2;
  std::int64_t likely = (middle_ms + base::kMsPerSecond / 2) / base::kMsPerSecond;
  std::int64_t nearest_ms = (to_ms - from_ms) / 2 + middle_ms / 16;
  for (const std::int64_t usual_s : kUsualS) {
    const std::int64_t away_ms = std::abs(usual_s * base::kMsPerSecond - middle_ms);
    if (away_ms > nearest_ms) continue;
    nearest_ms = away_ms;
    likely = usual_s;
  }
  return likely * base::kMsPerSecond;
}

}  // namespace

void LearnedTimeouts::Lengths::add(std::int64_t ms) {
  const std::int64_t units = ms / kUnitMs;
  if (units < static_cast<std::int64_t>(kStepsPerDoubling)) return;
  const auto doubling =
      static_cast<std::size_t>(std::bit_width(static_cast<std::uint64_t>(units))) - 4;
  const std::size_t step = doubling * kStepsPerDoubling +
                           (static_cast<std::size_t>(units) >> doubling) % kStepsPerDoubling;
  if (step >= kSteps) return;
  ++counts_[step];
  if (++sum_ < kRememberedMax) return;
  for (std::uint16_t& count : counts_) count /= 2;
  sum_ = std::accumulate(counts_.begin(), counts_.end(), std::uint32_t{0});
}

std::uint32_t LearnedTimeouts::Lengths::sum_from(std::size_t step) const {
  if (step >= kSteps) return 0;
  return std::accumulate(counts_.begin() + static_cast<std::ptrdiff_t>(step), counts_.end(),
                         std::uint32_t{0});
}

std::size_t LearnedTimeouts::Lengths::most_frequent() const {
  std::size_t best = 0;
  for (std::size_t step = 1; step < kSteps; ++step) {
    if (pair(step) > pair(best)) best = step;
  }
  return best;
}

std::size_t LearnedTimeouts::Lengths::lowest_tenth() const {
  std::uint32_t below = 0;
  for (std::size_t step = 0; step < kSteps; ++step) {
    below += counts_[step];
    if (below * 10 >= sum_) return step;
  }
  return 0;
}

void LearnedTimeouts::learn(std::span<const flow::FlowRecord> flows, std::int64_t clock_skew_ms) {
  constexpr auto kTimes = flow::bit(Column::start) | flow::bit(Column::end);
  for (const flow::FlowRecord& flow : flows) {
    if ((flow.present & kTimes) != kTimes) continue;
    const std::int64_t idle_ms = flow.received - flow.end - clock_skew_ms;
    const std::uint8_t reason = flow.has(Column::end_reason) ? flow.end_reason : 0;
    if (reason == kActiveTimeout) {
      learn_cut(flow);
    } else if (reason == kIdleTimeout && says_cuts_) {
      idle_.add(idle_ms);
    } else if (reason <= kIdleTimeout && !says_cuts_) {
      learn_without_reason(flow, idle_ms);
    }
  }
}

void LearnedTimeouts::learn_cut(const flow::FlowRecord& flow) {
  if (!says_cuts_) {
    says_cuts_ = true;
    cut_.clear();
    idle_.clear();
  }
  cut_.add(flow.end - flow.start);
}

void LearnedTimeouts::learn_without_reason(const flow::FlowRecord& flow, std::int64_t idle_ms) {
  const bool tcp_ended = flow.has(Column::protocol) && flow.protocol == flow::kProtocolTcp &&
                         flow.has(Column::tcp_flags) && (flow.tcp_flags & kFinOrRst) != 0;
  if (tcp_ended) return;
  const std::int64_t duration_ms = flow.end - flow.start;
  if (duration_ms >= kCutMinMs) {
    cut_.add(duration_ms);
  } else {
    idle_.add(idle_ms);
  }
}

std::int64_t LearnedTimeouts::active_ms() const {
  const std::size_t step = cut_.most_frequent();
  if (cut_.pair(step) < kEnough) return 0;
  // Where it is not said which flows were cut, lengths have to pile up and almost none go beyond.
  const bool is_pile =
      cut_.pair(step) * 4 >= cut_.sum() && cut_.sum_from(step + 3) * 20 <= cut_.sum();
  if (!says_cuts_ && !is_pile) return 0;
  return likely_ms(lower_end_ms(step), lower_end_ms(step + 2));
}

std::int64_t LearnedTimeouts::inactive_ms() const {
  if (idle_.sum() < kEnough) return 0;
  const std::size_t step = idle_.lowest_tenth();
  return likely_ms(lower_end_ms(step), lower_end_ms(step + 1));
}

}  // namespace collect
