#include "serve/socket_path.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/un.h>
#include <unistd.h>

#include <cerrno>

namespace serve {

base::Expected<SocketPath, base::IoError> SocketPath::of(const std::filesystem::path& path) {
  constexpr std::size_t kLongest = sizeof(sockaddr_un::sun_path) - 1;
  if (path.native().size() <= kLongest) return SocketPath(-1, path.native());

  const int folder = ::open(path.parent_path().c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC);
  if (folder < 0) {
    return base::Unexpected(base::IoError{"open", path.parent_path().string(), errno, ""});
  }
  return SocketPath(folder, fmt::format("/proc/self/fd/{}/{}", folder, path.filename().string()));
}

SocketPath::~SocketPath() {
  if (folder_ >= 0) ::close(folder_);
}

}  // namespace serve
