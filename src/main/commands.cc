#include "main/commands.h"

#include <fmt/format.h>

#include <cstdio>

namespace weir {

int complain(std::string_view command, int exit_code, std::string_view text) {
  fmt::print(stderr, "weir {}: {}\n", command, text);
  return exit_code;
}

}  // namespace weir
