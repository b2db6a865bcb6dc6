#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>

namespace know {

// What tells one state of a file from the next.
struct FileStamp {
  std::uint64_t inode = 0;
  std::int64_t octets = 0;
  std::int64_t changed_ns = 0;

  bool operator==(const FileStamp&) const = default;
};

// Empty: there is no file.
std::optional<FileStamp> stamp_of(const std::filesystem::path& path);

// A file that is looked at now and then. What is written is not read by half: a new state counts
// once it was the same at two looks.
class WatchedFile {
 public:
  explicit WatchedFile(std::filesystem::path path)
      : path_(std::move(path)), seen_(stamp_of(path_)), read_(seen_) {}

  const std::filesystem::path& path() const { return path_; }
  bool exists() const { return seen_.has_value(); }
  // True: there is another state than the one that was read, and it is to be read now.
  bool look();
  // What the file is now was written, or read, by the caller.
  void is_read() { read_ = seen_ = stamp_of(path_); }

 private:
  std::filesystem::path path_;
  std::optional<FileStamp> seen_;  // at the last look
  std::optional<FileStamp> read_;  // of the state that was read
};

}  // namespace know
