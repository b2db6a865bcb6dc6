#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>

#include "flow/record.h"

namespace collect {

// After how long an exporter reports a flow that goes on, and one that is silent. No exporter says
// so; both show in its flows: those it cuts end up equally long, and those it gives up have been
// silent equally long when they are sent. Where it says which it cut (end_reason), only flows of
// either reason count; else those whose TCP said no end: softflowd calls what it cuts idle as well.
// Of the last few thousand such flows.
class LearnedTimeouts {
 public:
  // Flows of one exporter. `clock_skew_ms`: by how much our clock is ahead of its clock.
  void learn(std::span<const flow::FlowRecord> flows, std::int64_t clock_skew_ms);

  // 0: too few flows have shown it.
  std::int64_t active_ms() const;
  std::int64_t inactive_ms() const;

 private:
  // How often each length of time came, from a second to two hours, eight steps to each doubling.
  class Lengths {
   public:
    static constexpr std::size_t kSteps = std::size_t{13} * 8;

    void add(std::int64_t ms);
    void clear() { *this = {}; }
    std::uint32_t sum() const { return sum_; }
    std::uint32_t sum_from(std::size_t step) const;
    // The two neighbours that came most often together: the first of them.
    std::size_t most_frequent() const;
    std::uint32_t pair(std::size_t step) const { return counts_[step] + counts_[step + 1]; }
    // The step below which a tenth of all lies.
    std::size_t lowest_tenth() const;

   private:
    std::array<std::uint16_t, kSteps + 1> counts_{};
    std::uint32_t sum_ = 0;
  };

  void learn_cut(const flow::FlowRecord& flow);
  void learn_without_reason(const flow::FlowRecord& flow, std::int64_t idle_ms);

  bool says_cuts_ = false;
  Lengths cut_;   // durations of flows that may have been cut
  Lengths idle_;  // from the last packet to the report
};

}  // namespace collect
