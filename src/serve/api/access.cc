#include "serve/api/access.h"

#include "base/log.h"
#include "serve/api/hosts.h"
#include "state/secrets.h"

namespace serve {
namespace {

constexpr std::string_view kBearer = "Bearer ";

Response unauthorized(const Request& request) {
  Response response = error_response(
      401, request.header("authorization").empty()
               ? base::UserError{"login", "expected a session or a token, none came",
                                 "log in, or send `Authorization: Bearer …` with a token that "
                                 "`weir token create NAME` prints"}
               : base::UserError{"Authorization", "expected `Bearer` and a token of ours",
                                 "`weir token create NAME` prints one"});
  response.headers.emplace_back("WWW-Authenticate", "Bearer");
  return response;
}

// A browser says in Origin which page a request comes from; programs send none.
bool from_another_page(const Request& request) {
  const std::string_view origin = request.header("origin");
  if (origin.empty()) return false;
  const std::size_t scheme = origin.find("://");
  return scheme == std::string_view::npos || origin.substr(scheme + 3) != request.header("host");
}

}  // namespace

std::string_view to_text(Access access) {
  switch (access) {
    case Access::Open:
      return "anybody";
    case Access::Code:
      return "the setup code";
    case Access::Login:
      return "a name and its password";
    case Access::Viewer:
      return "a viewer or admin: session, token or Unix socket";
    case Access::Admin:
      return "an admin: session, token or Unix socket";
  }
  return {};
}

base::Expected<Caller, state::UsersError> identify(const Request& request, state::Users& users,
                                                   base::UnixMs now) {
  if (request.peer.unix_socket) {
    return Caller{.kind = Caller::Kind::UnixSocket, .name = "local", .role = state::Role::Admin};
  }
  const std::string_view authorization = request.header("authorization");
  if (authorization.starts_with(kBearer)) {
    const auto token = users.find_token(authorization.substr(kBearer.size()));
    if (!token) return base::Unexpected(token.error());
    if (!*token) return Caller{};
    return Caller{.kind = Caller::Kind::Token, .name = (*token)->name, .role = (*token)->role};
  }
  const auto secret = find_cookie(request.header("cookie"), kSessionCookie);
  if (!secret || !authorization.empty()) return Caller{};

  const auto session = users.find_session(*secret, now);
  if (!session) return base::Unexpected(session.error());
  if (!*session) return Caller{};
  return Caller{.kind = Caller::Kind::Session,
                .name = (*session)->user.name,
                .role = (*session)->user.role,
                .session_secret = std::string(*secret),
                .expires = (*session)->expires};
}

std::optional<Response> refuse_caller(const Request& request, const Caller& caller, Access access) {
  const bool changes = request.method != Method::Get;
  if (changes && from_another_page(request)) {
    return error_response(403, {"Origin", "expected a page of ours, another site's came", ""});
  }
  if (access == Access::Open || access == Access::Code || access == Access::Login) return {};
  if (caller.kind == Caller::Kind::Nobody) return unauthorized(request);
  if (access == Access::Admin && caller.role != state::Role::Admin) {
    return error_response(403, {"login", "expected an admin, a viewer asks", "ask an admin"});
  }
  if (changes && caller.kind == Caller::Kind::Session &&
      !state::equal_in_constant_time(request.header("x-weir-csrf"),
                                     state::csrf_token_of(caller.session_secret))) {
    return error_response(403, {"X-Weir-CSRF", "expected the session's csrf value",
                                "GET /api/v1/session tells it; send it with every change"});
  }
  return {};
}

Response users_error_response(const state::UsersError& error) {
  if (const auto* wrong = std::get_if<base::UserError>(&error)) return error_response(400, *wrong);
  spdlog::error("users: {}", base::to_text(std::get<base::IoError>(error)));
  return error_response(503, {"state.db", "could not be read or written", "see the server's log"});
}

}  // namespace serve
