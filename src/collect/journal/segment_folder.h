#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

// Names of files in the journal's folder.
namespace collect {

struct SegmentFile {
  std::uint64_t number = 0;
  std::uint64_t octets = 0;

  bool operator==(const SegmentFile&) const = default;
};

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number);

// Beside a segment whose replay ended the process: where in it (see replay_marks.h).
std::filesystem::path deaths_path(const std::filesystem::path& folder, std::uint64_t number);

// Below the journal's folder: segments that are not read any more.
std::filesystem::path set_aside_folder(const std::filesystem::path& folder);

// The segments in `folder` by number; other files are not looked at. Empty where there is no such
// folder.
std::vector<SegmentFile> list_segments(const std::filesystem::path& folder);

}  // namespace collect
