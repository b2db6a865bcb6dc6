#include "know/log_tail.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/result.h"

namespace know {

LogTail::~LogTail() {
  close();
}

void LogTail::close() {
  if (descriptor_ >= 0) ::close(descriptor_);
  descriptor_ = -1;
  begun_.clear();
  is_skipping_ = false;
}

void LogTail::open() {
  const bool is_first = !was_there_;
  problem_.clear();
  descriptor_ = ::open(path_.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor_ < 0) {
    was_there_ = was_there_ || errno == ENOENT;
    if (errno != ENOENT) problem_ = base::to_text(base::IoError{"open", path_, errno, ""});
    return;
  }
  struct stat found {};
  if (::fstat(descriptor_, &found) != 0 || !S_ISREG(found.st_mode)) {
    problem_ = base::to_text(base::IoError{"read", path_, 0, "it is no file"});
    return close();
  }
  was_there_ = true;
  offset_ = is_first ? std::max<std::int64_t>(0, found.st_size - kFirstOctetsMax) : 0;
  is_skipping_ = offset_ > 0;
}

LogTail::State LogTail::state() const {
  struct stat ours {};
  struct stat there {};
  if (::fstat(descriptor_, &ours) != 0) return State::Turned;
  // One that is gone may be on its way to be turned over: it is read on until another is there.
  if (::stat(path_.c_str(), &there) == 0 &&
      (there.st_ino != ours.st_ino || there.st_dev != ours.st_dev)) {
    return State::Turned;
  }
  return ours.st_size < offset_ ? State::Cut : State::Same;
}

bool LogTail::read() {
  if (descriptor_ < 0) open();
  if (descriptor_ < 0) return false;
  State now = state();
  if (now == State::Cut) {
    offset_ = 0;
    begun_.clear();
    is_skipping_ = false;
    now = State::Same;
  }
  const std::size_t count = read_piece(kReadOctetsMax);
  if (count == kReadOctetsMax) return true;
  if (now == State::Same || !problem_.empty()) return false;
  close();
  return true;  // the new one
}

std::size_t LogTail::read_piece(std::size_t most) {
  std::size_t sum = 0;
  std::array<char, 65'536> piece{};
  while (sum < most) {
    const auto count =
        ::pread(descriptor_, piece.data(), std::min(piece.size(), most - sum), offset_);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) problem_ = base::to_text(base::IoError{"read", path_, errno, ""});
    if (count <= 0) break;
    problem_.clear();
    offset_ += count;
    sum += static_cast<std::size_t>(count);
    take_lines({piece.data(), static_cast<std::size_t>(count)});
  }
  return sum;
}

void LogTail::take_lines(std::string_view piece) {
  while (!piece.empty()) {
    const std::size_t end = piece.find('\n');
    const std::string_view part = piece.substr(0, end);
    piece.remove_prefix(end == std::string_view::npos ? piece.size() : end + 1);
    if (!is_skipping_ && begun_.size() + part.size() > kLogLineOctetsMax) {
      refuse_();
      begun_.clear();
      is_skipping_ = true;
    }
    if (!is_skipping_) begun_ += part;
    if (end == std::string_view::npos) return;
    if (!is_skipping_) take_(begun_);
    begun_.clear();
    is_skipping_ = false;
  }
}

}  // namespace know
