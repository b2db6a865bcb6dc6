#pragma once

#include <string>

#include "base/result.h"

namespace weir {

// The data folder that a command means: `given` (--data), else the one that ./weir.toml names, else
// "data". An error when ./weir.toml is wrong.
base::Expected<std::string, base::UserError> find_data_folder(const std::string& given);

}  // namespace weir
