#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <variant>
#include <vector>

#include "base/channel.h"
#include "collect/datagram.h"
#include "flow/ledger.h"

// What goes to a decode worker, in order.
namespace collect {

// Which of `workers` decodes the exporter's datagrams: always the same, whatever port they come
// from, so that one thread holds all it said.
inline std::size_t worker_of(const flow::Address& exporter, std::size_t workers) {
  return workers == 1 ? 0 : std::hash<flow::Address>{}(exporter) % workers;
}

// Datagrams of one worker's exporters, in the order of receipt.
struct Burst {
  std::uint64_t segment = 0;
  std::vector<Datagram> datagrams;
  std::vector<std::uint64_t> offsets;  // replayed ones: of each record in its segment; else empty
  std::shared_ptr<const void> memory;  // what the payloads point into
  std::size_t octets = 0;              // of all payloads
};

// Every datagram of the segments up to this one, that is this worker's, went before.
struct Barrier {
  std::uint64_t segment = 0;
  std::vector<flow::LedgerRow> ledger;  // what happened to the segment outside the workers
};

using WorkerMessage = std::variant<std::unique_ptr<Burst>, Barrier>;

// A worker's two queues: what is replayed from the journal comes out before anything live does, so
// that the worker meets datagrams in the order in which they were received.
class Inbox {
 public:
  // Bounds of what waits live: bursts, and octets of their payloads.
  static constexpr std::size_t kBurstsMax = 1'024;
  static constexpr std::size_t kOctetsMax = std::size_t{64} << 20;
  // Replayed bursts point into the mapped segment and cost little.
  static constexpr std::size_t kReplayedMax = 64;

  // Receive thread: false when the worker is behind; then its datagrams are dropped, and counted.
  bool has_room() const {
    return waiting_octets_.load(std::memory_order_relaxed) < kOctetsMax &&
           live_.size() < kBurstsMax;
  }
  // Never refuses while open: room was asked for before the datagrams went into the journal.
  void push_live(std::unique_ptr<Burst> burst) {
    waiting_octets_.fetch_add(burst->octets, std::memory_order_relaxed);
    WorkerMessage message = std::move(burst);
    live_.push_over(message);
  }
  void push_live(Barrier barrier) {
    WorkerMessage message = std::move(barrier);
    live_.push_over(message);
  }
  // After the last live message.
  void close_live() { live_.close(); }

  // Replay thread: waits for room.
  void push_replayed(WorkerMessage message) { replayed_.push(message); }
  // Once, whether or not anything was replayed: live messages come out from then on.
  void end_replay() { replayed_.close(); }
  // Instead of end_replay(), when replay stops before its end: live messages never come out, for
  // they may not overtake what was not replayed. They are in the journal.
  void abandon() {
    is_abandoned_.store(true, std::memory_order_release);
    replayed_.close();
  }

  // Worker. Empty at the deadline, and when all is finished.
  template <class TimePoint>
  std::optional<WorkerMessage> pop_until(TimePoint deadline) {
    if (is_replaying_) {
      auto message = replayed_.pop_until(deadline);
      if (message) return message;
      if (!replayed_.finished()) return std::nullopt;
      is_replaying_ = false;
    }
    if (is_abandoned_.load(std::memory_order_acquire)) return std::nullopt;
    auto message = live_.pop_until(deadline);
    if (message) {
      if (const auto* burst = std::get_if<std::unique_ptr<Burst>>(&*message)) {
        waiting_octets_.fetch_sub((*burst)->octets, std::memory_order_relaxed);
      }
    }
    return message;
  }
  // Worker. True when nothing will come out any more.
  bool finished() const {
    if (is_replaying_) return false;
    return is_abandoned_.load(std::memory_order_acquire) || live_.finished();
  }
  // Worker. True until the first message that was not replayed could come.
  bool is_replaying() const { return is_replaying_; }

 private:
  base::Channel<WorkerMessage> replayed_{kReplayedMax};
  base::Channel<WorkerMessage> live_{kBurstsMax};
  std::atomic<std::size_t> waiting_octets_{0};
  std::atomic<bool> is_abandoned_{false};
  bool is_replaying_ = true;  // the worker's
};

}  // namespace collect
