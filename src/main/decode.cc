#include <CLI/CLI.hpp>

#include "main/commands.h"

namespace weir {

void add_decode(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("decode", "print the flows of captures and raw datagrams");
  command->callback([&exit_code] { exit_code = 2; });
}

}  // namespace weir
