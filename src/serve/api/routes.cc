#include "serve/api/routes.h"

#include <fmt/format.h>

namespace serve {
namespace {

constexpr std::string_view kJson = "application/json";
constexpr std::string_view kText = "text/plain";

constexpr ParameterSpec kRange{"range", "string", false,
                               "-24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, today, …"};

constexpr ParameterSpec kQueryParameters[] = {
    {"filter", "string", false, "the filter language; absent: everything"},
    {"by", "string", false, "what to group by, separated by commas; absent: one row"},
    {"metric", "string", false, "bytes, packets, flows, raw_bytes, raw_packets, raw_flows"},
    kRange,
    {"step", "string", false,
     "30s, 5m, 1h, 1d, or day, week, month of the server's zone: sums per step; absent: one sum"},
    {"top", "integer", false, "how many rows; 10 when absent"},
    {"flows", "string", false, "1: the flows themselves instead of sums"},
    {"limit", "integer", false, "of flows: how many; absent: all"},
    {"format", "string", false, "json (when absent), csv, ndjson, table"},
    {"names", "string", false,
     "1: addresses have their names beside them, as src_name; 0: not; absent: of sums yes, of "
     "flows "
     "not"},
};
constexpr AnswerSpec kQueryAnswers[] = {
    {200, kJson, "Query", "the answer, streamed; cut short when the query fails under way"},
    {200, "text/csv", "", "rows alone"},
    {200, "application/x-ndjson", "", "rows alone, one JSON object per line"},
    {200, kText, "", "for reading"},
};
constexpr ParameterSpec kConversationParameters[] = {
    {"filter", "string", false, "the filter language; absent: everything"},
    kRange,
    {"state", "string", false, "active: only those that go on; absent: all"},
    {"top", "integer", false, "how many, the largest first; 100 when absent"},
    {"format", "string", false, "json (when absent), csv"},
};
constexpr AnswerSpec kConversationAnswers[] = {
    {200, kJson, "Conversations", "active ones first, then by bytes"},
    {200, "text/csv", "", "rows alone"},
};
constexpr ParameterSpec kFilterParameters[] = {
    {"text", "string", true, "the filter as typed so far"},
    {"pos", "integer", false, "octet at which to complete; absent: the end"},
};
constexpr AnswerSpec kFilterAnswers[] = {
    {200, kJson, "Filter", "what the text means, or what is wrong with it"},
};
constexpr AnswerSpec kHostAnswers[] = {
    {200, kJson, "Host", "its names, those that stand first, each with who said it and when"},
};
constexpr AnswerSpec kHostNameAnswers[] = {{204, "", "", "it holds from now on"}};
constexpr ParameterSpec kRangeParameters[] = {kRange};
constexpr ParameterSpec kExportersParameters[] = {
    kRange,
    {"format", "string", false, "json (when absent), csv"},
};
constexpr AnswerSpec kExportersAnswers[] = {
    {200, kJson, "Exporters", "all exporters known"},
    {200, "text/csv", "", "rows alone; lists are counted"},
};
constexpr ParameterSpec kInterfacesParameters[] = {
    kRange,
    {"filter", "string", false, "the filter language: of which flows; absent: of all"},
    {"format", "string", false, "json (when absent), csv"},
};
constexpr AnswerSpec kInterfacesAnswers[] = {
    {200, kJson, "Interfaces", "all interfaces that flows or names tell of"},
    {200, "text/csv", "", "rows alone"},
};
constexpr AnswerSpec kLedgerAnswers[] = {
    {200, kJson, "Ledger", "what came, what was kept and what was not, by reason"}};

constexpr AnswerSpec kSessionAnswers[] = {{200, kJson, "Session", "who asks"}};
constexpr AnswerSpec kLoginAnswers[] = {
    {200, kJson, "Session", "logged in; the cookie comes with it"},
    {401, kJson, "Error", "wrong name or password"},
    {429, kJson, "Error", "too many wrong tries; Retry-After says for how long"},
};
constexpr AnswerSpec kLogoutAnswers[] = {{204, "", "", "logged out"}};
constexpr AnswerSpec kDemoAnswers[] = {
    {204, "", "", "it ends, and Weir starts with data of its own at the same address"},
    {404, kJson, "Error", "this server shows no demo"},
};
constexpr AnswerSpec kTokensAnswers[] = {{200, kJson, "Tokens", "all tokens, without secrets"}};
constexpr AnswerSpec kNewTokenAnswers[] = {{201, kJson, "Token", "the token, shown this once"}};
constexpr AnswerSpec kDeleteTokenAnswers[] = {
    {204, "", "", "deleted: it opens nothing any more"},
    {404, kJson, "Error", "no token has this number"},
};

constexpr ParameterSpec kSetupParameters[] = {
    {"code", "string", false,
     "the setup code, unless X-Weir-Setup-Code has it; without one nothing is checked"},
};
constexpr AnswerSpec kSetupAnswers[] = {
    {200, kJson, "SetupState", "whether an admin exists; the code, where one came, is right"},
    {429, kJson, "Error", "too many tries; Retry-After says for how long"},
};
constexpr AnswerSpec kNewAdminAnswers[] = {
    {201, kJson, "Session", "the admin was made and is logged in; the cookie comes with it"},
    {429, kJson, "Error", "too many tries; Retry-After says for how long"},
};
constexpr ParameterSpec kDiagnosisParameters[] = {
    {"format", "string", false, "json (when absent), csv"},
};
constexpr AnswerSpec kDiagnosisAnswers[] = {
    {200, kJson, "Diagnosis", "what is listened on, who sends, and what a person has to do"},
    {200, "text/csv", "", "the senders and their lights alone"},
};
constexpr AnswerSpec kSettingsAnswers[] = {{200, kJson, "Settings", "as they hold now"}};
constexpr ParameterSpec kTableParameters[] = {
    {"format", "string", false, "json (when absent), csv"},
};
constexpr AnswerSpec kNewServicesAnswers[] = {
    {200, kJson, "Services", "the file as it holds from now on"},
};
constexpr AnswerSpec kNewProtocolsAnswers[] = {
    {200, kJson, "Protocols", "the list as it holds from now on"},
};
constexpr AnswerSpec kServicesAnswers[] = {
    {200, kJson, "Services", "the user's file as it holds, what is wrong in it, and all names"},
    {200, "text/csv", "", "the names alone"},
};
constexpr AnswerSpec kProtocolsAnswers[] = {
    {200, kJson, "Protocols", "the list as it holds, in its order, and what is wrong in it"},
    {200, "text/csv", "", "the entries alone"},
};
constexpr AnswerSpec kTablesCheckAnswers[] = {
    {200, kJson, "TablesCheck", "what is wrong in the texts, and the list they make"},
};
constexpr AnswerSpec kChangedAnswers[] = {{204, "", "", "it holds from now on"}};
constexpr AnswerSpec kPortGoneAnswers[] = {
    {204, "", "", "it holds from now on"},
    {404, kJson, "Error", "that port is not listened on"},
};
constexpr AnswerSpec kEventsAnswers[] = {
    {200, "text/event-stream", "Pulse", "one such object as each event's data, about one a second"},
};
constexpr AnswerSpec kHealthAnswers[] = {
    {200, kJson, "Health", "the UDP ports are bound and HTTP serves"},
    {503, kJson, "Health", "not yet"},
};
constexpr AnswerSpec kMetricsAnswers[] = {{200, kText, "", "Prometheus' text format"}};
constexpr AnswerSpec kOpenApiAnswers[] = {{200, kJson, "OpenApi", "this description"}};

constexpr Route kRoutes[] = {
    {.method = Method::Get,
     .path = "/api/v1/query",
     .access = Access::Viewer,
     .lane = Lane::Long,
     .summary = "who used the network, for what, with whom and when",
     .parameters = kQueryParameters,
     .answers = kQueryAnswers,
     .handler = get_query},
    {.method = Method::Get,
     .path = "/api/v1/conversations",
     .access = Access::Viewer,
     .lane = Lane::Long,
     .summary = "who talks with whom: both directions and all reports of a conversation in one row",
     .parameters = kConversationParameters,
     .answers = kConversationAnswers,
     .handler = get_conversations},
    {.method = Method::Get,
     .path = "/api/v1/filter",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "a filter's canonical text, its errors, and what may be typed next",
     .parameters = kFilterParameters,
     .answers = kFilterAnswers,
     .handler = get_filter},
    {.method = Method::Get,
     .path = "/api/v1/hosts/{address}",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "what an address is and was called",
     .answers = kHostAnswers,
     .handler = get_host},
    {.method = Method::Put,
     .path = "/api/v1/hosts/{address}/name",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "a person's name for an address: it wins over every other",
     .body_schema = "HostNameBody",
     .answers = kHostNameAnswers,
     .handler = put_host_name},
    {.method = Method::Get,
     .path = "/api/v1/exporters",
     .access = Access::Viewer,
     .lane = Lane::Long,
     .summary = "the exporters, their templates and sampling, and what came of them",
     .parameters = kExportersParameters,
     .answers = kExportersAnswers,
     .handler = get_exporters},
    {.method = Method::Get,
     .path = "/api/v1/interfaces",
     .access = Access::Viewer,
     .lane = Lane::Long,
     .summary = "the exporters' interfaces: what they are called, and what went through them",
     .parameters = kInterfacesParameters,
     .answers = kInterfacesAnswers,
     .handler = get_interfaces},
    {.method = Method::Put,
     .path = "/api/v1/interfaces/{exporter}",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "what a person says of one of an exporter's interfaces: it wins over every other",
     .body_schema = "InterfaceBody",
     .answers = kChangedAnswers,
     .handler = put_interface},
    {.method = Method::Put,
     .path = "/api/v1/exporters/{exporter}/snmp",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "how the exporter's SNMP agent is asked; never told again",
     .body_schema = "SnmpBody",
     .answers = kChangedAnswers,
     .handler = put_snmp},
    {.method = Method::Get,
     .path = "/api/v1/ledger",
     .access = Access::Viewer,
     .lane = Lane::Long,
     .summary = "the loss ledger per exporter and minute of receipt",
     .parameters = kRangeParameters,
     .answers = kLedgerAnswers,
     .handler = get_ledger},
    {.method = Method::Get,
     .path = "/api/v1/diagnosis",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "whether collecting is sound, in words",
     .parameters = kDiagnosisParameters,
     .answers = kDiagnosisAnswers,
     .handler = get_diagnosis},
    {.method = Method::Get,
     .path = "/api/v1/settings",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "what can be set while Weir runs, and which of it weir.toml has",
     .answers = kSettingsAnswers,
     .handler = get_settings},
    {.method = Method::Post,
     .path = "/api/v1/ports",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "listen on one more UDP port",
     .body_schema = "PortBody",
     .answers = kChangedAnswers,
     .handler = post_ports},
    {.method = Method::Delete,
     .path = "/api/v1/ports/{port}",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "listen on it no more",
     .answers = kPortGoneAnswers,
     .handler = delete_port},
    {.method = Method::Post,
     .path = "/api/v1/networks",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "which networks are local, besides the private ones",
     .body_schema = "NetworksBody",
     .answers = kChangedAnswers,
     .handler = post_networks},
    {.method = Method::Post,
     .path = "/api/v1/senders",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "who may send",
     .body_schema = "SendersBody",
     .answers = kChangedAnswers,
     .handler = post_senders},
    {.method = Method::Post,
     .path = "/api/v1/exporters/{exporter}",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "an exporter's name, local network and sampling",
     .body_schema = "ExporterBody",
     .answers = kChangedAnswers,
     .handler = post_exporter},
    {.method = Method::Get,
     .path = "/api/v1/services",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "names of ports: the user's services file, and ours",
     .parameters = kTableParameters,
     .answers = kServicesAnswers,
     .handler = get_services},
    {.method = Method::Put,
     .path = "/api/v1/services",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "the user's services file, in the form of /etc/services",
     .body_schema = "TextBody",
     .answers = kNewServicesAnswers,
     .handler = put_services},
    {.method = Method::Get,
     .path = "/api/v1/protocols",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "which ports make up which application, in the order of the list",
     .parameters = kTableParameters,
     .answers = kProtocolsAnswers,
     .handler = get_protocols},
    {.method = Method::Put,
     .path = "/api/v1/protocols",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "the protocols list, in ntop's form; an empty text is the default list",
     .body_schema = "TextBody",
     .answers = kNewProtocolsAnswers,
     .handler = put_protocols},
    {.method = Method::Post,
     .path = "/api/v1/tables/check",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "what a services file and a protocols list would mean together; changes nothing",
     .body_schema = "TablesCheckBody",
     .answers = kTablesCheckAnswers,
     .handler = post_tables_check},
    {.method = Method::Get,
     .path = "/api/v1/session",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "who is logged in",
     .answers = kSessionAnswers,
     .handler = get_session},
    {.method = Method::Post,
     .path = "/api/v1/session",
     .access = Access::Login,
     .lane = Lane::Password,
     .summary = "log in; not before an admin exists",
     .body_schema = "SessionBody",
     .answers = kLoginAnswers,
     .handler = post_session},
    {.method = Method::Delete,
     .path = "/api/v1/session",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "log out",
     .answers = kLogoutAnswers,
     .handler = delete_session},
    {.method = Method::Delete,
     .path = "/api/v1/demo",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "leave the demo; only on its own machine",
     .answers = kDemoAnswers,
     .handler = delete_demo},
    {.method = Method::Get,
     .path = "/api/v1/tokens",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "the tokens that programs use",
     .answers = kTokensAnswers,
     .handler = get_tokens},
    {.method = Method::Post,
     .path = "/api/v1/tokens",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "make a token",
     .body_schema = "TokenBody",
     .answers = kNewTokenAnswers,
     .handler = post_tokens},
    {.method = Method::Delete,
     .path = "/api/v1/tokens/{id}",
     .access = Access::Admin,
     .lane = Lane::Quick,
     .summary = "delete a token",
     .answers = kDeleteTokenAnswers,
     .handler = delete_token},
    {.method = Method::Get,
     .path = "/api/v1/setup",
     .access = Access::Open,
     .lane = Lane::Quick,
     .summary = "whether an admin exists, and whether a setup code is right",
     .parameters = kSetupParameters,
     .answers = kSetupAnswers,
     .handler = get_setup},
    {.method = Method::Post,
     .path = "/api/v1/setup",
     .access = Access::Code,
     .lane = Lane::Password,
     .summary = "make the admin, once, with the setup code",
     .body_schema = "SetupBody",
     .answers = kNewAdminAnswers,
     .handler = post_setup},
    {.method = Method::Get,
     .path = "/api/v1/events",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "what has come, again and again; ends after 15 minutes, to be asked for anew",
     .answers = kEventsAnswers,
     .handler = get_events},
    {.method = Method::Get,
     .path = "/api/v1/openapi.json",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "this description of the API",
     .answers = kOpenApiAnswers,
     .handler = get_openapi},
    {.method = Method::Get,
     .path = "/healthz",
     .access = Access::Open,
     .lane = Lane::Quick,
     .summary = "whether the server takes flows and answers",
     .answers = kHealthAnswers,
     .handler = get_health},
    {.method = Method::Get,
     .path = "/metrics",
     .access = Access::Viewer,
     .lane = Lane::Quick,
     .summary = "what Weir counts of itself",
     .answers = kMetricsAnswers,
     .handler = get_metrics},
};

constexpr AnswerSpec kToAnybody[] = {
    {400, kJson, "Error", "a parameter, header or body is wrong; the error says which"},
    {403, kJson, "Error", "Host or Origin is not ours, or the caller may not do this"},
    {503, kJson, "Error", "too busy, or the query or the database failed"},
};
constexpr AnswerSpec kToCallers[] = {
    {400, kJson, "Error", "a parameter, header or body is wrong; the error says which"},
    {401, kJson, "Error", "neither a session nor a token of ours"},
    {403, kJson, "Error", "Host or Origin is not ours, or the caller may not do this"},
    {503, kJson, "Error", "too busy, or the query or the database failed"},
};

// What stands for {…} in `pattern`, or an empty text when there is no such thing; empty optional:
// the path is another.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const std::size_t brace = pattern.find('{');
  if (brace == std::string_view::npos) {
    return pattern == path ? std::optional(std::string_view{}) : std::nullopt;
  }
  const std::string_view behind = pattern.substr(pattern.find('}') + 1);
  if (path.size() <= brace + behind.size() || !path.starts_with(pattern.substr(0, brace)) ||
      !path.ends_with(behind)) {
    return std::nullopt;
  }
  const std::string_view segment = path.substr(brace, path.size() - brace - behind.size());
  return segment.find('/') == std::string_view::npos ? std::optional(segment) : std::nullopt;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

std::span<const AnswerSpec> common_answers(Access access) {
  const bool needs_caller = access == Access::Viewer || access == Access::Admin;
  return needs_caller ? std::span<const AnswerSpec>(kToCallers) : kToAnybody;
}

Found find_route(Method method, std::string_view path) {
  Found found;
  for (const Route& route : kRoutes) {
    const auto path_end = match(route.path, path);
    if (!path_end) continue;
    if (route.method == method) return {&route, *path_end, {}};
    found.allowed += fmt::format("{}{}", found.allowed.empty() ? "" : ", ", to_text(route.method));
  }
  return found;
}

}  // namespace serve
