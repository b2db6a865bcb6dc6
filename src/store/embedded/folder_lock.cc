#include "store/embedded/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>

namespace store {

base::Expected<std::unique_ptr<FolderLock>, base::IoError> FolderLock::take(
    const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return base::Unexpected(base::IoError{"open folder", folder.string(), errno, ""});
  }
  std::unique_ptr<FolderLock> lock(new FolderLock(descriptor));
  if (::flock(descriptor, LOCK_EX | LOCK_NB) != 0) {
    return base::Unexpected(base::IoError{"lock", folder.string(), errno, ""});
  }
  return lock;
}

FolderLock::~FolderLock() {
  ::close(descriptor_);
}

}  // namespace store
