#include "main/privileges.h"

#include <grp.h>
#include <pwd.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <optional>
#include <system_error>

namespace weir {
namespace {

struct UserIds {
  uid_t user;
  gid_t group;
};

std::optional<UserIds> find_user(const std::string& name) {
  std::array<char, 16'384> text{};
  passwd entry{};
  passwd* found = nullptr;
  if (::getpwnam_r(name.c_str(), &entry, text.data(), text.size(), &found) != 0) {
    return std::nullopt;
  }
  if (found == nullptr) return std::nullopt;
  return UserIds{entry.pw_uid, entry.pw_gid};
}

base::Expected<void, base::IoError> give_to(const UserIds& ids, const std::filesystem::path& path) {
  if (::lchown(path.c_str(), ids.user, ids.group) == 0 || errno == ENOENT) return {};
  return base::Unexpected(base::IoError{"chown", path, errno, ""});
}

base::Expected<void, base::IoError> give_all_to(const UserIds& ids,
                                                const std::filesystem::path& folder) {
  if (auto given = give_to(ids, folder); !given) return given;
  std::error_code error;
  for (std::filesystem::recursive_directory_iterator entry(folder, error), end;
       !error && entry != end; entry.increment(error)) {
    if (auto given = give_to(ids, entry->path()); !given) return given;
  }
  if (error) return base::Unexpected(base::IoError{"chown", folder, error.value(), ""});
  return {};
}

}  // namespace

bool is_root() {
  return ::geteuid() == 0;
}

bool user_exists(const std::string& name) {
  return find_user(name).has_value();
}

base::Expected<void, base::IoError> become_user(const std::string& name,
                                                const std::filesystem::path& folder) {
  const auto ids = find_user(name);
  if (!ids) return base::Unexpected(base::IoError{"become", name, 0, "there is no such user"});
  if (auto given = give_all_to(*ids, folder); !given) return given;
  // Groups first: afterwards the process may not any more.
  if (::initgroups(name.c_str(), ids->group) != 0 || ::setgid(ids->group) != 0 ||
      ::setuid(ids->user) != 0) {
    return base::Unexpected(base::IoError{"become", name, errno, ""});
  }
  return {};
}

}  // namespace weir
