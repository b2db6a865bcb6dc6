#include "state/replace_file.h"

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <span>
#include <string>

namespace state {

base::Expected<void, base::IoError> replace_file(const std::filesystem::path& file,
                                                 std::string_view text, unsigned mode) {
  const std::string part = file.string() + ".part";
  const auto failed = [&](const char* operation) {
    const int problem = errno;
    ::unlink(part.c_str());
    return base::Unexpected(base::IoError{operation, part, problem, ""});
  };
  ::unlink(part.c_str());  // one that a crash left may have another mode
  const int descriptor = ::open(part.c_str(), O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, mode);
  if (descriptor < 0) return failed("open");
  std::span<const char> rest(text);
  while (!rest.empty()) {
    const auto written = ::write(descriptor, rest.data(), rest.size());
    if (written < 0) {
      auto error = failed("write");
      ::close(descriptor);
      return error;
    }
    rest = rest.subspan(static_cast<std::size_t>(written));
  }
  const bool is_durable = ::fsync(descriptor) == 0;
  if (::close(descriptor) != 0 || !is_durable) return failed("write");
  if (::rename(part.c_str(), file.c_str()) != 0) return failed("rename");
  return {};
}

}  // namespace state
