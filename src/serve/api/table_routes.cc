#include <fmt/format.h>

#include <array>
#include <boost/json.hpp>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/log.h"
#include "know/user_tables.h"
#include "serve/api/json_body.h"
#include "serve/api/routes.h"
#include "serve/export/csv_rows.h"

// What a port means: the user's services file and protocols list.
namespace serve {
namespace {

namespace json = boost::json;
using Which = know::UserTables::Which;

std::string_view to_text(know::Transport transport) {
  switch (transport) {
    case know::Transport::Tcp:
      return "tcp";
    case know::Transport::Udp:
      return "udp";
    case know::Transport::Both:
      return "both";
  }
  return {};
}

json::array warnings_json(const know::Warnings& warnings) {
  json::array listed;
  for (const know::Warning& one : warnings.listed()) {
    listed.push_back(json::object{{"line", one.line}, {"item", one.item}, {"reason", one.reason}});
  }
  return listed;
}

json::object file_json(const know::TableFile& file, const know::Warnings& warnings) {
  json::object told{{"file", file.path.string()},
                    {"locked", !file.is_ours},
                    {"text", file.text},
                    {"warnings", warnings_json(warnings)},
                    {"warnings_left_out", warnings.left_out()}};
  if (!file.problem.empty()) told["problem"] = file.problem;
  return told;
}

// The user's lines, then ours for the ports that they do not name.
json::array services_json(const know::ServicesFile& own) {
  json::array listed;
  for (const know::ServiceLine& line : own.lines) {
    json::array aliases;
    for (const std::string& alias : line.aliases) aliases.emplace_back(alias);
    json::object one{{"name", line.name},
                     {"port", line.port},
                     {"transport", to_text(line.transport)},
                     {"own", true},
                     {"aliases", std::move(aliases)}};
    if (!line.description.empty()) one["description"] = line.description;
    listed.push_back(std::move(one));
  }
  for (const know::Service& service : know::shipped_services()) {
    listed.push_back(json::object{{"name", service.name},
                                  {"port", service.port},
                                  {"transport", to_text(service.transport)},
                                  {"own", false},
                                  {"aliases", json::array()}});
  }
  return listed;
}

std::string port_text(const know::PortRange& range) {
  std::string text = fmt::format("{}", range.first);
  if (range.last != range.first) text += fmt::format("-{}", range.last);
  if (range.transport != know::Transport::Both)
    text += fmt::format("/{}", to_text(range.transport));
  return text;
}

json::array entries_json(const know::ProtocolsList& list) {
  json::array listed;
  for (const know::ProtocolEntry& entry : list.entries) {
    json::array items;
    for (const std::string& item : entry.items) items.emplace_back(item);
    json::array ports;
    for (const know::PortRange& range : entry.ports) ports.emplace_back(port_text(range));
    listed.push_back(json::object{
        {"name", entry.name}, {"items", std::move(items)}, {"ports", std::move(ports)}});
  }
  return listed;
}

Response services_response(const know::Tables& tables) {
  json::object told = file_json(tables.services_file, tables.services.warnings);
  told["services"] = services_json(tables.services);
  return json_response(200, std::move(told));
}

Response protocols_response(const know::Tables& tables) {
  json::object told = file_json(tables.protocols_file, tables.protocols.warnings);
  told["own"] = tables.has_list;
  told["default"] = know::default_protocols();
  told["protocols"] = entries_json(tables.protocols);
  return json_response(200, std::move(told));
}

std::string joined(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "|") + item;
  return text;
}

Response protocols_csv(const know::ProtocolsList& list) {
  using query::AnswerType;
  CsvRows rows(
      {{"name", AnswerType::Text}, {"items", AnswerType::Text}, {"ports", AnswerType::Text}});
  for (const know::ProtocolEntry& entry : list.entries) {
    std::vector<std::string> ports;
    for (const know::PortRange& range : entry.ports) ports.push_back(port_text(range));
    rows.set("name", std::string_view(entry.name));
    rows.set("items", std::string_view(joined(entry.items)));
    rows.set("ports", std::string_view(joined(ports)));
    rows.end_row();
  }
  return {.content_type = std::string(content_type(Format::Csv)), .body = rows.text()};
}

Response services_csv(const know::ServicesFile& own) {
  using query::AnswerType;
  CsvRows rows({{"name", AnswerType::Text},
                {"port", AnswerType::Number},
                {"transport", AnswerType::Text},
                {"own", AnswerType::Flag},
                {"description", AnswerType::Text}});
  const auto row = [&](std::string_view name, std::uint16_t port, know::Transport transport) {
    rows.set("name", name);
    rows.set("port", std::int64_t{port});
    rows.set("transport", to_text(transport));
  };
  for (const know::ServiceLine& line : own.lines) {
    row(line.name, line.port, line.transport);
    rows.set_flag("own", true);
    rows.set("description", std::string_view(line.description));
    rows.end_row();
  }
  for (const know::Service& service : know::shipped_services()) {
    row(service.name, service.port, service.transport);
    rows.set_flag("own", false);
    rows.end_row();
  }
  return {.content_type = std::string(content_type(Format::Csv)), .body = rows.text()};
}

// Empty: JSON or CSV is asked for.
std::optional<Response> refusal_of_format(const Call& call) {
  const std::string_view format = call.parameter("format", "json");
  if (format == "json" || format == "csv") return std::nullopt;
  return error_response(400,
                        {"format", fmt::format("expected json or csv, '{}' came", format), ""});
}

base::Expected<std::string, base::UserError> text_of(const Call& call) {
  auto body = parse_body(call.request.body, {"text"});
  if (!body) return base::Unexpected(std::move(body.error()));
  return std::move(body->at("text"));
}

// Empty: it holds.
std::optional<Response> refusal_to_write(Api& api, const Call& call, Which which) {
  const auto text = text_of(call);
  if (!text) return error_response(400, text.error());
  const auto written = api.sources().tables.write(which, *text);
  if (written) return std::nullopt;
  if (const auto* refused = std::get_if<base::UserError>(&written.error())) {
    return error_response(400, *refused);
  }
  spdlog::error("{}", base::to_text(std::get<base::IoError>(written.error())));
  return error_response(503, {"text", "it could not be written", "see the server's log"});
}

}  // namespace

std::optional<Response> get_services(Api& api, const Call& call) {
  if (auto refusal = refusal_of_format(call)) return refusal;
  const auto tables = api.sources().tables.get();
  if (call.parameter("format") == "csv") return services_csv(tables->services);
  return services_response(*tables);
}

std::optional<Response> put_services(Api& api, const Call& call) {
  if (auto refusal = refusal_to_write(api, call, Which::Services)) return refusal;
  return services_response(*api.sources().tables.get());
}

std::optional<Response> get_protocols(Api& api, const Call& call) {
  if (auto refusal = refusal_of_format(call)) return refusal;
  const auto tables = api.sources().tables.get();
  if (call.parameter("format") == "csv") return protocols_csv(tables->protocols);
  return protocols_response(*tables);
}

std::optional<Response> put_protocols(Api& api, const Call& call) {
  if (auto refusal = refusal_to_write(api, call, Which::Protocols)) return refusal;
  return protocols_response(*api.sources().tables.get());
}

// What the texts would mean together; nothing changes.
std::optional<Response> post_tables_check(Api& api, const Call& call) {
  static_cast<void>(api);
  auto body = parse_body(call.request.body, {"services", "protocols"});
  if (!body) return error_response(400, body.error());
  const know::Tables tables =
      know::read_tables(std::move(body->at("services")), std::move(body->at("protocols")));
  json::object told{
      {"services", json::object{{"warnings", warnings_json(tables.services.warnings)},
                                {"warnings_left_out", tables.services.warnings.left_out()},
                                {"lines", tables.services.lines.size()}}},
      {"protocols", json::object{{"warnings", warnings_json(tables.protocols.warnings)},
                                 {"warnings_left_out", tables.protocols.warnings.left_out()},
                                 {"own", tables.has_list},
                                 {"protocols", entries_json(tables.protocols)}}}};
  return json_response(200, std::move(told));
}

}  // namespace serve
