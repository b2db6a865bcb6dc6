#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/log.h"
#include "serve/api/json_body.h"
#include "serve/api/routes.h"
#include "state/secrets.h"

// Becoming somebody: setup of the first admin, login, logout.
namespace serve {
namespace {

std::string cookie(std::string_view secret, std::int64_t seconds, bool over_tls) {
  return fmt::format("{}={}; Path=/; Max-Age={}; HttpOnly; SameSite=Strict{}", kSessionCookie,
                     secret, seconds, over_tls ? "; Secure" : "");
}

boost::json::object session_json(const Api& api, const std::string& name, state::Role role) {
  boost::json::object told{{"name", name}, {"role", to_text(role)}, {"zone", api.sources().zone}};
  if (api.sources().leave_demo) told["demo"] = true;
  return told;
}

boost::json::object session_json(const Api& api, const std::string& name, state::Role role,
                                 const std::string& secret, base::UnixMs expires) {
  boost::json::object told = session_json(api, name, role);
  told["csrf"] = state::csrf_token_of(secret);
  told["expires"] = expires;
  return told;
}

Response too_many_tries(Api& api, std::int64_t wait_ms) {
  api.counters().throttled.add();
  const std::int64_t seconds = (wait_ms + base::kMsPerSecond - 1) / base::kMsPerSecond;
  Response response = error_response(
      429, {"tries", fmt::format("too many wrong tries; the next is taken in {} s", seconds),
            "on the machine itself `weir user passwd NAME` needs no try"});
  response.headers.emplace_back("Retry-After", std::to_string(seconds));
  return response;
}

Response start_session(Api& api, const state::User& user, int status, base::UnixMs now) {
  const auto session = api.sources().users.start_session(user.name, now);
  if (!session) return users_error_response(session.error());
  Response response = json_response(
      status, session_json(api, user.name, user.role, session->secret, session->expires));
  response.headers.emplace_back(
      "Set-Cookie", cookie(session->secret, state::Users::kSessionMs / base::kMsPerSecond,
                           api.sources().over_tls));
  return response;
}

// Why the code does not open the setup; empty: it does.
std::optional<Response> refuse_code(Api& api, const Call& call, std::string_view code) {
  const base::UserError wrong{"code", "expected the setup code",
                              "the server prints it when it starts without an admin"};
  if (code.empty()) return error_response(403, wrong);
  const auto wait = api.setup_throttle().take(call.request.peer.address, call.now);
  if (wait > 0) return too_many_tries(api, wait);
  if (!api.code().is(code)) {
    api.counters().wrong_codes.add();
    spdlog::warn("setup: a wrong code from {}", flow::to_text(call.request.peer.address));
    return error_response(403, wrong);
  }
  api.setup_throttle().forgive(call.request.peer.address);
  return std::nullopt;
}

}  // namespace

std::optional<Response> get_setup(Api& api, const Call& call) {
  // Without a code it only tells the setup from the login.
  const std::string_view header = call.request.header("x-weir-setup-code");
  const std::string_view code = call.parameter("code", header);
  if (!code.empty()) {
    if (auto refused = refuse_code(api, call, code)) return refused;
  }
  const auto has_admin = api.sources().users.has_admin();
  if (!has_admin) return users_error_response(has_admin.error());
  return json_response(200, boost::json::object{{"has_admin", *has_admin}});
}

std::optional<Response> post_setup(Api& api, const Call& call) {
  const auto body = parse_body(call.request.body, {"code", "name", "password"});
  if (!body) return error_response(400, body.error());
  if (auto refused = refuse_code(api, call, body->find("code")->second)) return refused;

  const auto admin = api.sources().users.create_first_admin(
      body->find("name")->second, body->find("password")->second, call.now);
  if (!admin) {
    const auto* wrong = std::get_if<base::UserError>(&admin.error());
    if (wrong != nullptr && wrong->where == "setup") return error_response(403, *wrong);
    return users_error_response(admin.error());
  }
  spdlog::info("setup: the admin '{}' was made from {}", admin->name,
               flow::to_text(call.request.peer.address));
  return start_session(api, *admin, 201, call.now);
}

std::optional<Response> post_session(Api& api, const Call& call) {
  const auto has_admin = api.sources().users.has_admin();
  if (!has_admin) return users_error_response(has_admin.error());
  if (!*has_admin) {
    return error_response(403, {"setup", "nobody can log in before an admin exists",
                                "make one with the setup code that the server prints"});
  }
  const auto body = parse_body(call.request.body, {"name", "password"});
  if (!body) return error_response(400, body.error());
  const auto wait = api.login_throttle().take(call.request.peer.address, call.now);
  if (wait > 0) return too_many_tries(api, wait);

  const auto user = api.sources().users.check_password(body->find("name")->second,
                                                       body->find("password")->second);
  if (!user) return users_error_response(user.error());
  if (!*user) {
    api.counters().wrong_passwords.add();
    return error_response(401, {"login", "wrong name or password", ""});
  }
  api.login_throttle().forgive(call.request.peer.address);
  return start_session(api, **user, 200, call.now);
}

std::optional<Response> get_session(Api& api, const Call& call) {
  const Caller& caller = call.caller;
  if (caller.kind != Caller::Kind::Session) {
    return json_response(200, session_json(api, caller.name, caller.role));
  }
  return json_response(
      200, session_json(api, caller.name, caller.role, caller.session_secret, caller.expires));
}

std::optional<Response> delete_demo(Api& api, const Call& call) {
  if (!api.sources().leave_demo) {
    return error_response(404, {"demo", "expected a demo, this server shows real flows", ""});
  }
  const Peer& peer = call.request.peer;
  if (!peer.unix_socket && !peer.loopback) {
    return error_response(403, {"demo", "expected somebody on the demo's own machine",
                                "there it ends with Ctrl-C, too"});
  }
  api.sources().leave_demo();
  return Response{.status = 204, .content_type = ""};
}

std::optional<Response> delete_session(Api& api, const Call& call) {
  if (call.caller.kind != Caller::Kind::Session) {
    return error_response(400, {"session", "expected a session's cookie, a token came", ""});
  }
  if (const auto ended = api.sources().users.end_session(call.caller.session_secret); !ended) {
    return users_error_response(ended.error());
  }
  Response response{.status = 204, .content_type = ""};
  response.headers.emplace_back("Set-Cookie", cookie("", 0, api.sources().over_tls));
  return response;
}

}  // namespace serve
