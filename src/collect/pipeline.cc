#include "collect/pipeline.h"

#include <algorithm>
#include <bit>
#include <utility>

#include "base/crash_point.h"
#include "base/log.h"

namespace collect {
namespace {

constexpr std::size_t kBatchMinRows = 1'024;

}  // namespace

Pipeline::Pipeline(std::uint32_t worker, const Knowledge& knowledge, Sink sink)
    : worker_(worker),
      knowledge_(knowledge),
      sink_(std::move(sink)),
      batch_capacity_rows_(kBatchMinRows) {}

void Pipeline::restore(const flow::ExporterState& state) {
  if (!decoder_.restore(state)) {
    spdlog::warn("exporter {}: its saved state was not understood; it starts anew",
                 flow::to_text(state.exporter));
  }
}

void Pipeline::take(const Burst& burst, ReplayMarks* marks) {
  segment_ = burst.segment;
  const Enricher enricher(knowledge_);
  for (std::size_t i = 0; i < burst.datagrams.size(); ++i) {
    if (marks != nullptr) marks->begin(worker_, {burst.segment, burst.offsets[i]});
    take_datagram(burst.datagrams[i], enricher);
    if (marks == nullptr) rows_.add(flows_.size());
    if (marks != nullptr) marks->end(worker_);
  }
}

void Pipeline::take_datagram(const Datagram& datagram, const Enricher& enricher) {
  base::crash_point_at_datagram(datagram.payload);
  flows_.clear();
  decoder_.decode(datagram, flows_);
  enricher.enrich(flows_);
  rollup_.add(flows_);
  append(flows_);
}

void Pipeline::append(std::span<const flow::FlowRecord> flows) {
  while (!flows.empty()) {
    if (!batch_) {
      batch_ = std::make_unique<flow::Batch>(batch_capacity_rows_);
      batch_->segment = segment_;
    }
    const auto fitting = flows.first(std::min(flows.size(), batch_->room()));
    batch_->append(fitting);
    flows = flows.subspan(fitting.size());
    if (batch_->room() == 0) hand_over_batch();
  }
}

void Pipeline::hand_over_batch() {
  if (!has_rows()) return;
  // The next batch has room for twice as much: memory follows the rate.
  batch_capacity_rows_ =
      std::clamp(std::bit_ceil(2 * batch_->rows()), kBatchMinRows, flow::Batch::kRows);
  sink_({worker_, std::move(batch_)});
}

flow::SegmentDone Pipeline::finish(const Barrier& barrier) {
  hand_over_batch();
  flow::SegmentDone done{.segment = barrier.segment,
                         .minutes = rollup_.take(),
                         .ledger = decoder_.take_ledger(),
                         .exporters = decoder_.take_changed_states()};
  done.ledger.insert(done.ledger.end(), barrier.ledger.begin(), barrier.ledger.end());
  return done;
}

void Pipeline::hand_over(flow::SegmentDone done) {
  sink_({worker_, std::move(done)});
}

}  // namespace collect
