#pragma once

#include <string>

#include "base/result.h"

namespace probe {

bool is_root();

// Becomes the user for good and keeps CAP_NET_RAW alone, with which an interface that comes back is
// opened again. Only root can; before any thread is started.
base::Expected<void, base::IoError> keep_only_capturing(const std::string& user);

}  // namespace probe
