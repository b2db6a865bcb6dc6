#include "collect/journal/segment_reader.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>

#include "collect/journal/segment_format.h"

namespace collect {

base::Expected<SegmentReader, base::IoError> SegmentReader::open(
    const std::filesystem::path& path) {
  const int file = ::open(path.c_str(), O_RDONLY | O_CLOEXEC);
  if (file < 0) return base::Unexpected(base::IoError{"open", path, errno, ""});
  struct stat status {};
  const bool known = ::fstat(file, &status) == 0;
  const auto octets = static_cast<std::size_t>(known ? status.st_size : 0);
  void* mapped = octets == 0 ? nullptr : ::mmap(nullptr, octets, PROT_READ, MAP_PRIVATE, file, 0);
  const int problem = errno;
  ::close(file);
  if (!known || mapped == MAP_FAILED) {
    return base::Unexpected(base::IoError{"read", path, problem, ""});
  }
  if (mapped != nullptr) ::madvise(mapped, octets, MADV_SEQUENTIAL);
  std::shared_ptr<const void> memory(static_cast<const void*>(mapped),
                                     [mapped, octets](const void*) {
                                       if (mapped != nullptr) ::munmap(mapped, octets);
                                     });
  return SegmentReader(std::move(memory), {static_cast<const std::byte*>(mapped), octets});
}

SegmentReader::SegmentReader(std::shared_ptr<const void> memory, wire::ByteView octets)
    : memory_(std::move(memory)), file_octets_(octets.size()), rest_(octets) {
  if (!take_segment_header(rest_)) {
    torn_octets_ = octets.size();
    rest_ = wire::ByteReader({});
  }
}

std::optional<Datagram> SegmentReader::next() {
  while (rest_.remaining() > 0) {
    record_offset_ = file_octets_ - rest_.remaining();
    const auto datagram = take_record(rest_);
    if (datagram) return *datagram;
    switch (datagram.error()) {
      case RecordFault::Damaged:
        ++damaged_records_;
        break;
      case RecordFault::Torn:
        torn_octets_ = rest_.remaining();
        rest_ = wire::ByteReader({});
        break;
    }
  }
  return std::nullopt;
}

}  // namespace collect
