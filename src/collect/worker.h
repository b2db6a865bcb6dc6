#pragma once

#include <atomic>
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
  // `sink` is called on the worker's thread; when it
  // waits, the worker waits, its inbox fills, and the receive thread drops and counts.
  Worker(std::uint32_t number, const Knowledge& knowledge, ReplayMarks& marks,
         const std::atomic<std::uint64_t>& committed, Pipeline::Sink sink)
      : marks_(marks), committed_(committed), pipeline_(number, knowledge, std::move(sink)) {}

  // Before run().
  void restore(const flow::ExporterState& state) { pipeline_.restore(state); }

  // Until the inbox is finished: stop what fills it first.
  void run();

  Inbox& inbox() { return inbox_; }
  // Any thread.
  std::uint64_t rows() const { return pipeline_.rows(); }
  const base::Snapshot<flow::WorkerView>& view() const { return view_; }

 private:
  void take(WorkerMessage message);
  void pass(const Barrier& barrier);
  void publish_view();

  ReplayMarks& marks_;
  const std::atomic<std::uint64_t>& committed_;
  Inbox inbox_;
  Pipeline pipeline_;
  base::UnixMs last_received_ms_ = 0;
  std::vector<flow::PassedLedger> passed_;
  base::Snapshot<flow::WorkerView> view_;
};

}  // namespace collect
