#include "know/watched_file.h"

#include <sys/stat.h>

namespace know {

std::optional<FileStamp> stamp_of(const std::filesystem::path& path) {
  struct stat status {};
  if (::stat(path.c_str(), &status) != 0) return std::nullopt;
  constexpr std::int64_t kNsPerS = 1'000'000'000;
  return FileStamp{.inode = status.st_ino,
                   .octets = status.st_size,
                   .changed_ns = status.st_ctim.tv_sec * kNsPerS + status.st_ctim.tv_nsec};
}

bool WatchedFile::look() {
  const auto stamp = stamp_of(path_);
  const bool stands_still = stamp == seen_;
  seen_ = stamp;
  if (!stands_still || stamp == read_) return false;
  read_ = stamp;
  return true;
}

}  // namespace know
