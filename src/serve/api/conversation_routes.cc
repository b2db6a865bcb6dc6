#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <charconv>
#include <map>
#include <vector>

#include "serve/api/json_body.h"
#include "serve/api/query_errors.h"
#include "serve/api/routes.h"
#include "serve/conversations.h"
#include "serve/export/csv_rows.h"

namespace serve {
namespace {

namespace json = boost::json;
using query::AnswerType;

constexpr std::size_t kTopDefault = 100;

std::optional<std::size_t> top_of(std::string_view text) {
  if (text.empty()) return kTopDefault;
  std::size_t top = 0;
  const auto [rest, error] = std::from_chars(text.data(), text.data() + text.size(), top);
  const bool is_number = error == std::errc{} && rest == text.data() + text.size();
  if (!is_number || top < 1 || top > query::kMaxTop) return std::nullopt;
  return top;
}

TimeoutsOf timeouts_of(Api& api) {
  std::map<flow::Address, Timeouts> learned;
  for (const auto& worker : api.sources().workers()) {
    for (const flow::ExporterView& view : worker->exporters) {
      learned[view.exporter] = {view.active_timeout_ms, view.inactive_timeout_ms};
    }
  }
  return [learned = std::move(learned)](const flow::Address& exporter) {
    const auto found = learned.find(exporter);
    return found != learned.end() ? found->second : Timeouts();
  };
}

json::object conversation_json(const Conversation& known, const know::Names& names) {
  json::object told{{"client", flow::to_text(known.client.address)},
                    {"server", flow::to_text(known.server.address)},
                    {"protocol", known.protocol},
                    {"start", known.start},
                    {"last", known.last},
                    {"active", known.is_active},
                    {"sent_bytes", known.sent.bytes},
                    {"received_bytes", known.got.bytes},
                    {"sent_packets", known.sent.packets},
                    {"received_packets", known.got.packets},
                    {"flows", std::uint64_t{known.sent.flows} + known.got.flows},
                    {"exporter", flow::to_text(known.exporter)}};
  if (const auto* named = names.find(known.client.address)) told["client_name"] = named->name;
  if (const auto* named = names.find(known.server.address)) told["server_name"] = named->name;
  if (known.client.port) told["client_port"] = *known.client.port;
  if (known.server.port) told["server_port"] = *known.server.port;
  if (!known.app.empty()) told["app"] = known.app;
  if (known.ended_by) told["ended_by"] = to_text(*known.ended_by);
  if (known.is_active) {
    told["sent_bits_per_s"] = known.sent.bits_per_s;
    told["received_bits_per_s"] = known.got.bits_per_s;
  }
  return told;
}

std::vector<query::AnswerColumn> csv_columns() {
  return {{"client", AnswerType::Address},      {"client_port", AnswerType::Number},
          {"server", AnswerType::Address},      {"server_port", AnswerType::Number},
          {"protocol", AnswerType::Number},     {"app", AnswerType::Text},
          {"start", AnswerType::Number},        {"last", AnswerType::Number},
          {"active", AnswerType::Flag},         {"ended_by", AnswerType::Text},
          {"sent_bytes", AnswerType::Number},   {"received_bytes", AnswerType::Number},
          {"sent_packets", AnswerType::Number}, {"received_packets", AnswerType::Number},
          {"flows", AnswerType::Number},        {"exporter", AnswerType::Address},
          {"client_name", AnswerType::Text},    {"server_name", AnswerType::Text}};
}

void add_row(const Conversation& known, const know::Names& names, CsvRows& rows) {
  rows.set("client", known.client.address);
  rows.set("server", known.server.address);
  if (known.client.port) rows.set("client_port", std::int64_t{*known.client.port});
  if (known.server.port) rows.set("server_port", std::int64_t{*known.server.port});
  rows.set("protocol", std::int64_t{known.protocol});
  if (!known.app.empty()) rows.set("app", known.app);
  rows.set("start", known.start);
  rows.set("last", known.last);
  rows.set_flag("active", known.is_active);
  if (known.ended_by) rows.set("ended_by", to_text(*known.ended_by));
  rows.set("sent_bytes", known.sent.bytes);
  rows.set("received_bytes", known.got.bytes);
  rows.set("sent_packets", known.sent.packets);
  rows.set("received_packets", known.got.packets);
  rows.set("flows", std::int64_t{known.sent.flows} + known.got.flows);
  rows.set("exporter", known.exporter);
  const auto* client = names.find(known.client.address);
  const auto* server = names.find(known.server.address);
  if (client != nullptr) rows.set("client_name", std::string_view(client->name));
  if (server != nullptr) rows.set("server_name", std::string_view(server->name));
  rows.end_row();
}

Response csv_response(std::span<const Conversation> listed, const know::Names& names) {
  CsvRows rows(csv_columns());
  for (const Conversation& known : listed) add_row(known, names, rows);
  return {.content_type = std::string(content_type(Format::Csv)), .body = rows.text()};
}

Response as_json(const Conversations& answer, query::TimeRange range,
                 std::span<const Conversation> listed, const know::Names& names) {
  json::array sessions;
  for (const Conversation& known : listed) sessions.push_back(conversation_json(known, names));
  return json_response(200,
                       json::object{{"range", json::object{{"from", range.from}, {"to", range.to}}},
                                    {"read_from", answer.read.from},
                                    {"sessions", std::move(sessions)},
                                    {"found", answer.stitched.found},
                                    {"active", answer.stitched.active},
                                    {"flows_read", answer.flows_read},
                                    {"whole", answer.is_whole}});
}

void show(Api& api, std::span<const Conversation> listed, base::UnixMs now) {
  std::vector<flow::Address> ends;
  for (const Conversation& known : listed.first(std::min(listed.size(), kShownMax / 2))) {
    ends.push_back(known.client.address);
    ends.push_back(known.server.address);
  }
  api.show(ends, now);
}

}  // namespace

std::optional<Response> get_conversations(Api& api, const Call& call) {
  const std::string_view state = call.parameter("state");
  if (!state.empty() && state != "active") {
    return error_response(
        400, {"state", fmt::format("expected active or nothing, '{}' came", state), ""});
  }
  const auto top = top_of(call.parameter("top"));
  if (!top) {
    return error_response(400, {"top",
                                fmt::format("expected a whole number from 1 to {}, '{}' came",
                                            query::kMaxTop, call.parameter("top")),
                                ""});
  }
  const std::string_view format = call.parameter("format", "json");
  if (format != "json" && format != "csv") {
    return error_response(400,
                          {"format", fmt::format("expected json or csv, '{}' came", format), ""});
  }
  query::PlanText text;
  text.filter = call.parameter("filter");
  text.range = call.parameter("range", "-1h");
  text.flows = "1";
  const auto tables = api.sources().tables.get();
  const auto plan = query::make_plan(text, call.now, tables->folded_names);
  if (!plan) return plan_error_response(plan.error());
  const auto answer = find_conversations(
      api.sources().questions,
      {.flows = *plan, .timeouts_of = timeouts_of(api), .now = call.now, .top = *top},
      call.exchange.gone());
  if (!answer) return query_error_response(answer.error());

  const auto& stitched = answer->stitched;
  const std::size_t wanted = state == "active" ? stitched.active : stitched.first.size();
  const auto listed = std::span(stitched.first).first(std::min(wanted, stitched.first.size()));
  const auto names = api.sources().names.names(call.now);
  show(api, listed, call.now);
  return format == "csv" ? csv_response(listed, *names)
                         : as_json(*answer, plan->range, listed, *names);
}

}  // namespace serve
