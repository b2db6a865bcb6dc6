#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "base/clock.h"
#include "main/commands.h"
#include "main/users_of_folder.h"

namespace weir {
namespace {

struct TokenOptions {
  std::string name;
  std::string role = "viewer";
  std::string data;
};

int create_token(const TokenOptions& options) {
  const auto role = state::parse_role(options.role);
  if (!role) {
    return report(base::UserError{"--role", "expected viewer or admin, came " + options.role, ""});
  }
  return with_users(options.data, [&](state::Users& users) {
    const auto made = users.create_token(options.name, *role, base::SystemClock().now_ms());
    if (!made) return report(made.error());
    std::puts(made->secret.c_str());
    return 0;
  });
}

}  // namespace

void add_token(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("token", "secrets with which programs use the API");
  command->require_subcommand(1);
  CLI::App* create = command->add_subcommand(
      "create", "make a token and print it, once, for the header `Authorization: Bearer …`");
  auto options = std::make_shared<TokenOptions>();
  create->add_option("name", options->name, "what the token is for")->required();
  create->add_option("--role", options->role, "viewer (asks) or admin (also changes)")
      ->capture_default_str();
  create->add_option("--data", options->data, "data folder; else that of ./weir.toml, else data");
  create->callback([&exit_code, options] { exit_code = create_token(*options); });
}

}  // namespace weir
