#pragma once

#include <filesystem>
#include <memory>

#include "base/result.h"

namespace store {

// A data folder that this process holds (flock on the folder itself). Given back at the end, also
// by kill -9.
class FolderLock {
 public:
  // errno EWOULDBLOCK: another process holds it, for longer than one that only looks.
  static base::Expected<std::unique_ptr<FolderLock>, base::IoError> take(
      const std::filesystem::path& folder);
  ~FolderLock();
  FolderLock(const FolderLock&) = delete;
  FolderLock& operator=(const FolderLock&) = delete;

 private:
  explicit FolderLock(int descriptor) : descriptor_(descriptor) {}
  int descriptor_;
};

}  // namespace store
