#include "collect/worker.h"

#include <chrono>

#include "base/crash_point.h"

namespace collect {
namespace {

using SteadyClock = std::chrono::steady_clock;

// How often a batch that is not full goes out, the view is published and pending sets grow old.
constexpr auto kTick = std::chrono::milliseconds(Pipeline::kBatchAgeMaxMs);

}  // namespace

void Worker::run() {
  auto next_tick = SteadyClock::now() + kTick;
  bool is_changed = true;
  while (!inbox_.finished()) {
    if (auto message = inbox_.pop_until(next_tick)) {
      take(std::move(*message));
      is_changed = true;
    }
    const auto now = SteadyClock::now();
    if (now < next_tick) continue;
    next_tick = now + kTick;
    pipeline_.hand_over_batch();
    // While replaying, time is that of the datagrams: else every pending set would be too old.
    pipeline_.expire(inbox_.is_replaying() ? last_received_ms_ : base::SystemClock().now_ms());
    if (is_changed) publish_view();
    is_changed = pipeline_.has_rows();
  }
  pipeline_.hand_over_batch();
}

void Worker::publish_view() {
  view_.publish(std::make_shared<const flow::WorkerView>(pipeline_.view()));
}

void Worker::take(WorkerMessage message) {
  if (auto* barrier = std::get_if<Barrier>(&message)) {
    auto done = pipeline_.finish(*barrier);
    // Before the store can commit it: nobody shall find the segment's ledger in both.
    publish_view();
    pipeline_.hand_over(std::move(done));
    return;
  }
  const Burst& burst = *std::get<std::unique_ptr<Burst>>(message);
  const bool is_replayed = !burst.offsets.empty();
  pipeline_.take(burst, is_replayed ? &marks_ : nullptr);
  if (is_replayed) CRASH_POINT("in_replay");
  if (!burst.datagrams.empty()) {
    last_received_ms_ = burst.datagrams.back().received_ns / base::kNsPerMs;
  }
}

}  // namespace collect
