#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "base/result.h"

namespace probe {

struct Interface {
  std::string name;
  std::uint32_t index = 0;  // ifIndex; 0: the system has none for it
  bool is_up = false;
  std::vector<std::string> addresses;
};

// What can be captured on.
base::Expected<std::vector<Interface>, base::IoError> list_interfaces();

// 0: there is none of that name now.
std::uint32_t interface_index(const std::string& name);

}  // namespace probe
