#pragma once

#include <atomic>
#include <chrono>
#include <cstdint>
#include <vector>

#include "base/snapshot.h"
#include "collect/inbox.h"
#include "collect/journal/replay_marks.h"
#include "collect/pipeline.h"
#include "flow/exporter_view.h"

namespace collect {

// A decode worker's thread: its exporters' bursts go through its pipeline.
class Worker {
 public:
  // `knowledge`, `marks` and `committed` (the newest segment that is in parts) outlive the worker.
  // `sink` is called on the worker's thread; when it waits, the worker waits, its inbox fills, and
  // the receive thread drops and counts.
  Worker(std::uint32_t number, const Knowledge& knowledge, ReplayMarks& marks,
         const std::atomic<std::uint64_t>& committed, Pipeline::Sink sink)
      : marks_(marks), committed_(committed), pipeline_(number, knowledge, std::move(sink)) {}

  // Before run().
  void restore(const flow::ExporterState& state) { pipeline_.restore(state); }

  // Until the inbox is finished: stop what fills it first.
  void run();

  // Ledger rows of passed barriers that a view names while no commit covers them; beyond, what
  // further segments counted stands in it under the unspecified address.
  static constexpr std::size_t kPassedRowsMax = 100'000;

  Inbox& inbox() { return inbox_; }
  // Any thread. Of live datagrams: replayed ones have their own segments.
  std::uint64_t rows() const { return pipeline_.rows(); }
  const base::Snapshot<flow::WorkerView>& view() const { return view_; }

 private:
  void take(WorkerMessage message);
  void pass(const Barrier& barrier);
  std::size_t rows_passed() const;
  void publish_view();
  // What the time of receipt would be now: it never falls, as the machine's clock may. While
  // replaying, that of the datagrams: else every pending set would be too old.
  base::UnixMs now_ms(std::chrono::steady_clock::time_point now) const;

  ReplayMarks& marks_;
  const std::atomic<std::uint64_t>& committed_;
  Inbox inbox_;
  Pipeline pipeline_;
  base::UnixMs last_received_ms_ = 0;
  base::UnixMs replayed_ms_ = 0;  // of the last replayed datagram
  std::chrono::steady_clock::time_point last_received_at_;
  std::vector<flow::PassedLedger> passed_;
  base::Snapshot<flow::WorkerView> view_;
};

}  // namespace collect
