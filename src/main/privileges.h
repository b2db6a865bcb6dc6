#pragma once

#include <filesystem>
#include <string>

#include "base/result.h"

namespace weir {

// Whether the process may do everything.
bool is_root();

// The user `name` exists on this machine.
bool user_exists(const std::string& name);

// Makes the folder and all in it the user's, then becomes that user for good, with its groups. Only
// root can. Every thread of the process changes.
base::Expected<void, base::IoError> become_user(const std::string& name,
                                                const std::filesystem::path& folder);

}  // namespace weir
