#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <string>

#include "main/commands.h"
#include "state/settings.h"

namespace weir {
namespace {

int check_config(const std::string& path) {
  const auto settings = state::read_settings(path);
  if (settings) {
    fmt::print("{}: nothing wrong\n", path);
    return 0;
  }
  for (const auto& error : settings.error()) fmt::print(stderr, "{}\n", base::to_text(error));
  return kInputWrong;
}

}  // namespace

void add_config(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("config", "explain weir.toml, or check one");
  auto explain = std::make_shared<bool>(false);
  auto* flag = command->add_flag("--explain", *explain,
                                 "print every key with its meaning, type and default");
  CLI::App* check = command->add_subcommand("check", "say what is wrong with a file of settings");
  auto path = std::make_shared<std::string>("weir.toml");
  check->add_option("file", *path, "the file")->capture_default_str();
  check->excludes(flag);
  check->callback([&exit_code, path] { exit_code = check_config(*path); });
  command->callback([&exit_code, explain, check] {
    if (check->parsed()) return;
    if (!*explain) throw CLI::CallForHelp();
    std::fputs(state::explain_settings().c_str(), stdout);
    exit_code = 0;
  });
}

}  // namespace weir
