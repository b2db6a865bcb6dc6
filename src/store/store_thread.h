#pragma once

#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <stop_token>
#include <vector>

#include "base/channel.h"
#include "base/clock.h"
#include "flow/handover.h"
#include "store/store.h"

namespace store {

// Takes what the decode workers hand over, makes it visible at once, and commits a segment when all
// workers have finished it; merges small parts when there is nothing else to do. One thread: run().
class StoreThread {
 public:
  struct Options {
    std::uint32_t workers = 1;
    // A failing commit is tried again after the first wait, then after twice as long, up to the
    // longest.
    std::chrono::milliseconds first_wait{500};
    std::chrono::milliseconds longest_wait{30'000};
    // Minute rows kept for commits that fail; beyond, questions about these minutes read the flows.
    std::size_t minute_rows_max = 1'000'000;
    // Ledger rows kept for them; beyond, what further exporters' counted stands under nobody's
    // name.
    std::size_t ledger_rows_max = 200'000;
    // On the way out a failing commit is tried for this long; then the segments stay in the
    // journal for the next start.
    std::chrono::milliseconds drain{15'000};
    // Small parts are looked for as often, and merged while nothing waits for this thread: after
    // each merge it rests this many times as long as the merge took.
    std::chrono::milliseconds merge_every{60'000};
    int merge_rest = 4;
  };
  // Called on the store thread after segments ≤ n are committed: the journal may drop them.
  using Committed = std::function<void(std::uint64_t segment)>;
  // `store` and `input` must outlive it. A worker finishes segments in ascending order.
  StoreThread(Store& store, base::Channel<flow::Handover>& input, Options options,
              Committed committed);

  // Returns when `input` is closed and drained and what it brought is committed (or Options::drain
  // has passed).
  void run();

 private:
  using Time = std::chrono::steady_clock::time_point;

  void take(flow::Handover handover);
  void take(std::uint32_t worker, flow::SegmentDone done);
  // Whether every worker has finished a segment that is not committed.
  bool commit_is_due() const;
  void try_commit(Time now);
  void try_merge();
  void take_waiting();
  // Puts what could not be committed back, in as little memory as it can have.
  void keep(std::uint64_t segment, flow::SegmentDone what);

  Store& store_;
  base::Channel<flow::Handover>& input_;
  const Options options_;
  const Committed committed_;

  std::vector<std::uint64_t> finished_;              // by worker: its newest finished segment
  std::map<std::uint64_t, flow::SegmentDone> open_;  // by segment: what its workers brought
  bool rolled_up_ = true;                            // false: minute rows were given up
  std::uint64_t committed_segment_ = 0;
  Time retry_at_{};
  std::chrono::milliseconds wait_{0};  // 0: the last commit worked
  Time merge_at_{};
  base::SystemClock clock_;
};

}  // namespace store
