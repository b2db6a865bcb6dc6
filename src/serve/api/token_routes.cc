#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "serve/api/json_body.h"
#include "serve/api/routes.h"

namespace serve {
namespace {

boost::json::object token_json(const state::Token& token) {
  return {{"id", token.id},
          {"name", token.name},
          {"role", to_text(token.role)},
          {"created", token.created}};
}

}  // namespace

std::optional<Response> get_tokens(Api& api, const Call& call) {
  static_cast<void>(call);
  const auto tokens = api.sources().users.tokens();
  if (!tokens) return users_error_response(tokens.error());
  boost::json::array listed;
  for (const state::Token& token : *tokens) listed.push_back(token_json(token));
  return json_response(200, boost::json::object{{"tokens", std::move(listed)}});
}

std::optional<Response> post_tokens(Api& api, const Call& call) {
  const auto body = parse_body(call.request.body, {"name"}, {"role"});
  if (!body) return error_response(400, body.error());
  const auto said = body->find("role");
  const auto role = state::parse_role(said == body->end() ? "viewer" : said->second);
  if (!role) {
    return error_response(
        400, {"role", fmt::format("expected viewer or admin, '{}' came", said->second), ""});
  }
  const auto made = api.sources().users.create_token(body->find("name")->second, *role, call.now);
  if (!made) return users_error_response(made.error());
  boost::json::object told = token_json(made->token);
  told["token"] = made->secret;
  return json_response(201, told);
}

std::optional<Response> delete_token(Api& api, const Call& call) {
  std::int64_t id = 0;
  const char* const end = call.path_end.data() + call.path_end.size();
  const auto [stopped, error] = std::from_chars(call.path_end.data(), end, id);
  if (error != std::errc() || stopped != end) {
    return error_response(
        400, {"id", fmt::format("expected a token's number, '{}' came", call.path_end), ""});
  }
  const auto deleted = api.sources().users.delete_token(id);
  if (!deleted) return users_error_response(deleted.error());
  if (!*deleted) {
    return error_response(404, {"id", fmt::format("no token has the number {}", id),
                                "GET /api/v1/tokens lists them"});
  }
  return Response{.status = 204, .content_type = ""};
}

}  // namespace serve
