#include "store/store_thread.h"

#include <algorithm>
#include <iterator>
#include <thread>

#include "base/check.h"
#include "base/crash_point.h"
#include "base/log.h"

namespace store {
namespace {

template <class T>
void move_to_end(std::vector<T>& from, std::vector<T>& to) {
  to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void merge(flow::SegmentDone from, flow::SegmentDone& to) {
  move_to_end(from.minutes.hosts, to.minutes.hosts);
  move_to_end(from.minutes.interfaces, to.minutes.interfaces);
  move_to_end(from.ledger, to.ledger);
  move_to_end(from.exporters, to.exporters);
}

// Of the states of one exporter the last.
std::vector<flow::ExporterState> newest(std::vector<flow::ExporterState> states) {
  std::map<flow::Address, std::string> last;
  for (auto& one : states) last[one.exporter] = std::move(one.state);
  states.clear();
  for (auto& [exporter, state] : last) states.push_back({exporter, std::move(state)});
  return states;
}

}  // namespace

StoreThread::StoreThread(Store& store, base::Channel<flow::Handover>& input, Options options,
                         Committed committed)
    : store_(store),
      input_(input),
      options_(options),
      committed_(std::move(committed)),
      finished_(options.workers, 0) {
  CHECK(options.workers > 0);
}

void StoreThread::run() {
  while (!input_.finished()) {
    auto handover = input_.pop_until(commit_is_due() ? retry_at_ : merge_at_);
    if (handover) take(std::move(*handover));
    const Time now = std::chrono::steady_clock::now();
    if (commit_is_due()) {
      if (now >= retry_at_) try_commit(now);
    } else if (now >= merge_at_ && input_.size() == 0 && !input_.finished()) {
      try_merge();
    }
  }
  const Time give_up_at = std::chrono::steady_clock::now() + options_.drain;
  while (commit_is_due()) {
    const Time now = std::chrono::steady_clock::now();
    if (now >= give_up_at) {
      spdlog::warn("segments above {} could not be committed and stay in the journal",
                   committed_segment_);
      return;
    }
    // The channel is closed, so this only waits.
    if (now < retry_at_) std::this_thread::sleep_until(std::min(retry_at_, give_up_at));
    try_commit(std::chrono::steady_clock::now());
  }
}

void StoreThread::take(flow::Handover handover) {
  if (auto* batch = std::get_if<std::unique_ptr<flow::Batch>>(&handover.what)) {
    store_.append(std::move(*batch));
  } else {
    take(handover.worker, std::move(std::get<flow::SegmentDone>(handover.what)));
  }
}

void StoreThread::take(std::uint32_t worker, flow::SegmentDone done) {
  CHECK(worker < finished_.size());
  CHECK(done.segment > finished_[worker]);
  finished_[worker] = done.segment;
  auto& open = open_[done.segment];
  open.segment = done.segment;
  merge(std::move(done), open);
}

bool StoreThread::commit_is_due() const {
  return !open_.empty() && open_.begin()->first <= std::ranges::min(finished_);
}

// Commits every segment that all workers have finished, as one.
void StoreThread::try_commit(Time now) {
  Commit commit;
  flow::SegmentDone all;
  const std::uint64_t newest = std::ranges::min(finished_);
  for (auto at = open_.begin(); at != open_.end() && at->first <= newest; at = open_.erase(at)) {
    merge(std::move(at->second), all);
  }
  if (!rolled_up_) all.minutes = {};
  commit.segment = newest;
  commit.rolled_up = rolled_up_;
  commit.minutes = std::move(all.minutes);
  commit.ledger = std::move(all.ledger);
  commit.exporters = std::move(all.exporters);
  const auto done = store_.commit(commit);
  if (done) {
    committed_segment_ = newest;
    rolled_up_ = true;
    wait_ = {};
    CRASH_POINT("between_commit_and_trim");
    if (committed_) committed_(newest);
    return;
  }
  // Kept as the newest segment's, to be tried again with whatever is finished by then.
  keep(newest,
       {newest, std::move(commit.minutes), std::move(commit.ledger), std::move(commit.exporters)});
  wait_ = wait_.count() == 0 ? options_.first_wait : std::min(wait_ * 2, options_.longest_wait);
  retry_at_ = now + wait_;
  spdlog::error("segment {} cannot be committed, next try in {} ms: {}", newest, wait_.count(),
                base::to_text(done.error()));
}

// What is handed over while a merge runs; a commit that falls due waits for its end.
void StoreThread::take_waiting() {
  while (auto handover = input_.pop_until(Time{})) take(std::move(*handover));
}

void StoreThread::try_merge() {
  const Time begin = std::chrono::steady_clock::now();
  const auto merged = store_.merge_small_parts(clock_.now_ms(), [this] {
    take_waiting();
    return !input_.finished();  // else the process is to end, and a merge can be made at any time
  });
  const Time end = std::chrono::steady_clock::now();
  merge_at_ = end + (merged && *merged ? options_.merge_rest * (end - begin)
                                       : Time::duration(options_.merge_every));
  if (!merged) spdlog::warn("small parts stay as they are: {}", base::to_text(merged.error()));
}

void StoreThread::keep(std::uint64_t segment, flow::SegmentDone what) {
  if (what.minutes.hosts.size() + what.minutes.interfaces.size() > options_.minute_rows_max) {
    spdlog::warn("minute rows are given up: the segments up to {} wait too long", segment);
    what.minutes = {};
    rolled_up_ = false;
  }
  what.ledger = flow::merged(what.ledger, options_.ledger_rows_max);
  what.exporters = newest(std::move(what.exporters));
  open_[segment] = std::move(what);
}

}  // namespace store
