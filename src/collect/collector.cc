#include "collect/collector.h"

#include <pthread.h>

#include <algorithm>
#include <utility>

namespace collect {
namespace {

// As top and ps show it.
void name_thread(std::jthread& thread, const char* name) {
  ::pthread_setname_np(thread.native_handle(), name);
}

}  // namespace

base::Expected<std::unique_ptr<Collector>, base::IoError> Collector::open(
    Options options, const Knowledge& knowledge, base::DiskBudget& budget,
    base::Channel<flow::Handover>& handovers) {
  auto journal = Journal::open({.folder = options.journal_folder,
                                .committed = options.committed_segment,
                                .share_octets = options.journal_share_octets},
                               budget);
  if (!journal) return base::Unexpected(std::move(journal.error()));
  auto marks = ReplayMarks::open(options.journal_folder);
  if (!marks) return base::Unexpected(std::move(marks.error()));

  std::unique_ptr<Collector> collector(new Collector(std::move(*journal), std::move(*marks)));
  collector->committed_ = options.committed_segment;
  collector->make_workers(options, knowledge, handovers);
  std::vector<Inbox*> inboxes;
  std::vector<Worker*> workers;
  for (const auto& worker : collector->workers_) {
    inboxes.push_back(&worker->inbox());
    workers.push_back(worker.get());
  }
  collector->replay_ = std::make_unique<Replay>(*collector->journal_, options.committed_segment,
                                                inboxes, collector->replay_status_);
  collector->replay_->set_aside_killers();
  auto& last_received_ns = options.receive.last_received_ns;
  last_received_ns = std::max(last_received_ns, collect::last_received_ns(options.journal_folder));
  collector->receiver_ =
      std::make_unique<Receiver>(std::move(options.receive), *collector->journal_,
                                 std::move(workers), collector->replay_status_);
  return collector;
}

Collector::Collector(std::unique_ptr<Journal> journal, ReplayMarks marks)
    : journal_(std::move(journal)), marks_(std::move(marks)) {}

Collector::~Collector() = default;

void Collector::make_workers(const Options& options, const Knowledge& knowledge,
                             base::Channel<flow::Handover>& handovers) {
  for (std::uint32_t i = 0; i < options.workers; ++i) {
    workers_.push_back(std::make_unique<Worker>(
        i, knowledge, marks_, committed_,
        [&handovers](flow::Handover handover) { handovers.push(handover); }));
  }
  for (const flow::ExporterState& state : options.exporters) {
    workers_[worker_of(state.exporter, workers_.size())]->restore(state);
  }
}

void Collector::start() {
  for (const auto& worker : workers_) working_.emplace_back([&worker] { worker->run(); });
  replaying_ = std::jthread([this](const std::stop_token& stop) { replay_->run(stop); });
  syncing_ = std::jthread([this](const std::stop_token& stop) { journal_->run_sync(stop); });
  receiving_ = std::jthread([this](const std::stop_token& stop) { receiver_->run(stop); });
  for (std::jthread& thread : working_) name_thread(thread, "weir-worker");
  name_thread(replaying_, "weir-replay");
  name_thread(syncing_, "weir-journal");
  name_thread(receiving_, "weir-receive");
}

void Collector::stop() {
  for (std::jthread* thread : {&receiving_, &replaying_}) {
    thread->request_stop();
    thread->join();
  }
  for (std::jthread& thread : working_) thread.join();
  syncing_.request_stop();
  syncing_.join();
}

void Collector::committed(std::uint64_t segment) {
  committed_.store(segment, std::memory_order_release);
  journal_->trim(segment);
}

std::vector<std::shared_ptr<const flow::WorkerView>> Collector::worker_views() const {
  std::vector<std::shared_ptr<const flow::WorkerView>> views;
  for (const auto& worker : workers_) views.push_back(worker->view().get());
  return views;
}

std::vector<flow::LedgerRow> Collector::uncommitted_ledger() const {
  std::vector<flow::LedgerRow> rows;
  for (const auto& view : worker_views()) {
    rows.insert(rows.end(), view->uncommitted.begin(), view->uncommitted.end());
    for (const flow::PassedLedger& passed : view->passed) {
      if (passed.segment <= committed_.load(std::memory_order_acquire)) continue;
      rows.insert(rows.end(), passed.rows->begin(), passed.rows->end());
    }
  }
  return rows;
}

}  // namespace collect
