#include "collect/journal/segment_folder.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>
#include <string_view>
#include <system_error>

namespace collect {
namespace {

constexpr std::string_view kSuffix = ".pcap";

std::optional<std::uint64_t> number_of(const std::string& name) {
  if (!name.ends_with(kSuffix)) return std::nullopt;
  const char* end = name.data() + name.size() - kSuffix.size();
  std::uint64_t number = 0;
  const auto [stop, error] = std::from_chars(name.data(), end, number);
  if (error != std::errc{} || stop != end) return std::nullopt;
  return number;
}

}  // namespace

std::filesystem::path segment_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / fmt::format("{:020}{}", number, kSuffix);
}

std::filesystem::path deaths_path(const std::filesystem::path& folder, std::uint64_t number) {
  return folder / fmt::format("{:020}.deaths", number);
}

std::filesystem::path set_aside_folder(const std::filesystem::path& folder) {
  return folder / "set-aside";
}

std::vector<SegmentFile> list_segments(const std::filesystem::path& folder) {
  std::vector<SegmentFile> segments;
  std::error_code error;
  for (std::filesystem::directory_iterator entry(folder, error), end; !error && entry != end;
       entry.increment(error)) {
    const auto number = number_of(entry->path().filename());
    if (!number) continue;
    std::error_code gone;  // a commit may remove it meanwhile
    const auto octets = entry->file_size(gone);
    if (!gone) segments.push_back({*number, octets});
  }
  std::ranges::sort(segments, {}, &SegmentFile::number);
  return segments;
}

}  // namespace collect
