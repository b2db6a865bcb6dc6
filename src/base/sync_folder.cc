#include "base/sync_folder.h"

#include <fcntl.h>
#include <unistd.h>

#include <cerrno>

namespace base {

Expected<void, IoError> sync_folder(const std::filesystem::path& folder) {
  const int file = ::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (file < 0) return Unexpected(IoError{"open", folder.string(), errno, ""});
  const int result = ::fsync(file);
  const int problem = errno;
  ::close(file);
  if (result != 0) return Unexpected(IoError{"fsync", folder.string(), problem, ""});
  return {};
}

}  // namespace base
