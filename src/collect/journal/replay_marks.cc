#include "collect/journal/replay_marks.h"

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cerrno>
#include <fstream>
#include <set>

#include "collect/journal/segment_folder.h"

namespace collect {
namespace {

constexpr std::size_t kFileOctets = ReplayMarks::kWorkersMax * sizeof(std::uint64_t);

base::Expected<void, base::IoError> note_death(const std::filesystem::path& folder,
                                               const ReplayMarks::Place& place) {
  const auto path = deaths_path(folder, place.segment);
  std::ofstream file(path, std::ios::app);
  file << place.offset << '\n';
  file.flush();
  if (!file) return base::Unexpected(base::IoError{"write", path, errno, ""});
  return {};
}

}  // namespace

base::Expected<ReplayMarks, base::IoError> ReplayMarks::open(const std::filesystem::path& folder) {
  const auto path = folder / "replay-marks";
  const int file = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0640);
  if (file < 0) return base::Unexpected(base::IoError{"open", path, errno, ""});
  void* mapped = MAP_FAILED;
  if (::ftruncate(file, kFileOctets) == 0) {
    mapped = ::mmap(nullptr, kFileOctets, PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  }
  const int problem = errno;
  ::close(file);
  if (mapped == MAP_FAILED) return base::Unexpected(base::IoError{"map", path, problem, ""});

  ReplayMarks marks({static_cast<volatile std::uint64_t*>(mapped), kWorkersMax});
  for (volatile std::uint64_t& mark : marks.marks_) {
    const std::uint64_t left = mark;
    if (left == 0) continue;
    const Place place{left >> kOffsetBits, left & ((std::uint64_t{1} << kOffsetBits) - 1)};
    if (auto noted = note_death(folder, place); !noted) {
      return base::Unexpected(std::move(noted.error()));
    }
    marks.deaths_.push_back(place);
    mark = 0;
  }
  return marks;
}

ReplayMarks::ReplayMarks(ReplayMarks&& other) noexcept
    : marks_(std::exchange(other.marks_, {})), deaths_(std::move(other.deaths_)) {}

ReplayMarks::~ReplayMarks() {
  if (!marks_.empty()) ::munmap(const_cast<std::uint64_t*>(marks_.data()), kFileOctets);
}

bool killed_twice(const std::filesystem::path& folder, std::uint64_t segment) {
  std::ifstream file(deaths_path(folder, segment));
  std::set<std::uint64_t> seen;
  for (std::uint64_t offset = 0; file >> offset;) {
    if (!seen.insert(offset).second) return true;
  }
  return false;
}

}  // namespace collect
