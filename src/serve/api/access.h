#pragma once

#include <cstdint>
#include <string>

#include "base/clock.h"
#include "serve/api/http.h"
#include "state/users.h"

namespace serve {

// What a route asks of its caller.
enum class Access : std::uint8_t {
  Open,    // anybody
  Code,    // anybody with the setup code; the route looks at it
  Login,   // anybody, to become somebody; the route looks at the password
  Viewer,  // anybody who is logged in, or a token
  Admin,
};
// For the API's description.
std::string_view to_text(Access access);

// Who asks.
struct Caller {
  enum class Kind : std::uint8_t { Nobody, UnixSocket, Token, Session, Demo };
  Kind kind = Kind::Nobody;
  std::string name = {};
  state::Role role = state::Role::Viewer;
  std::string session_secret = {};  // of a Session
  base::UnixMs expires = 0;         // of a Session
};

inline constexpr std::string_view kSessionCookie = "weir_session";

// By Unix socket, bearer token or session cookie, in this order. A secret that is not ours makes
// Nobody.
base::Expected<Caller, state::UsersError> identify(const Request& request, state::Users& users,
                                                   base::UnixMs now);

// Why this caller may not do this; empty: they may.
std::optional<Response> refuse_caller(const Request& request, const Caller& caller, Access access);

// 400 for what a person asked wrongly, 503 when the database failed.
Response users_error_response(const state::UsersError& error);

}  // namespace serve
