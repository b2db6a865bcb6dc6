#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cstdlib>

#include "serve/api/hosts.h"
#include "serve/api/json_body.h"
#include "serve/api/query_errors.h"
#include "serve/api/routes.h"
#include "serve/diagnosis.h"
#include "serve/export/csv_rows.h"
#include "serve/machine.h"
#include "state/setting_values.h"

// What the Setup page shows.
namespace serve {
namespace {

namespace json = boost::json;

json::array ports_json(const flow::ReceiveView& receive, bool changeable) {
  json::array ports;
  for (const flow::PortView& port : receive.ports) {
    const std::size_t colon = port.address.rfind(':');
    const char* number = colon == std::string::npos ? "" : port.address.c_str() + colon + 1;
    ports.push_back(json::object{{"address", port.address},
                                 {"port", std::strtol(number, nullptr, 10)},
                                 {"bound", port.bound},
                                 {"problem", port.problem},
                                 {"holder", port.holder},
                                 {"changeable", changeable},
                                 {"datagrams", port.datagrams}});
  }
  return ports;
}

json::array senders_json(const std::vector<SenderLights>& senders,
                         const state::ExporterSettings& settings) {
  json::array listed;
  for (const SenderLights& sender : senders) {
    json::object told{{"exporter", flow::to_text(sender.exporter)},
                      {"datagrams", sender.datagrams},
                      {"flows", sender.flows},
                      {"last_seen", sender.last_seen},
                      {"packets", to_text(sender.packets)},
                      {"understood", to_text(sender.understood)},
                      {"template", to_text(sender.template_known)},
                      {"stored", to_text(sender.stored)}};
    if (const auto name = settings.names.find(sender.exporter); name != settings.names.end()) {
      told["name"] = name->second;
    }
    listed.push_back(std::move(told));
  }
  return listed;
}

json::array findings_json(const std::vector<Finding>& findings) {
  json::array listed;
  for (const Finding& finding : findings) {
    json::object told{{"state", to_text(finding.state)},
                      {"level", to_text(finding.level)},
                      {"what", finding.what},
                      {"hint", finding.hint}};
    if (finding.exporter) told["exporter"] = flow::to_text(*finding.exporter);
    if (finding.port) told["port"] = *finding.port;
    if (finding.count) told["count"] = *finding.count;
    if (!finding.missing.empty()) told["missing"] = json::value_from(finding.missing);
    listed.push_back(std::move(told));
  }
  return listed;
}

// The one address that all ports are bound to; unspecified where there are several, or all.
flow::Address listening_address(const flow::ReceiveView& receive) {
  std::optional<flow::Address> only;
  for (const flow::PortView& port : receive.ports) {
    const auto endpoint = state::parse_endpoint(port.address);
    if (!endpoint || (only && *only != endpoint->address)) return {};
    only = endpoint->address;
  }
  return only.value_or(flow::Address{});
}

// The address to tell exporters: the one that is listened on; where that is every one, the one
// that this client reached us by, if it is not loopback.
void tell_addresses(const Peer& peer, const flow::ReceiveView& receive, json::object& told) {
  const flow::Address bound = listening_address(receive);
  std::string address = bound.is_unspecified() ? "" : flow::to_text(bound);
  bool is_lent = false;
  json::array listed;
  for (const MachineAddress& one : machine_addresses()) {
    const std::string text = flow::to_text(one.address);
    listed.push_back(
        json::object{{"address", text}, {"interface", one.interface}, {"from_dhcp", one.is_lent}});
    const bool is_reached =
        bound.is_unspecified() && !peer.unix_socket && one.address == peer.local;
    if (address.empty() || text == address || is_reached) {
      address = text;
      is_lent = one.is_lent;
    }
  }
  told["address"] = address;
  told["address_is_loopback"] = is_loopback(bound);
  told["address_from_dhcp"] = is_lent;
  told["addresses"] = std::move(listed);
}

std::string called(const state::Settings& settings, const flow::Address& exporter) {
  const auto name = settings.exporters.names.find(exporter);
  return name == settings.exporters.names.end() ? flow::to_text(exporter) : name->second;
}

bool is_sampling_set(const state::Settings& settings, const flow::Address& exporter) {
  return std::ranges::any_of(settings.exporters.sampling, [&](const state::SamplingSetting& one) {
    return one.exporters.contains(exporter);
  });
}

Response senders_csv(const std::vector<SenderLights>& senders,
                     const state::ExporterSettings& settings) {
  using query::AnswerType;
  CsvRows rows({{"exporter", AnswerType::Address},
                {"name", AnswerType::Text},
                {"packets", AnswerType::Text},
                {"understood", AnswerType::Text},
                {"template", AnswerType::Text},
                {"stored", AnswerType::Text},
                {"datagrams", AnswerType::Number},
                {"flows", AnswerType::Number},
                {"last_seen", AnswerType::Number}});
  for (const SenderLights& sender : senders) {
    rows.set("exporter", sender.exporter);
    if (const auto name = settings.names.find(sender.exporter); name != settings.names.end()) {
      rows.set("name", std::string_view(name->second));
    }
    rows.set("packets", to_text(sender.packets));
    rows.set("understood", to_text(sender.understood));
    rows.set("template", to_text(sender.template_known));
    rows.set("stored", to_text(sender.stored));
    rows.set("datagrams", static_cast<std::int64_t>(sender.datagrams));
    rows.set("flows", static_cast<std::int64_t>(sender.flows));
    rows.set("last_seen", sender.last_seen);
    rows.end_row();
  }
  return {.content_type = std::string(content_type(Format::Csv)), .body = rows.text()};
}

}  // namespace

std::optional<Response> get_diagnosis(Api& api, const Call& call) {
  const std::string_view format = call.parameter("format", "json");
  if (format != "json" && format != "csv") {
    return error_response(400,
                          {"format", fmt::format("expected json or csv, '{}' came", format), ""});
  }
  const auto receive = api.sources().receive();
  const auto workers = api.sources().workers();
  const auto settings = api.sources().settings.get();
  const auto last_hour =
      api.sources().questions.ledger_sums({call.now - base::kMsPerHour, call.now + 1});
  if (!last_hour) return query_error_response(last_hour.error());
  json::object told;
  tell_addresses(call.request.peer, *receive, told);
  const Diagnosis diagnosis = diagnose(
      {.now = call.now,
       .receive = *receive,
       .workers = workers,
       .last_hour = *last_hour,
       .called = [&](const flow::Address& exporter) { return called(*settings, exporter); },
       .sampling_is_set =
           [&](const flow::Address& exporter) { return is_sampling_set(*settings, exporter); },
       .address = std::string(told.at("address").get_string()),
       .is_address_loopback = told.at("address_is_loopback").get_bool(),
       .names = api.sources().name_sources ? api.sources().name_sources() : nullptr,
       .places = api.sources().places.notes(),
       .sites = api.sources().site_sources ? api.sources().site_sources() : nullptr});

  if (format == "csv") return senders_csv(diagnosis.senders, settings->exporters);

  std::uint64_t datagrams = receive->former_ports.datagrams;
  for (const flow::PortView& port : receive->ports) datagrams += port.datagrams;
  std::uint64_t flows = 0;
  for (const auto& worker : workers) {
    for (const flow::ExporterView& view : worker->exporters) flows += view.since_start.flows;
  }
  json::array networks;
  for (const flow::Network& network : settings->local_networks) {
    networks.emplace_back(flow::to_text(network));
  }
  told["now"] = call.now;
  told["started"] = api.started();
  told["replaying"] = receive->replaying;
  told["datagrams"] = datagrams;
  told["flows"] = flows;
  told["ports"] = ports_json(*receive, !api.sources().settings.is_fixed("listen"));
  told["senders"] = senders_json(diagnosis.senders, settings->exporters);
  told["findings"] = findings_json(diagnosis.findings);
  told["networks"] = std::move(networks);
  told["networks_changeable"] = !api.sources().settings.is_fixed("networks.local");
  return json_response(200, told);
}

}  // namespace serve
