#pragma once

#include <cstdint>
#include <filesystem>

#include "base/result.h"

namespace store {

struct FileDigest {
  std::uint64_t octets = 0;
  std::uint64_t checksum = 0;  // XXH3, 64 bits, of all octets
  bool operator==(const FileDigest&) const = default;
};

// Reads the whole file.
base::Expected<FileDigest, base::IoError> digest_of(const std::filesystem::path& file);
// The same; afterwards its octets survive a power cut.
base::Expected<FileDigest, base::IoError> sync_and_digest(const std::filesystem::path& file);

// Makes the folder and those above it that are absent; all of them survive a power cut.
base::Expected<void, base::IoError> make_folder(const std::filesystem::path& folder);

}  // namespace store
