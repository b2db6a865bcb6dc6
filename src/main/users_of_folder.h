#pragma once

#include <string>

#include "base/result.h"
#include "state/users.h"

namespace weir {

// Says on standard error what went wrong; the exit code for it.
int report(const state::UsersError& error);
int report(const base::UserError& error);
int report(const base::IoError& error);

// The users of the data folder that `data` (--data) means, or the exit code; the reason is said.
base::Expected<state::Users, int> open_users(const std::string& data);

// Calls `work(users)`, whether a server runs on the folder or not. Answers the exit code.
template <class Work>
int with_users(const std::string& data, Work work) {
  auto users = open_users(data);
  return users ? work(*users) : users.error();
}

}  // namespace weir
