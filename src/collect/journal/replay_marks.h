#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "base/result.h"

namespace collect {

// Where in the journal each worker is while it replays, in a mapped file that outlives the process
// however it ends: so the next start knows which datagram ended it. Only a datagram in whose
// decoding the process died twice is to blame; a kill from outside hits any one.
class ReplayMarks {
 public:
  static constexpr std::size_t kWorkersMax = 64;

  struct Place {
    std::uint64_t segment = 0;
    std::uint64_t offset = 0;  // of the datagram's record in its segment; below 2^30
    bool operator==(const Place&) const = default;
  };

  // Reads what the last process left in `folder`, notes it beside the segments concerned, and
  // starts anew.
  static base::Expected<ReplayMarks, base::IoError> open(const std::filesystem::path& folder);
  ~ReplayMarks();
  ReplayMarks(ReplayMarks&& other) noexcept;
  ReplayMarks& operator=(ReplayMarks&&) = delete;

  // Where the last process died.
  const std::vector<Place>& deaths() const { return deaths_; }

  // One store to memory; each worker has its own mark.
  void begin(std::size_t worker, const Place& place) {
    marks_[worker] = place.segment << kOffsetBits | place.offset;
  }
  void end(std::size_t worker) { marks_[worker] = 0; }

 private:
  static constexpr unsigned kOffsetBits = 30;
  explicit ReplayMarks(std::span<volatile std::uint64_t> marks) : marks_(marks) {}

  // volatile: nobody in this process reads them, yet every store must reach memory.
  std::span<volatile std::uint64_t> marks_;
  std::vector<Place> deaths_;
};

// True when the replay of the segment died at least twice at one and the same datagram.
bool killed_twice(const std::filesystem::path& folder, std::uint64_t segment);

}  // namespace collect
