#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <vector>

#include "base/result.h"
#include "store/store.h"

// Looking at a data folder from outside, whether a server holds it or not. Changes nothing.
namespace store {

// By (newest receipt, name).
base::Expected<std::vector<Part>, base::IoError> read_manifest(const std::filesystem::path& folder);

struct FolderReport {
  std::uint64_t parts_read = 0;
  std::uint64_t octets_read = 0;
  std::vector<std::string> problems;  // a line each; names the part
};
// Reads every part that counts and compares length and checksum with the manifest's; names what is
// set aside.
base::Expected<FolderReport, base::IoError> check_folder(const std::filesystem::path& folder);

}  // namespace store
