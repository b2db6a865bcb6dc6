#pragma once

#include <atomic>
#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/disk_budget.h"
#include "base/result.h"
#include "collect/datagram.h"
#include "collect/journal/segment_folder.h"

namespace collect {

// The datagrams that are received and not yet in a committed part, in numbered segment files. One
// thread appends and closes segments; another calls run_sync(); any thread may trim.
//
// 1. A segment's number is used once in the life of the data folder.
// 2. Segments, those set aside among them, never take more than their share of the disk budget,
//    which is taken whole when the journal opens, so that parts cannot take it first.
// 3. What append() said yes to is in the file, in order, after whatever ends the process; after a
//    power cut, but for the last second.
class Journal {
 public:
  // A segment is closed at this size, or at a fourth of the share when that is less.
  static constexpr std::uint64_t kSegmentMaxOctets = std::uint64_t{256} << 20;
  // Datagrams that one append() takes.
  static constexpr std::size_t kBurstMax = 512;

  struct Options {
    std::filesystem::path folder;    // created when absent
    std::uint64_t committed = 0;     // segments up to this one are in parts: they are removed
    std::uint64_t share_octets = 0;  // of `budget`
  };
  // `budget` outlives the journal.
  static base::Expected<std::unique_ptr<Journal>, base::IoError> open(const Options& options,
                                                                      base::DiskBudget& budget);
  ~Journal();
  Journal(const Journal&) = delete;
  Journal& operator=(const Journal&) = delete;

  // Segments found at the start that no commit covers, oldest first: to be replayed.
  const std::vector<SegmentFile>& found() const { return found_; }

  // Appending thread. Writes all of the burst or, on an error, nothing of it: ENOSPC when the share
  // is used up, or what the file system said.
  base::Expected<void, base::IoError> append(std::span<const Datagram> burst);
  // Appending thread. The number that append() writes under now, and what that segment holds.
  std::uint64_t segment() const { return segment_; }
  std::uint64_t segment_octets() const { return segment_octets_; }
  std::uint64_t segment_limit_octets() const { return segment_limit_octets_; }
  // Appending thread. Closes the segment, whose number it answers; the next append() begins
  // another.
  std::uint64_t close_segment();

  // Removes every segment up to and with `committed`. Any thread.
  void trim(std::uint64_t committed);

  // Moves a segment to set-aside/, where nothing replays it. At start only, before replay.
  base::Expected<void, base::IoError> set_aside(std::uint64_t number);
  // Keeps what a later trim() removes in set-aside/ too, for a person to look at.
  base::Expected<void, base::IoError> keep_copy(const SegmentFile& segment);

  // Makes durable what was appended. run_sync() does so once a second until stopped, and once
  // more then.
  base::Expected<void, base::IoError> sync();
  void run_sync(const std::stop_token& stop);

  // Any thread.
  std::uint64_t used_octets() const { return used_octets_.load(std::memory_order_relaxed); }
  std::uint64_t segments_waiting() const;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  struct OpenFile;

  Journal(const Options& options, base::DiskBudget& budget);
  void bound_set_aside(std::vector<SegmentFile>& aside) const;
  base::Expected<void, base::IoError> begin_segment();
  base::Expected<void, base::IoError> write_burst(std::span<const Datagram> burst,
                                                  std::size_t burst_octets);
  void build_headers(std::span<const Datagram> burst);

  const std::filesystem::path folder_;
  base::DiskBudget& budget_;
  const std::uint64_t share_octets_;
  const std::uint64_t segment_limit_octets_;
  std::vector<SegmentFile> found_;
  std::atomic<std::uint64_t> used_octets_{0};

  // The appending thread's.
  std::uint64_t segment_ = 1;
  std::uint64_t segment_octets_ = 0;
  std::shared_ptr<OpenFile> file_;  // null: the next append() opens it
  std::vector<std::byte> headers_;
  std::vector<std::size_t> header_ends_;

  mutable std::mutex mutex_;  // guards the four below
  std::vector<SegmentFile> closed_;
  std::vector<std::shared_ptr<OpenFile>> unsynced_;
  bool folder_changed_ = false;
  std::optional<std::uint64_t> open_segment_;
};

}  // namespace collect
