#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <stop_token>
#include <string>
#include <vector>

#include "base/snapshot.h"
#include "collect/inbox.h"
#include "collect/journal/journal.h"
#include "collect/pipeline.h"

namespace collect {

// What replay says of itself, for any thread.
struct ReplayStatus {
  std::atomic<bool> is_running{false};
  // One line for each segment that was damaged, could not be read, or is counted as lost.
  base::Snapshot<std::vector<std::string>> set_aside;
};

// Sends the segments that no commit covers through the workers, oldest first, each with its
// barrier, while live datagrams already wait behind them. A segment whose replay ended the process
// twice at one datagram is set aside and counted as lost.
class Replay {
 public:
  // All outlive the replay. The journal's found() segments are what is replayed.
  Replay(Journal& journal, std::uint64_t committed, std::vector<Inbox*> inboxes,
         ReplayStatus& status);

  // At start, before run(): sets aside what must be.
  void set_aside_killers();

  // Ends the workers' waiting for replay; when asked to stop before its end, abandons their live
  // messages: those are in the journal for the next start.
  void run(const std::stop_token& stop);

 private:
  struct Segment {
    SegmentFile file;
    bool is_set_aside;
  };

  void report(std::string line);
  bool replay(const SegmentFile& segment, const std::stop_token& stop);
  void keep_copy(const SegmentFile& segment);
  std::string kept_as(const SegmentFile& segment) const;
  void count_as_lost(const SegmentFile& segment);
  void send_barrier(std::uint64_t segment, std::vector<flow::LedgerRow> ledger);

  Journal& journal_;
  const std::uint64_t committed_;
  const std::vector<Inbox*> inboxes_;
  ReplayStatus& status_;
  std::vector<Segment> segments_;
};

// For a folder that no process holds: sends its uncommitted segments through `pipeline`, then one
// barrier. Reads only. What cannot be read is skipped, as by Replay.
void replay_in_memory(const std::filesystem::path& folder, std::uint64_t committed,
                      Pipeline& pipeline);

// When the newest datagram of the journal was received; 0 when it holds none.
base::UnixNs last_received_ns(const std::filesystem::path& folder);

}  // namespace collect
