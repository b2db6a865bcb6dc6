#include "serve/api/api.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/log.h"
#include "serve/api/page_files.h"
#include "serve/api/routes.h"
#include "serve/assets/assets.h"

namespace serve {
namespace {

// A stranger who guesses has 10 tries per 5 minutes from one address, 300 from all.
constexpr Throttle::Limits kLoginLimits{
    .tries_per_client = 10, .tries_in_all = 300, .window_ms = 5 * base::kMsPerMinute};
// With 30 a minute, half of the 2^30 setup codes take 34 years.
constexpr Throttle::Limits kSetupLimits{
    .tries_per_client = 5, .tries_in_all = 30, .window_ms = base::kMsPerMinute};

Response no_route(const Found& found, const Request& request) {
  if (found.allowed.empty()) {
    return error_response(404, {"URL", fmt::format("nothing is at '{}'", request.path),
                                "/api/v1/openapi.json lists what there is"});
  }
  Response response = error_response(
      405, {"method", fmt::format("'{}' takes {}", request.path, found.allowed), ""});
  response.headers.emplace_back("Allow", found.allowed);
  return response;
}

std::string names_of(std::span<const ParameterSpec> parameters) {
  std::string names;
  for (const ParameterSpec& spec : parameters) {
    names += fmt::format("{}{}", names.empty() ? "" : ", ", spec.name);
  }
  return names.empty() ? "none" : names;
}

// What does not fit the route's row in the table; empty: it fits.
std::optional<base::UserError> misfit(const Route& route, const Parameters& parameters,
                                      const Request& request) {
  for (const auto& [name, value] : parameters.all()) {
    const bool known =
        std::any_of(route.parameters.begin(), route.parameters.end(),
                    [&wanted = name](const ParameterSpec& spec) { return spec.name == wanted; });
    if (!known) {
      return base::UserError{name, fmt::format("'{}' has no such parameter", route.path),
                             fmt::format("known: {}", names_of(route.parameters))};
    }
  }
  for (const ParameterSpec& spec : route.parameters) {
    if (spec.required && !parameters.find(spec.name)) {
      return base::UserError{std::string(spec.name), "expected a value, none came",
                             std::string(spec.meaning)};
    }
  }
  // A form of another site can send text, but not this type without asking us first.
  if (!route.body_schema.empty() &&
      !request.header("content-type").starts_with("application/json")) {
    return base::UserError{
        "Content-Type",
        fmt::format("expected application/json, '{}' came", request.header("content-type")), ""};
  }
  return std::nullopt;
}

}  // namespace

Api::Api(Sources sources)
    : sources_(std::move(sources)),
      started_(sources_.clock.now_ms()),
      hosts_(sources_.host_names),
      login_throttle_(kLoginLimits),
      setup_throttle_(kSetupLimits) {}

Lane Api::lane(const Request& request) const {
  const Found found = find_route(request.method, request.path);
  if (found.route != nullptr) return found.route->lane;
  const auto file = file_of_page(request);
  return file ? lane(*file) : Lane::Quick;
}

std::optional<Response> Api::refuse_host(const Request& request) {
  if (request.peer.unix_socket || hosts_.ours(request.header("host"), request.peer)) return {};
  counters_.foreign_hosts.add();
  return error_response(
      403, {"Host", fmt::format("'{}' is no name of this server", request.header("host")),
            "names besides its addresses are listed as http.hosts in weir.toml"});
}

std::optional<Response> Api::answer(const Request& request, Exchange& exchange) {
  if (auto refused = refuse_host(request)) return refused;

  const Found found = find_route(request.method, request.path);
  if (found.route == nullptr) {
    if (const auto file = file_of_page(request)) return answer(*file, exchange);
    auto page = find_page(sources_.assets, request);
    return page ? std::move(page) : no_route(found, request);
  }

  const base::UnixMs now = sources_.clock.now_ms();
  auto caller = identify(request, sources_.users, now);
  if (!caller) return users_error_response(caller.error());
  if (sources_.leave_demo && caller->kind == Caller::Kind::Nobody &&
      request.header("authorization").empty()) {
    *caller = Caller{.kind = Caller::Kind::Demo, .name = "demo"};
  }
  if (auto refused = refuse_caller(request, *caller, found.route->access)) {
    counters_.not_allowed.add();
    return refused;
  }
  const auto parameters = Parameters::parse(request.query);
  if (!parameters) return error_response(400, parameters.error());
  if (const auto wrong = misfit(*found.route, *parameters, request)) {
    return error_response(400, *wrong);
  }
  return found.route->handler(*this,
                              Call{request, *parameters, *caller, found.path_end, now, exchange});
}

void Api::show(std::span<const flow::Address> addresses, base::UnixMs now) const {
  sources_.names.shown(addresses, now);
  if (sources_.names_wanted) sources_.names_wanted(addresses);
}

std::optional<std::string> Api::setup_code() {
  const auto has_admin = sources_.users.has_admin();
  if (!has_admin) {
    spdlog::error("users: {}", base::to_text(std::get<base::IoError>(has_admin.error())));
    return std::nullopt;
  }
  if (*has_admin) return std::nullopt;
  return code_.text();
}

}  // namespace serve
