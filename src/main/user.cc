#include <fmt/format.h>
#include <termios.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <iostream>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "main/commands.h"
#include "main/users_of_folder.h"

namespace weir {
namespace {

struct PasswdOptions {
  std::string name;
  std::string data;
};

// The terminal shows nothing of what is typed for as long as this lives.
class HiddenTyping {
 public:
  HiddenTyping() {
    ::tcgetattr(STDIN_FILENO, &before_);
    termios hidden = before_;
    hidden.c_lflag &= ~static_cast<tcflag_t>(ECHO);
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &hidden);
  }
  ~HiddenTyping() {
    ::tcsetattr(STDIN_FILENO, TCSAFLUSH, &before_);
    std::fputs("\n", stderr);
  }
  HiddenTyping(const HiddenTyping&) = delete;
  HiddenTyping& operator=(const HiddenTyping&) = delete;

 private:
  termios before_{};
};

std::optional<std::string> read_line() {
  std::string line;
  if (!std::getline(std::cin, line)) return std::nullopt;
  if (line.ends_with('\r')) line.pop_back();
  return line;
}

std::optional<std::string> ask_terminal(const std::string& prompt) {
  std::fputs(prompt.c_str(), stderr);
  const HiddenTyping hidden;
  return read_line();
}

// From the terminal, typed twice; else the first line of standard input.
base::Expected<std::string, base::UserError> read_password(const std::string& name) {
  const base::UserError missing{"password", "expected a line, none came", ""};
  if (::isatty(STDIN_FILENO) == 0) {
    const auto line = read_line();
    if (!line) return base::Unexpected(missing);
    return *line;
  }
  const auto first = ask_terminal(fmt::format("New password for {}: ", name));
  if (!first) return base::Unexpected(missing);
  const auto second = ask_terminal("Once more: ");
  if (!second) return base::Unexpected(missing);
  if (*first != *second) {
    return base::Unexpected(base::UserError{"password", "the two differ", "try again"});
  }
  return *first;
}

// The first user of a folder becomes its admin: whoever may write to the folder needs no code.
int set_password(const PasswdOptions& options) {
  return with_users(options.data, [&](state::Users& users) {
    const auto has_admin = users.has_admin();
    if (!has_admin) return report(has_admin.error());
    const auto password = read_password(options.name);
    if (!password) return report(password.error());
    if (!*has_admin) {
      const auto made =
          users.create_first_admin(options.name, *password, base::SystemClock().now_ms());
      if (!made) return report(made.error());
      std::fputs(fmt::format("made the admin {}\n", options.name).c_str(), stderr);
      return 0;
    }
    if (const auto set = users.set_password(options.name, *password); !set) {
      return report(set.error());
    }
    std::fputs("the password is set; sessions of before have ended\n", stderr);
    return 0;
  });
}

}  // namespace

void add_user(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("user", "who may log in");
  command->require_subcommand(1);
  CLI::App* passwd = command->add_subcommand(
      "passwd",
      "set a user's password, read from the terminal or from standard input; in a folder without "
      "an admin it makes one of this name");
  auto options = std::make_shared<PasswdOptions>();
  passwd->add_option("name", options->name, "the user")->required();
  passwd->add_option("--data", options->data, "data folder; else that of ./weir.toml, else data");
  passwd->callback([&exit_code, options] { exit_code = set_password(*options); });
}

}  // namespace weir
