#pragma once

#include <filesystem>
#include <string_view>

#include "base/result.h"

namespace state {

// Writes the file anew, durably: the whole of it or the one before, whatever happens.
base::Expected<void, base::IoError> replace_file(const std::filesystem::path& file,
                                                 std::string_view text, unsigned mode = 0640);

}  // namespace state
