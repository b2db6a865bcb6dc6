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

// Reads the whole file. With `sync`, its octets are on the disk afterwards.
base::Expected<FileDigest, base::IoError> digest_of(const std::filesystem::path& file, bool sync);

// Makes the folder and those above it that are absent; all of them survive a power cut.
base::Expected<void, base::IoError> make_folder(const std::filesystem::path& folder);

}  // namespace store
