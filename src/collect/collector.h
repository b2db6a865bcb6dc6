#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <thread>
#include <utility>
#include <vector>

#include "base/channel.h"
#include "base/disk_budget.h"
#include "base/result.h"
#include "collect/journal/journal.h"
#include "collect/journal/replay.h"
#include "collect/journal/replay_marks.h"
#include "collect/receive/receiver.h"
#include "collect/worker.h"
#include "flow/handover.h"

namespace collect {

// All of collecting, from the sockets to the channel of the store thread: one receive thread, one
// that makes the journal durable, one that replays, and the decode workers.
class Collector {
 public:
  struct Options {
    std::filesystem::path journal_folder;
    std::uint64_t journal_share_octets = 0;
    std::uint32_t workers = 1;
    Receiver::Options receive;
    // What the store's last commit left.
    std::uint64_t committed_segment = 0;
    std::vector<flow::ExporterState> exporters;
  };
  // Opens the journal and looks through what is to be replayed. `knowledge`, `budget` and
  // `handovers` outlive the collector.
  static base::Expected<std::unique_ptr<Collector>, base::IoError> open(
      Options options, const Knowledge& knowledge, base::DiskBudget& budget,
      base::Channel<flow::Handover>& handovers);
  ~Collector();

  // Binds the UDP ports, as Receiver::open_ports().
  std::vector<base::IoError> open_ports() { return receiver_->open_ports(); }
  std::vector<flow::PortView> ports() const { return receiver_->ports(); }

  // Any thread: see Receiver::change().
  void change(std::vector<state::Endpoint> listen, Admission::Senders senders) {
    receiver_->change(std::move(listen), std::move(senders));
  }

  // Starts the threads, those first that take from others.
  void start();
  // Ends the threads, those first that give to others: when it returns, all that was received went
  // into `handovers`, but for what stays in the journal because its replay was cut short. Someone
  // must be taking out of `handovers` meanwhile.
  void stop();

  // The store thread's: segments up to this one are in parts.
  void committed(std::uint64_t segment);

  // Any thread.
  std::shared_ptr<const flow::ReceiveView> receive_view() const { return receiver_->view().get(); }
  std::vector<std::shared_ptr<const flow::WorkerView>> worker_views() const;
  std::vector<flow::LedgerRow> uncommitted_ledger() const;
  bool is_replaying() const { return replay_status_.is_running; }

 private:
  Collector(std::unique_ptr<Journal> journal, ReplayMarks marks);
  void make_workers(const Options& options, const Knowledge& knowledge,
                    base::Channel<flow::Handover>& handovers);

  std::unique_ptr<Journal> journal_;
  ReplayMarks marks_;
  ReplayStatus replay_status_;
  std::atomic<std::uint64_t> committed_{0};
  std::vector<std::unique_ptr<Worker>> workers_;
  std::unique_ptr<Replay> replay_;
  std::unique_ptr<Receiver> receiver_;

  std::vector<std::jthread> working_;
  std::jthread replaying_;
  std::jthread syncing_;
  std::jthread receiving_;
};

}  // namespace collect
