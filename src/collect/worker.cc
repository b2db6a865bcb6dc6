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
  last_received_ms_ = base::SystemClock().now_ms();
  last_received_at_ = SteadyClock::now();
  auto next_tick = last_received_at_ + kTick;
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
    is_changed |= pipeline_.expire(now_ms(now));
    if (is_changed) publish_view();
    is_changed = pipeline_.has_rows();
  }
  pipeline_.hand_over_batch();
}

void Worker::publish_view() {
  auto view = std::make_shared<flow::WorkerView>(pipeline_.view());
  const std::uint64_t committed = committed_.load(std::memory_order_acquire);
  std::erase_if(passed_, [&](const auto& passed) { return passed.segment <= committed; });
  view->passed = passed_;
  view_.publish(std::move(view));
}

void Worker::take(WorkerMessage message) {
  if (const auto* barrier = std::get_if<Barrier>(&message)) return pass(*barrier);
  const Burst& burst = *std::get<std::unique_ptr<Burst>>(message);
  const bool is_replayed = !burst.offsets.empty();
  pipeline_.take(burst, is_replayed ? &marks_ : nullptr);
  if (is_replayed) CRASH_POINT("in_replay");
  if (burst.datagrams.empty()) return;
  const base::UnixMs received_ms = burst.datagrams.back().received_ns / base::kNsPerMs;
  if (is_replayed) {
    replayed_ms_ = received_ms;
  } else {
    last_received_ms_ = received_ms;
    last_received_at_ = SteadyClock::now();
  }
}

base::UnixMs Worker::now_ms(SteadyClock::time_point now) const {
  if (inbox_.is_replaying()) return replayed_ms_;
  const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(now - last_received_at_);
  return last_received_ms_ + since.count();
}

// The view changes before the store can commit the segment, and in one step: its ledger is always
// found once, among what is under way, what is passed or what is committed.
void Worker::pass(const Barrier& barrier) {
  auto done = pipeline_.finish(barrier);
  const bool is_full = rows_passed() + done.ledger.size() > kPassedRowsMax;
  auto rows = is_full ? flow::merged(done.ledger, 0) : done.ledger;
  passed_.push_back(
      {barrier.segment, std::make_shared<const std::vector<flow::LedgerRow>>(std::move(rows))});
  publish_view();
  pipeline_.hand_over(std::move(done));
}

std::size_t Worker::rows_passed() const {
  std::size_t rows = 0;
  for (const flow::PassedLedger& passed : passed_) rows += passed.rows->size();
  return rows;
}

}  // namespace collect
