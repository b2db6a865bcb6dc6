#include "store/embedded/folder_lock.h"

#include <fcntl.h>
#include <sys/file.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <thread>

namespace store {
namespace {

constexpr int kAttempts = 10;
constexpr auto kPause = std::chrono::milliseconds(10);

}  // namespace

base::Expected<std::unique_ptr<FolderLock>, base::IoError> FolderLock::take(
    const std::filesystem::path& folder) {
  const int descriptor = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (descriptor < 0) {
    return base::Unexpected(base::IoError{"open folder", folder.string(), errno, ""});
  }
  std::unique_ptr<FolderLock> lock(new FolderLock(descriptor));
  // A question looks with this lock, too, and gives it back at once.
  for (int attempt = 1; ::flock(descriptor, LOCK_EX | LOCK_NB) != 0; ++attempt) {
    if (errno != EWOULDBLOCK || attempt == kAttempts) {
      return base::Unexpected(base::IoError{"lock", folder.string(), errno, ""});
    }
    std::this_thread::sleep_for(kPause);
  }
  return lock;
}

FolderLock::~FolderLock() {
  ::close(descriptor_);
}

}  // namespace store
