#pragma once

#include <filesystem>

#include "base/result.h"

namespace base {

// After this a rename, creation or removal in the folder survives a power cut.
Expected<void, IoError> sync_folder(const std::filesystem::path& folder);

}  // namespace base
