#include <fmt/format.h>

#include <boost/json.hpp>
#include <string>

#include "serve/api/json_body.h"
#include "serve/api/routes.h"
#include "serve/api/schemas.h"

// The API's description, made from the table of routes.
namespace serve {
namespace {

namespace json = boost::json;

json::object reference(std::string_view schema) {
  return {{"$ref", fmt::format("#/components/schemas/{}", schema)}};
}

json::object answer_json(const AnswerSpec& spec) {
  json::object answer{{"description", spec.meaning}};
  if (spec.content_type.empty()) return answer;
  const json::object schema =
      spec.schema.empty() ? json::object{{"type", "string"}} : reference(spec.schema);
  answer["content"] = json::object{{spec.content_type, json::object{{"schema", schema}}}};
  return answer;
}

// One status may come with several content types: their descriptions are one.
void add_answer(json::object& answers, const AnswerSpec& spec) {
  const std::string status = std::to_string(spec.status);
  json::object answer = answer_json(spec);
  if (!answers.contains(status)) {
    answers[status] = std::move(answer);
  } else if (json::value* content = answers[status].get_object().if_contains("content")) {
    for (auto& member : answer["content"].get_object()) content->get_object().insert(member);
  }
}

json::object answers_json(const Route& route) {
  json::object answers;
  for (const std::span<const AnswerSpec> specs : {route.answers, common_answers(route.access)}) {
    for (const AnswerSpec& spec : specs) add_answer(answers, spec);
  }
  return answers;
}

json::array parameters_json(const Route& route) {
  json::array parameters;
  const std::size_t brace = route.path.find('{');
  if (brace != std::string_view::npos) {
    const std::string_view name = route.path.substr(brace + 1, route.path.find('}') - brace - 1);
    const std::string_view type = name == "exporter" || name == "address" ? "string" : "integer";
    parameters.push_back(json::object{{"name", name},
                                      {"in", "path"},
                                      {"required", true},
                                      {"schema", json::object{{"type", type}}}});
  }
  for (const ParameterSpec& spec : route.parameters) {
    parameters.push_back(json::object{{"name", spec.name},
                                      {"in", "query"},
                                      {"required", spec.required},
                                      {"description", spec.meaning},
                                      {"schema", json::object{{"type", spec.type}}}});
  }
  return parameters;
}

json::object operation_json(const Route& route) {
  json::object operation{{"summary", route.summary},
                         {"description", fmt::format("For {}.", to_text(route.access))},
                         {"parameters", parameters_json(route)},
                         {"responses", answers_json(route)}};
  const bool needs_caller = route.access == Access::Viewer || route.access == Access::Admin;
  operation["security"] = needs_caller ? json::array{json::object{{"token", json::array()}},
                                                     json::object{{"session", json::array()}}}
                                       : json::array();
  if (!route.body_schema.empty()) {
    operation["requestBody"] = json::object{
        {"required", true},
        {"content", json::object{{"application/json",
                                  json::object{{"schema", reference(route.body_schema)}}}}}};
  }
  return operation;
}

std::string operation_name(Method method) {
  switch (method) {
    case Method::Get:
      return "get";
    case Method::Post:
      return "post";
    case Method::Put:
      return "put";
    case Method::Delete:
      return "delete";
    case Method::Other:
      break;
  }
  return {};
}

std::string make_document() {
  json::object paths;
  for (const Route& route : routes()) {
    json::value& operations = paths[route.path];
    if (!operations.is_object()) operations = json::object();
    operations.get_object()[operation_name(route.method)] = operation_json(route);
  }
  const json::object security{
      {"token", json::object{{"type", "http"}, {"scheme", "bearer"}}},
      {"session", json::object{{"type", "apiKey"}, {"in", "cookie"}, {"name", kSessionCookie}}}};
  const json::object document{
      {"openapi", "3.1.0"},
      {"info", json::object{{"title", "Weir"},
                            {"version", "1"},
                            {"description",
                             "Who used the network, for what, with whom and when. Times are Unix "
                             "milliseconds, counters integers. A change made with a session's "
                             "cookie carries the session's csrf in X-Weir-CSRF."}}},
      {"paths", std::move(paths)},
      {"components", json::object{{"schemas", schemas()}, {"securitySchemes", security}}}};
  return json_response(200, document).body;
}

}  // namespace

std::optional<Response> get_openapi(Api& api, const Call& call) {
  static_cast<void>(api);
  static_cast<void>(call);
  static const std::string document = make_document();
  return Response{.body = document};
}

}  // namespace serve
