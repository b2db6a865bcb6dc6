#include "collect/journal/replay.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/log.h"
#include "collect/journal/replay_marks.h"
#include "collect/journal/segment_reader.h"

namespace collect {
namespace {

constexpr std::size_t kBurstDatagrams = 64;
// Rows that a segment set aside may make of the ledger; what senders beyond them sent counts for
// the unspecified address.
constexpr std::size_t kLostRowsMax = 10'000;
constexpr std::size_t kReportedMax = 100;

// Collects one worker's datagrams of a segment into bursts.
class BurstMaker {
 public:
  BurstMaker(std::uint64_t segment, const SegmentReader& reader)
      : segment_(segment), memory_(reader.memory()) {}

  // A full burst, now and then.
  std::unique_ptr<Burst> add(const Datagram& datagram, std::uint64_t offset) {
    if (!burst_) {
      burst_ = std::make_unique<Burst>();
      burst_->segment = segment_;
      burst_->memory = memory_;
    }
    burst_->datagrams.push_back(datagram);
    burst_->offsets.push_back(offset);
    burst_->octets += datagram.payload.size();
    return burst_->datagrams.size() < kBurstDatagrams ? nullptr : std::move(burst_);
  }
  std::unique_ptr<Burst> rest() { return std::move(burst_); }

 private:
  std::uint64_t segment_;
  std::shared_ptr<const void> memory_;
  std::unique_ptr<Burst> burst_;
};

bool is_whole(const SegmentReader& reader) {
  return reader.damaged_records() == 0 && reader.torn_octets() == 0;
}

std::vector<flow::LedgerRow> ledger_of_lost(const std::filesystem::path& path) {
  std::map<std::pair<flow::Address, base::UnixMs>, flow::LedgerCounts> lost;
  auto reader = SegmentReader::open(path);
  while (reader) {
    const auto datagram = reader->next();
    if (!datagram) break;
    const auto minute = base::floor_to(datagram->received_ns / base::kNsPerMs, base::kMsPerMinute);
    std::pair key{datagram->exporter, minute};
    if (lost.size() >= kLostRowsMax && !lost.contains(key)) key.first = {};
    flow::LedgerCounts& counts = lost[key];
    ++counts.datagrams;
    counts.octets += datagram->payload.size();
    ++counts.records;
    ++counts[flow::NotCounted::SegmentSetAside];
  }
  std::vector<flow::LedgerRow> rows;
  rows.reserve(lost.size());
  for (const auto& [key, counts] : lost) rows.push_back({key.first, key.second, counts});
  return rows;
}

}  // namespace

Replay::Replay(Journal& journal, std::uint64_t committed, std::vector<Inbox*> inboxes,
               ReplayStatus& status)
    : journal_(journal), committed_(committed), inboxes_(std::move(inboxes)), status_(status) {}

void Replay::set_aside_killers() {
  const auto found = journal_.found();
  for (const SegmentFile& segment : found) {
    if (!killed_twice(journal_.folder(), segment.number)) continue;
    if (auto moved = journal_.set_aside(segment.number); !moved) {
      spdlog::error("journal: {}", base::to_text(moved.error()));
    }
  }
  for (const SegmentFile& segment : journal_.found()) segments_.push_back({segment, false});
  // What was set aside and whose loss no commit has counted yet; copies of damaged segments that
  // are still to be replayed are none of them.
  for (const SegmentFile& segment : list_segments(set_aside_folder(journal_.folder()))) {
    const bool is_copy = std::ranges::any_of(
        segments_, [&](const Segment& one) { return one.file.number == segment.number; });
    if (segment.number > committed_ && !is_copy) segments_.push_back({segment, true});
  }
  std::ranges::sort(segments_, {}, [](const Segment& one) { return one.file.number; });
  status_.is_running = !segments_.empty();
}

void Replay::run(const std::stop_token& stop) {
  for (const Segment& segment : segments_) {
    if (segment.is_set_aside) {
      count_as_lost(segment.file);
    } else if (!replay(segment.file, stop)) {
      spdlog::info("replay stopped in segment {}; the next start goes on", segment.file.number);
      for (Inbox* inbox : inboxes_) inbox->abandon();
      return;
    }
  }
  for (Inbox* inbox : inboxes_) inbox->end_replay();
  if (!segments_.empty()) spdlog::info("replay done: {} segments", segments_.size());
  status_.is_running = false;
}

bool Replay::replay(const SegmentFile& segment, const std::stop_token& stop) {
  const auto path = segment_path(journal_.folder(), segment.number);
  auto reader = SegmentReader::open(path);
  if (!reader) {
    keep_copy(segment);
    report(fmt::format("segment {} was not read: {}; kept as {}", segment.number,
                       base::to_text(reader.error()), kept_as(segment)));
    send_barrier(segment.number, {});
    return true;
  }
  std::vector<BurstMaker> makers;
  for (std::size_t i = 0; i < inboxes_.size(); ++i) makers.emplace_back(segment.number, *reader);
  while (const auto datagram = reader->next()) {
    if (stop.stop_requested()) return false;
    const std::size_t worker = worker_of(datagram->exporter, inboxes_.size());
    if (auto burst = makers[worker].add(*datagram, reader->record_offset())) {
      inboxes_[worker]->push_replayed(std::move(burst));
    }
  }
  for (std::size_t i = 0; i < makers.size(); ++i) {
    if (auto burst = makers[i].rest()) inboxes_[i]->push_replayed(std::move(burst));
  }
  if (!is_whole(*reader)) {
    keep_copy(segment);
    report(fmt::format(
        "segment {}: {} damaged records and {} octets after the last whole one were "
        "not read; kept as {}",
        segment.number, reader->damaged_records(), reader->torn_octets(), kept_as(segment)));
  }
  send_barrier(segment.number, {});
  return true;
}

// Before the barrier: once it is committed the segment goes.
void Replay::keep_copy(const SegmentFile& segment) {
  if (auto kept = journal_.keep_copy(segment); !kept) {
    spdlog::error("journal: {}", base::to_text(kept.error()));
  }
}

std::string Replay::kept_as(const SegmentFile& segment) const {
  return segment_path(set_aside_folder(journal_.folder()), segment.number).string();
}

void Replay::count_as_lost(const SegmentFile& segment) {
  const std::string path = kept_as(segment);
  auto ledger = ledger_of_lost(path);
  std::uint64_t datagrams = 0;
  for (const auto& row : ledger) datagrams += row.counts.datagrams;
  report(
      fmt::format("segment {}: its replay ended the process twice at one datagram; its {} "
                  "datagrams are counted as lost; kept as {}",
                  segment.number, datagrams, path));
  send_barrier(segment.number, std::move(ledger));
}

void Replay::send_barrier(std::uint64_t segment, std::vector<flow::LedgerRow> ledger) {
  for (Inbox* inbox : inboxes_) {
    inbox->push_replayed(Barrier{segment, std::exchange(ledger, {})});
  }
}

void Replay::report(std::string line) {
  spdlog::error("journal: {}", line);
  auto lines = *status_.set_aside.get();
  if (lines.size() >= kReportedMax) return;
  lines.push_back(std::move(line));
  status_.set_aside.publish(std::make_shared<const std::vector<std::string>>(std::move(lines)));
}

void replay_in_memory(const std::filesystem::path& folder, std::uint64_t committed,
                      Pipeline& pipeline) {
  std::uint64_t newest = committed;
  for (const SegmentFile& segment : list_segments(folder)) {
    if (segment.number <= committed) continue;
    newest = segment.number;
    auto reader = SegmentReader::open(segment_path(folder, segment.number));
    if (!reader) continue;
    Burst burst;
    burst.segment = segment.number;
    while (const auto datagram = reader->next()) {
      burst.datagrams.push_back(*datagram);
      if (burst.datagrams.size() < kBurstDatagrams) continue;
      pipeline.take(burst, nullptr);
      burst.datagrams.clear();
    }
    pipeline.take(burst, nullptr);
  }
  pipeline.hand_over(pipeline.finish(Barrier{newest, {}}));
}

base::UnixNs last_received_ns(const std::filesystem::path& folder) {
  const auto segments = list_segments(folder);
  base::UnixNs last = 0;
  // Times never fall, so the newest segment that holds a datagram has the last one.
  for (auto segment = segments.rbegin(); segment != segments.rend() && last == 0; ++segment) {
    auto reader = SegmentReader::open(segment_path(folder, segment->number));
    while (reader) {
      const auto datagram = reader->next();
      if (!datagram) break;
      last = std::max(last, datagram->received_ns);
    }
  }
  return last;
}

}  // namespace collect
