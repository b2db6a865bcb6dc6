#include "probe/capture/privileges.h"

#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>

namespace probe {

bool is_root() {
  return ::geteuid() == 0;
}

base::Expected<void, base::IoError> keep_only_capturing(const std::string& user) {
  std::array<char, 16'384> text{};
  passwd entry{};
  passwd* found = nullptr;
  ::getpwnam_r(user.c_str(), &entry, text.data(), text.size(), &found);
  if (found == nullptr) {
    return base::Unexpected(base::IoError{"become", user, 0, "there is no such user"});
  }
  __user_cap_header_struct header{.version = _LINUX_CAPABILITY_VERSION_3, .pid = 0};
  std::array<__user_cap_data_struct, 2> kept{};
  kept[0].effective = kept[0].permitted = 1U << CAP_NET_RAW;
  // Groups first: afterwards the process may not any more.
  if (::prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) != 0 || ::setgroups(0, nullptr) != 0 ||
      ::setgid(entry.pw_gid) != 0 || ::setuid(entry.pw_uid) != 0 ||
      ::syscall(SYS_capset, &header, kept.data()) != 0 ||
      ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0) {
    return base::Unexpected(base::IoError{"become", user, errno, ""});
  }
  return {};
}

}  // namespace probe
