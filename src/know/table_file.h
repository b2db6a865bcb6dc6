#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace know {

// The whole text of a file that people write, or in words why there is none: it cannot be read, is
// larger than kTableOctetsMax, or is no text.
base::Expected<std::string, std::string> read_table(const std::filesystem::path& path);

}  // namespace know
