#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "serve/api/access.h"
#include "serve/api/api.h"
#include "serve/api/http.h"

namespace serve {

// A request that passed every check of its route.
struct Call {
  const Request& request;
  const Parameters& parameters;
  const Caller& caller;
  std::string_view path_end;  // what stands for the {…} of the route's path, not decoded
  base::UnixMs now;
  Exchange& exchange;

  // The first value of a parameter, or `otherwise`.
  std::string_view parameter(std::string_view name, std::string_view otherwise = {}) const {
    return parameters.find(name).value_or(otherwise);
  }
};

// The answer; empty when it went through the call's exchange.
using Handler = std::optional<Response> (*)(Api& api, const Call& call);

struct ParameterSpec {
  std::string_view name;
  std::string_view type;  // of JSON Schema: "string", "integer"
  bool required = false;
  std::string_view meaning;
};

struct AnswerSpec {
  int status;
  std::string_view content_type;  // empty: no body
  std::string_view schema;        // of application/json: its name in schemas.cc
  std::string_view meaning;
};

// One row per thing the API does. Dispatch and /api/v1/openapi.json are both made from this table.
struct Route {
  Method method;
  std::string_view path;  // may have one {name}, which stands for one path segment
  Access access;
  Lane lane;
  std::string_view summary;
  std::span<const ParameterSpec> parameters = {};
  std::string_view body_schema = {};  // of the JSON body; empty: none is read
  std::span<const AnswerSpec> answers;
  Handler handler;
};

std::span<const Route> routes();

// The route that takes the path with the method, what stands for its {…}, and, when there is none,
// the methods with which the path is known ("GET, POST"; empty: unknown path).
struct Found {
  const Route* route = nullptr;
  std::string_view path_end;
  std::string allowed;
};
Found find_route(Method method, std::string_view path);

// Answers that every route of this access may give besides its own.
std::span<const AnswerSpec> common_answers(Access access);

// The handlers, each beside its like.
std::optional<Response> get_query(Api& api, const Call& call);          // query_routes.cc
std::optional<Response> get_conversations(Api& api, const Call& call);  // conversation_routes.cc
std::optional<Response> get_filter(Api& api, const Call& call);         // filter_routes.cc
std::optional<Response> get_host(Api& api, const Call& call);           // name_routes.cc
std::optional<Response> put_host_name(Api& api, const Call& call);
std::optional<Response> get_exporters(Api& api, const Call& call);  // ledger_routes.cc
std::optional<Response> get_ledger(Api& api, const Call& call);
std::optional<Response> get_settings(Api& api, const Call& call);  // settings_routes.cc
std::optional<Response> post_ports(Api& api, const Call& call);
std::optional<Response> delete_port(Api& api, const Call& call);
std::optional<Response> post_networks(Api& api, const Call& call);
std::optional<Response> post_senders(Api& api, const Call& call);
std::optional<Response> post_exporter(Api& api, const Call& call);
std::optional<Response> put_interface(Api& api, const Call& call);
std::optional<Response> put_snmp(Api& api, const Call& call);
std::optional<Response> get_interfaces(Api& api, const Call& call);  // interface_routes.cc
std::optional<Response> get_services(Api& api, const Call& call);    // table_routes.cc
std::optional<Response> put_services(Api& api, const Call& call);
std::optional<Response> get_protocols(Api& api, const Call& call);
std::optional<Response> put_protocols(Api& api, const Call& call);
std::optional<Response> post_tables_check(Api& api, const Call& call);
std::optional<Response> get_session(Api& api, const Call& call);  // session_routes.cc
std::optional<Response> post_session(Api& api, const Call& call);
std::optional<Response> delete_session(Api& api, const Call& call);
std::optional<Response> delete_demo(Api& api, const Call& call);
std::optional<Response> get_setup(Api& api, const Call& call);
std::optional<Response> post_setup(Api& api, const Call& call);
std::optional<Response> get_tokens(Api& api, const Call& call);  // token_routes.cc
std::optional<Response> post_tokens(Api& api, const Call& call);
std::optional<Response> delete_token(Api& api, const Call& call);
std::optional<Response> get_diagnosis(Api& api, const Call& call);  // diagnosis_routes.cc
std::optional<Response> get_events(Api& api, const Call& call);     // events.cc
std::optional<Response> get_openapi(Api& api, const Call& call);    // openapi.cc
std::optional<Response> get_metrics(Api& api, const Call& call);    // metrics.cc
std::optional<Response> get_health(Api& api, const Call& call);     // health.cc

}  // namespace serve
