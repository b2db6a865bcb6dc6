#include "main/users_of_folder.h"

#include <fmt/format.h>

#include <cstdio>
#include <filesystem>

#include "main/commands.h"
#include "main/data_folder.h"

namespace weir {
int report(const base::UserError& error) {
  std::fputs((base::to_text(error) + "\n").c_str(), stderr);
  return kInputWrong;
}

int report(const base::IoError& error) {
  std::fputs((base::to_text(error) + "\n").c_str(), stderr);
  return kNotHad;
}

int report(const state::UsersError& error) {
  if (const auto* wrong = std::get_if<base::UserError>(&error)) return report(*wrong);
  return report(std::get<base::IoError>(error));
}

base::Expected<state::Users, int> open_users(const std::string& data) {
  const auto folder = find_data_folder(data);
  if (!folder) return base::Unexpected(report(folder.error()));
  std::error_code ignored;
  if (!std::filesystem::is_directory(*folder, ignored)) {
    std::fputs(fmt::format("data folder {}: expected a folder that `weir serve` has made "
                           "(name another with --data)\n",
                           *folder)
                   .c_str(),
               stderr);
    return base::Unexpected(kNotHad);
  }
  auto users = state::Users::open(std::filesystem::path(*folder) / "state.db");
  if (!users) return base::Unexpected(report(users.error()));
  return std::move(*users);
}

}  // namespace weir
