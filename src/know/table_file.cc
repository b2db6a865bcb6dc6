#include "know/table_file.h"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "know/text_table.h"

namespace know {
namespace {

base::Expected<std::string, std::string> read_all(int descriptor, const std::string& path) {
  const auto failed = [&] {
    return base::Unexpected(base::to_text(base::IoError{"read", path, errno, ""}));
  };
  struct stat status {};
  if (::fstat(descriptor, &status) != 0) return failed();
  if (!S_ISREG(status.st_mode)) return base::Unexpected(fmt::format("{}: it is no file", path));
  std::string text(kTableOctetsMax + 1, '\0');
  std::size_t filled = 0;
  while (filled < text.size()) {
    const auto came = ::read(descriptor, text.data() + filled, text.size() - filled);
    if (came < 0 && errno == EINTR) continue;
    if (came < 0) return failed();
    if (came == 0) break;
    filled += static_cast<std::size_t>(came);
  }
  if (filled > kTableOctetsMax) {
    return base::Unexpected(
        fmt::format("{}: expected at most {} octets, came more", path, kTableOctetsMax));
  }
  text.resize(filled);
  if (text.find('\0') != std::string::npos) {
    return base::Unexpected(fmt::format("{}: expected text, came octets of 0", path));
  }
  return text;
}

}  // namespace

base::Expected<std::string, std::string> read_table(const std::filesystem::path& path) {
  // A pipe without a writer must not keep us waiting.
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK);
  if (descriptor < 0) {
    return base::Unexpected(base::to_text(base::IoError{"open", path.string(), errno, ""}));
  }
  auto text = read_all(descriptor, path.string());
  ::close(descriptor);
  return text;
}

}  // namespace know
