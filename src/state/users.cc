#include "state/users.h"

#include <fmt/format.h>

#include <algorithm>

#include "state/secrets.h"

namespace state {
namespace {

using base::Unexpected;
using base::UserError;

template <class T>
tl::unexpected<UsersError> failed(const base::Expected<T, base::IoError>& result) {
  return Unexpected(UsersError(result.error()));
}

std::optional<UserError> wrong_name(std::string_view where, std::string_view name) {
  const auto fits = [](char letter) {
    return (letter >= 'a' && letter <= 'z') || (letter >= 'A' && letter <= 'Z') ||
           (letter >= '0' && letter <= '9') || std::string_view("._@-").find(letter) < 4;
  };
  if (!name.empty() && name.size() <= Users::kNameOctetsMax &&
      std::all_of(name.begin(), name.end(), fits)) {
    return std::nullopt;
  }
  return UserError{std::string(where),
                   fmt::format("expected 1 to {} letters, digits or any of . _ @ -, {} octets came",
                               Users::kNameOctetsMax, name.size()),
                   ""};
}

std::optional<UserError> wrong_password(std::string_view password) {
  if (password.size() >= Users::kPasswordOctetsMin &&
      password.size() <= Users::kPasswordOctetsMax) {
    return std::nullopt;
  }
  return UserError{"password",
                   fmt::format("expected {} to {} octets, {} came", Users::kPasswordOctetsMin,
                               Users::kPasswordOctetsMax, password.size()),
                   ""};
}

Role role_of(std::string_view text) {
  return parse_role(text).value_or(Role::Viewer);
}

// Verified when nobody has the name, so that the answer takes as long.
const std::string& nobodys_hash() {
  static const std::string hash = hash_password(random_secret());
  return hash;
}

}  // namespace

std::string_view to_text(Role role) {
  switch (role) {
    case Role::Admin:
      return "admin";
    case Role::Viewer:
      return "viewer";
  }
  return {};
}

std::optional<Role> parse_role(std::string_view text) {
  if (text == "admin") return Role::Admin;
  if (text == "viewer") return Role::Viewer;
  return std::nullopt;
}

base::Expected<Users, base::IoError> Users::open(const std::filesystem::path& state_db) {
  auto db = StateDb::open(state_db);
  if (!db) return Unexpected(db.error());
  return Users(std::move(*db));
}

base::Expected<bool, UsersError> Users::has_admin() {
  const std::lock_guard lock(*mutex_);
  auto query = db_.prepare("SELECT 1 FROM users WHERE role = 'admin' LIMIT 1");
  if (!query) return failed(query);
  const auto found = query->step();
  if (!found) return failed(found);
  return *found;
}

base::Expected<User, UsersError> Users::create_first_admin(const std::string& name,
                                                           const std::string& password,
                                                           base::UnixMs now) {
  if (const auto wrong = wrong_name("name", name)) return Unexpected(UsersError(*wrong));
  if (const auto wrong = wrong_password(password)) return Unexpected(UsersError(*wrong));
  const std::string hash = hash_password(password);

  const std::lock_guard lock(*mutex_);
  // One statement, so that of two at the same time one is refused.
  const auto added = db_.run(
      "INSERT INTO users (name, role, password, created) SELECT ?, 'admin', ?, ? "
      "WHERE NOT EXISTS (SELECT 1 FROM users WHERE role = 'admin')",
      name, hash, now);
  if (!added) return failed(added);
  if (db_.changes() == 0) {
    return Unexpected(UsersError(
        UserError{"setup", "an admin exists already",
                  "a forgotten password is set by `weir user passwd NAME` on the machine itself"}));
  }
  return User{name, Role::Admin};
}

base::Expected<void, UsersError> Users::set_password(const std::string& name,
                                                     const std::string& password) {
  if (const auto wrong = wrong_password(password)) return Unexpected(UsersError(*wrong));
  const std::string hash = hash_password(password);

  const std::lock_guard lock(*mutex_);
  auto all = Transaction::begin(db_);
  if (!all) return failed(all);
  const auto changed = db_.run("UPDATE users SET password = ? WHERE name = ?", hash, name);
  if (!changed) return failed(changed);
  if (db_.changes() == 0) {
    std::string known;
    auto query = db_.prepare("SELECT name FROM users ORDER BY name LIMIT 20");
    while (query && query->step().value_or(false)) {
      known += fmt::format("{}{}", known.empty() ? "known: " : ", ", query->text(0));
    }
    return Unexpected(
        UsersError(UserError{"NAME", fmt::format("no user is called '{}'", name), known}));
  }
  if (const auto ended = db_.run("DELETE FROM sessions WHERE user = ?", name); !ended) {
    return failed(ended);
  }
  if (const auto committed = all->commit(); !committed) return failed(committed);
  return {};
}

base::Expected<std::optional<User>, UsersError> Users::check_password(const std::string& name,
                                                                      const std::string& password) {
  std::optional<User> user;
  std::string hash;
  {
    const std::lock_guard lock(*mutex_);
    auto query = db_.prepare("SELECT role, password FROM users WHERE name = ?");
    if (!query) return failed(query);
    const auto found = query->bind(name).step();
    if (!found) return failed(found);
    if (*found) {
      user = User{name, role_of(query->text(0))};
      hash = query->text(1);
    }
  }
  const bool right = password.size() <= kPasswordOctetsMax &&
                     password_matches(user ? hash : nobodys_hash(), password);
  if (!right) user.reset();
  return user;
}

base::Expected<NewSession, UsersError> Users::start_session(const std::string& user,
                                                            base::UnixMs now) {
  const NewSession session{random_secret(), now + kSessionMs};
  const std::string hash = hash_of(session.secret);
  const std::lock_guard lock(*mutex_);
  auto all = Transaction::begin(db_);
  if (!all) return failed(all);
  const auto ended = db_.run("DELETE FROM sessions WHERE expires <= ?", now);
  if (!ended) return failed(ended);
  const auto room = db_.run(
      "DELETE FROM sessions WHERE hash NOT IN "
      "(SELECT hash FROM sessions ORDER BY expires DESC, hash LIMIT ?)",
      kSessionsMax - 1);
  if (!room) return failed(room);
  const auto added = db_.run("INSERT INTO sessions (hash, user, expires) VALUES (?, ?, ?)",
                             Statement::Blob{hash}, user, session.expires);
  if (!added) return failed(added);
  if (const auto committed = all->commit(); !committed) return failed(committed);
  return session;
}

base::Expected<std::optional<Session>, UsersError> Users::find_session(std::string_view secret,
                                                                       base::UnixMs now) {
  const std::string hash = hash_of(secret);
  const std::lock_guard lock(*mutex_);
  auto query = db_.prepare(
      "SELECT users.name, users.role, sessions.expires FROM sessions JOIN users "
      "ON users.name = sessions.user WHERE sessions.hash = ? AND sessions.expires > ?");
  if (!query) return failed(query);
  const auto found = query->bind(Statement::Blob{hash}, now).step();
  if (!found) return failed(found);
  if (!*found) return std::optional<Session>();
  return Session{{query->text(0), role_of(query->text(1))}, query->integer(2)};
}

base::Expected<void, UsersError> Users::end_session(std::string_view secret) {
  const std::string hash = hash_of(secret);
  const std::lock_guard lock(*mutex_);
  const auto ended = db_.run("DELETE FROM sessions WHERE hash = ?", Statement::Blob{hash});
  if (!ended) return failed(ended);
  return {};
}

base::Expected<NewToken, UsersError> Users::create_token(const std::string& name, Role role,
                                                         base::UnixMs now) {
  if (const auto wrong = wrong_name("name", name)) return Unexpected(UsersError(*wrong));
  NewToken made{{0, name, role, now}, "weir_" + random_secret()};
  const std::string hash = hash_of(made.secret);

  const std::lock_guard lock(*mutex_);
  auto query = db_.prepare("SELECT count(*), count(*) FILTER (WHERE name = ?) FROM tokens");
  if (!query) return failed(query);
  const auto counted = query->bind(name).step();
  if (!counted) return failed(counted);
  if (query->integer(1) > 0) {
    return Unexpected(UsersError(UserError{
        "name", fmt::format("a token is called '{}' already", name), "delete it or take another"}));
  }
  if (query->integer(0) >= kTokensMax) {
    return Unexpected(UsersError(
        UserError{"tokens", fmt::format("there are {} already, as many as are kept", kTokensMax),
                  "delete one"}));
  }
  auto add = db_.prepare(
      "INSERT INTO tokens (name, hash, role, created) VALUES (?, ?, ?, ?) RETURNING id");
  if (!add) return failed(add);
  const auto added = add->bind(name, Statement::Blob{hash}, to_text(role), now).step();
  if (!added) return failed(added);
  made.token.id = add->integer(0);
  if (const auto done = add->run(); !done) return failed(done);
  return made;
}

base::Expected<std::optional<Token>, UsersError> Users::find_token(std::string_view secret) {
  const std::string hash = hash_of(secret);
  const std::lock_guard lock(*mutex_);
  auto query = db_.prepare("SELECT id, name, role, created FROM tokens WHERE hash = ?");
  if (!query) return failed(query);
  const auto found = query->bind(Statement::Blob{hash}).step();
  if (!found) return failed(found);
  if (!*found) return std::optional<Token>();
  return Token{query->integer(0), query->text(1), role_of(query->text(2)), query->integer(3)};
}

base::Expected<std::vector<Token>, UsersError> Users::tokens() {
  const std::lock_guard lock(*mutex_);
  auto query = db_.prepare("SELECT id, name, role, created FROM tokens ORDER BY id");
  if (!query) return failed(query);
  std::vector<Token> tokens;
  while (true) {
    const auto more = query->step();
    if (!more) return failed(more);
    if (!*more) return tokens;
    tokens.push_back(
        {query->integer(0), query->text(1), role_of(query->text(2)), query->integer(3)});
  }
}

base::Expected<bool, UsersError> Users::delete_token(std::int64_t id) {
  const std::lock_guard lock(*mutex_);
  const auto deleted = db_.run("DELETE FROM tokens WHERE id = ?", id);
  if (!deleted) return failed(deleted);
  return db_.changes() > 0;
}

}  // namespace state
