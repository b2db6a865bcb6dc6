#include "collect/journal/journal.h"

#include <fcntl.h>
#include <sys/uio.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <chrono>
#include <system_error>

#include "base/check.h"
#include "base/log.h"
#include "base/sync_folder.h"
#include "collect/journal/segment_format.h"

namespace collect {
namespace {

// Of one writev: headers and payload of each datagram. The kernel takes 1,024.
constexpr std::size_t kPiecesMax = 2 * Journal::kBurstMax;
static_assert(kPiecesMax <= 1'024);

base::Expected<void, base::IoError> make_folder(const std::filesystem::path& folder) {
  std::error_code error;
  std::filesystem::create_directories(folder, error);
  if (error) return base::Unexpected(base::IoError{"create", folder, error.value(), ""});
  return {};
}

std::uint64_t sum_octets(const std::vector<SegmentFile>& segments) {
  std::uint64_t sum = 0;
  for (const SegmentFile& segment : segments) sum += segment.octets;
  return sum;
}

void remove_file(const std::filesystem::path& path) {
  std::error_code error;
  std::filesystem::remove(path, error);
  if (error) spdlog::warn("remove {}: {}", path.string(), error.message());
}

}  // namespace

// Shared by the appending thread and the one that syncs; the last one closes it.
struct Journal::OpenFile {
  OpenFile(int opened, std::uint64_t segment, std::filesystem::path at)
      : descriptor(opened), number(segment), path(std::move(at)) {}
  ~OpenFile() { ::close(descriptor); }
  OpenFile(const OpenFile&) = delete;
  OpenFile& operator=(const OpenFile&) = delete;

  const int descriptor;
  const std::uint64_t number;
  const std::filesystem::path path;
  std::atomic<bool> is_dirty{true};
  std::atomic<bool> is_closed{false};  // nothing is appended any more
};

base::Expected<std::unique_ptr<Journal>, base::IoError> Journal::open(const Options& options,
                                                                      base::DiskBudget& budget) {
  const auto aside = set_aside_folder(options.folder);
  for (const auto& folder : {options.folder, aside}) {
    if (auto made = make_folder(folder); !made) return base::Unexpected(std::move(made.error()));
  }
  return std::unique_ptr<Journal>(new Journal(options, budget));
}

Journal::Journal(const Options& options, base::DiskBudget& budget)
    : folder_(options.folder),
      budget_(budget),
      share_octets_(options.share_octets),
      segment_limit_octets_(std::min(kSegmentMaxOctets, options.share_octets / 4)) {
  auto aside = list_segments(set_aside_folder(folder_));
  bound_set_aside(aside);
  closed_ = list_segments(folder_);
  segment_ = std::max({options.committed, aside.empty() ? 0 : aside.back().number,
                       closed_.empty() ? 0 : closed_.back().number}) +
             1;
  used_octets_ = sum_octets(closed_) + sum_octets(aside);
  budget_.take_over(share_octets_);
  trim(options.committed);
  found_ = closed_;
}

Journal::~Journal() {
  if (auto synced = sync(); !synced) spdlog::error("journal: {}", base::to_text(synced.error()));
  budget_.give_back(share_octets_);
}

// What is set aside is kept for a person to look at, the newest of it, in a fourth of the share.
void Journal::bound_set_aside(std::vector<SegmentFile>& aside) const {
  while (aside.size() > 1 && sum_octets(aside) > share_octets_ / 4) {
    spdlog::warn("journal: segment {} removed from {}: no room", aside.front().number,
                 set_aside_folder(folder_).string());
    remove_file(segment_path(set_aside_folder(folder_), aside.front().number));
    aside.erase(aside.begin());
  }
}

base::Expected<void, base::IoError> Journal::begin_segment() {
  const auto path = segment_path(folder_, segment_);
  const int descriptor =
      ::open(path.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_APPEND | O_CLOEXEC, 0640);
  if (descriptor < 0) return base::Unexpected(base::IoError{"create", path, errno, ""});
  auto file = std::make_shared<OpenFile>(descriptor, segment_, path);
  std::vector<std::byte> header;
  wire::ByteWriter out(header);
  put_segment_header(out);
  if (::write(descriptor, header.data(), header.size()) != static_cast<ssize_t>(header.size())) {
    const base::IoError error{"write", path, errno == 0 ? ENOSPC : errno, ""};
    ::unlink(path.c_str());
    return base::Unexpected(error);
  }
  file_ = std::move(file);
  segment_octets_ = header.size();
  used_octets_ += header.size();
  const std::lock_guard lock(mutex_);
  unsynced_.push_back(file_);
  folder_changed_ = true;
  open_segment_ = segment_;
  return {};
}

base::Expected<void, base::IoError> Journal::append(std::span<const Datagram> burst) {
  CHECK(burst.size() <= kBurstMax);
  std::size_t burst_octets = 0;
  for (const Datagram& datagram : burst) burst_octets += record_octets(datagram);
  if (burst_octets == 0) return {};
  if (used_octets() + kSegmentHeaderOctets + burst_octets > share_octets_) {
    return base::Unexpected(
        base::IoError{"append", folder_, ENOSPC, "the journal's share of store.budget is used up"});
  }
  if (!file_) {
    if (auto begun = begin_segment(); !begun) return begun;
  }
  return write_burst(burst, burst_octets);
}

void Journal::build_headers(std::span<const Datagram> burst) {
  headers_.clear();
  headers_.reserve(burst.size() * kOverheadMaxOctets);
  header_ends_.clear();
  wire::ByteWriter out(headers_);
  for (const Datagram& datagram : burst) {
    put_record_header(out, datagram);
    header_ends_.push_back(headers_.size());
  }
}

base::Expected<void, base::IoError> Journal::write_burst(std::span<const Datagram> burst,
                                                         std::size_t burst_octets) {
  build_headers(burst);
  std::array<iovec, kPiecesMax> pieces;
  std::size_t begin = 0;
  for (std::size_t i = 0; i < burst.size(); ++i) {
    // iovec wants a pointer to what may change; writev only reads.
    pieces[2 * i] = {headers_.data() + begin, header_ends_[i] - begin};
    pieces[2 * i + 1] = {const_cast<std::byte*>(burst[i].payload.data()), burst[i].payload.size()};
    begin = header_ends_[i];
  }
  errno = 0;
  const ssize_t written =
      ::writev(file_->descriptor, pieces.data(), static_cast<int>(2 * burst.size()));
  if (written != static_cast<ssize_t>(burst_octets)) {
    const base::IoError error{"append", file_->path, errno == 0 ? ENOSPC : errno, ""};
    // A part of a record in the middle would hide every later one from a reader. Where it cannot
    // be cut off it stays the segment's end; the next barrier covers this segment too.
    if (::ftruncate(file_->descriptor, static_cast<off_t>(segment_octets_)) != 0) close_segment();
    return base::Unexpected(error);
  }
  segment_octets_ += burst_octets;
  used_octets_ += burst_octets;
  file_->is_dirty.store(true, std::memory_order_release);
  return {};
}

std::uint64_t Journal::close_segment() {
  const std::uint64_t closed = segment_++;
  if (file_) {
    const std::lock_guard lock(mutex_);
    closed_.push_back({closed, segment_octets_});
    open_segment_.reset();
    file_->is_closed.store(true, std::memory_order_release);
  }
  file_.reset();
  segment_octets_ = 0;
  return closed;
}

void Journal::trim(std::uint64_t committed) {
  std::vector<SegmentFile> gone;
  {
    const std::lock_guard lock(mutex_);
    const auto kept = std::ranges::find_if(
        closed_, [&](const SegmentFile& segment) { return segment.number > committed; });
    gone.assign(closed_.begin(), kept);
    closed_.erase(closed_.begin(), kept);
    std::erase_if(unsynced_, [&](const auto& file) {
      return file->is_closed.load() && file->number <= committed;
    });
  }
  for (const SegmentFile& segment : gone) {
    remove_file(segment_path(folder_, segment.number));
    remove_file(deaths_path(folder_, segment.number));
    used_octets_ -= segment.octets;
  }
}

base::Expected<void, base::IoError> Journal::set_aside(std::uint64_t number) {
  const auto from = segment_path(folder_, number);
  std::error_code error;
  std::filesystem::rename(from, segment_path(set_aside_folder(folder_), number), error);
  if (error) return base::Unexpected(base::IoError{"set aside", from, error.value(), ""});
  remove_file(deaths_path(folder_, number));
  std::erase_if(found_, [&](const SegmentFile& segment) { return segment.number == number; });
  const std::lock_guard lock(mutex_);
  std::erase_if(closed_, [&](const SegmentFile& segment) { return segment.number == number; });
  return base::sync_folder(folder_);
}

base::Expected<void, base::IoError> Journal::keep_copy(const SegmentFile& segment) {
  const auto from = segment_path(folder_, segment.number);
  const auto copy = segment_path(set_aside_folder(folder_), segment.number);
  std::error_code error;
  std::filesystem::create_hard_link(from, copy, error);
  if (error == std::errc::file_exists) return {};  // kept by an earlier, interrupted replay
  if (error) return base::Unexpected(base::IoError{"set aside", from, error.value(), ""});
  used_octets_ += segment.octets;
  auto aside = list_segments(set_aside_folder(folder_));
  const std::uint64_t before = sum_octets(aside);
  bound_set_aside(aside);
  used_octets_ -= before - sum_octets(aside);
  return {};
}

base::Expected<void, base::IoError> Journal::sync() {
  std::vector<std::shared_ptr<OpenFile>> files;
  bool folder_changed = false;
  {
    const std::lock_guard lock(mutex_);
    files = unsynced_;
    std::swap(folder_changed, folder_changed_);
  }
  base::Expected<void, base::IoError> done;
  for (const auto& file : files) {
    if (!file->is_dirty.exchange(false, std::memory_order_acquire)) continue;
    if (::fdatasync(file->descriptor) == 0) continue;
    done = base::Unexpected(base::IoError{"fdatasync", file->path, errno, ""});
    file->is_dirty = true;
  }
  bool folder_is_dirty = false;
  if (folder_changed) {
    if (auto synced = base::sync_folder(folder_); !synced) {
      folder_is_dirty = true;
      done = std::move(synced);
    }
  }
  // Forgotten is only what was closed before its last octets were made durable.
  const std::lock_guard lock(mutex_);
  std::erase_if(unsynced_,
                [](const auto& file) { return file->is_closed.load() && !file->is_dirty.load(); });
  folder_changed_ |= folder_is_dirty;
  return done;
}

void Journal::run_sync(const std::stop_token& stop) {
  std::mutex mutex;  // guards nothing: the wait below wants one
  std::condition_variable_any stopped;
  base::SampledLog log(base::kMsPerMinute);
  while (!stop.stop_requested()) {
    std::unique_lock lock(mutex);
    stopped.wait_for(lock, stop, std::chrono::seconds(1), [] { return false; });
    if (auto synced = sync(); !synced) {
      log.line(base::SystemClock().now_ms(), [&](std::uint64_t held_back) {
        spdlog::error("journal: {}; a power cut may lose more than a second ({} like it)",
                      base::to_text(synced.error()), held_back);
      });
    }
  }
}

std::uint64_t Journal::segments_waiting() const {
  const std::lock_guard lock(mutex_);
  return closed_.size() + (open_segment_ ? 1 : 0);
}

}  // namespace collect
