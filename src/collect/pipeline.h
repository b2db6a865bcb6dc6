#pragma once

#include <cstdint>
#include <functional>
#include <memory>
#include <span>
#include <vector>

#include "base/clock.h"
#include "base/counters.h"
#include "collect/datagram.h"
#include "collect/decode/decoder.h"
#include "collect/enrich/enrich.h"
#include "collect/inbox.h"
#include "collect/journal/replay_marks.h"
#include "collect/rollup/rollup.h"
#include "flow/handover.h"

namespace collect {

// What one decode worker does, without its thread: datagrams in; batches, minute rows, ledger and
// exporters' states out. Decode, then enrich, then rollup, one datagram at a time, so that its
// flows stay in the core's cache.
class Pipeline {
 public:
  // Takes what is handed over; may wait.
  using Sink = std::function<void(flow::Handover)>;

  // A batch goes out when it is full or this old.
  static constexpr std::int64_t kBatchAgeMaxMs = 500;

  // `knowledge` outlives the pipeline.
  Pipeline(std::uint32_t worker, const Knowledge& knowledge, Sink sink);

  // Before the first datagram: what the last committed barrier left of an exporter.
  void restore(const flow::ExporterState& state);

  // `marks`: where to note the datagram in hand; null for datagrams that are not replayed.
  void take(const Burst& burst, ReplayMarks* marks);

  // Hands over the rest of the segment's rows, and answers what is to be handed over after them:
  // the pipeline's own ledger holds none of it any more.
  flow::SegmentDone finish(const Barrier& barrier);
  void hand_over(flow::SegmentDone done);

  // Lets pending sets and missing datagrams grow old. Once a second or so. False: nothing changed.
  bool expire(base::UnixMs now_ms) { return decoder_.expire(now_ms); }

  // Hands over what is in the batch in hand.
  void hand_over_batch();
  bool has_rows() const { return batch_ != nullptr && batch_->rows() > 0; }

  flow::WorkerView view() const { return decoder_.view(); }

  // Flows made of live datagrams since the start. Any thread.
  std::uint64_t rows() const { return rows_.get(); }

 private:
  void take_datagram(const Datagram& datagram, const Enricher& enricher);
  void append(std::span<const flow::FlowRecord> flows);

  const std::uint32_t worker_;
  const Knowledge& knowledge_;
  const Sink sink_;
  Decoder decoder_;
  Rollup rollup_;
  std::vector<flow::FlowRecord> flows_;  // of the datagram in hand
  std::unique_ptr<flow::Batch> batch_;
  std::size_t batch_capacity_rows_;
  std::uint64_t segment_ = 0;  // of the datagram in hand
  base::Counter rows_;
};

}  // namespace collect
