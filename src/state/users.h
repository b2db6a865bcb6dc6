#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "state/state_db.h"

namespace state {

enum class Role : std::uint8_t { Admin, Viewer };  // a viewer asks; an admin also changes
// "admin", "viewer".
std::string_view to_text(Role role);
std::optional<Role> parse_role(std::string_view text);

struct User {
  std::string name;
  Role role = Role::Viewer;
};

struct Session {
  User user;
  base::UnixMs expires = 0;
};

struct Token {
  std::int64_t id = 0;
  std::string name;
  Role role = Role::Viewer;
  base::UnixMs created = 0;
};

// A secret is known to its owner alone: only its hash is kept.
struct NewSession {
  std::string secret;
  base::UnixMs expires = 0;
};
struct NewToken {
  Token token;
  std::string secret;
};

// Either the person asked for what cannot be, or the database failed.
using UsersError = std::variant<base::UserError, base::IoError>;

// Who may come in: users with their sessions, and tokens for programs. In state.db, so that the
// commands `weir user` and `weir token` and a running server see the same. Thread-safe.
class Users {
 public:
  static constexpr std::int64_t kSessionMs = 14 * base::kMsPerDay;
  static constexpr std::int64_t kSessionsMax = 1'000;  // beyond: the one that ends first goes
  static constexpr std::int64_t kTokensMax = 1'000;
  static constexpr std::size_t kNameOctetsMax = 64;
  static constexpr std::size_t kPasswordOctetsMin = 8;
  static constexpr std::size_t kPasswordOctetsMax = 1024;

  static base::Expected<Users, base::IoError> open(const std::filesystem::path& state_db);

  base::Expected<bool, UsersError> has_admin();
  // Refused when there is an admin already.
  base::Expected<User, UsersError> create_first_admin(const std::string& name,
                                                      const std::string& password,
                                                      base::UnixMs now);
  // Ends the user's sessions. Refused for a name that nobody has.
  base::Expected<void, UsersError> set_password(const std::string& name,
                                                const std::string& password);
  // Empty: wrong name or password; both take the same time.
  base::Expected<std::optional<User>, UsersError> check_password(const std::string& name,
                                                                 const std::string& password);

  base::Expected<NewSession, UsersError> start_session(const std::string& user, base::UnixMs now);
  base::Expected<std::optional<Session>, UsersError> find_session(std::string_view secret,
                                                                  base::UnixMs now);
  base::Expected<void, UsersError> end_session(std::string_view secret);

  // Refused when the name is taken or kTokensMax is reached.
  base::Expected<NewToken, UsersError> create_token(const std::string& name, Role role,
                                                    base::UnixMs now);
  base::Expected<std::optional<Token>, UsersError> find_token(std::string_view secret);
  base::Expected<std::vector<Token>, UsersError> tokens();
  // False: there is none of that id.
  base::Expected<bool, UsersError> delete_token(std::int64_t id);

 private:
  explicit Users(StateDb db) : db_(std::move(db)) {}

  std::unique_ptr<std::mutex> mutex_ = std::make_unique<std::mutex>();  // guards db_
  StateDb db_;
};

}  // namespace state
