#include "base/mapped_file.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

namespace base {
namespace {

tl::unexpected<IoError> failed(const char* operation, const std::string& path, int error,
                               std::string detail = {}) {
  return Unexpected(IoError{operation, path, error, std::move(detail)});
}

}  // namespace

Expected<MappedFile, IoError> MappedFile::open(const std::string& path) {
  const int descriptor = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return failed("open", path, errno);
  struct stat status {};
  const int described = ::fstat(descriptor, &status);
  const int error = errno;
  void* mapped = MAP_FAILED;
  const auto octets = static_cast<std::size_t>(status.st_size);
  if (described == 0 && S_ISREG(status.st_mode) && octets > 0) {
    mapped = ::mmap(nullptr, octets, PROT_READ, MAP_PRIVATE, descriptor, 0);
  }
  const int map_error = errno;
  ::close(descriptor);
  if (described != 0) return failed("read", path, error);
  if (!S_ISREG(status.st_mode)) return failed("read", path, 0, "not a regular file");
  if (octets == 0) {
    return failed("read", path, 0, "empty");
  }
  if (mapped == MAP_FAILED) return failed("map", path, map_error);
  return MappedFile(mapped, octets);
}

MappedFile::~MappedFile() {
  if (mapped_ != nullptr) ::munmap(mapped_, octets_);
}

void MappedFile::forget_before(std::size_t octets) const {
  const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
  ::madvise(mapped_, octets / page * page, MADV_DONTNEED);
}

}  // namespace base
