#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <boost/json.hpp>
#include <charconv>
#include <functional>
#include <limits>
#include <map>
#include <span>
#include <string_view>
#include <tuple>
#include <utility>
#include <vector>

#include "base/log.h"
#include "serve/api/json_body.h"
#include "serve/api/routes.h"
#include "state/live_settings.h"

// What a person sets while Weir runs: ports, networks, exporters' names, networks and sampling, who
// may send.
namespace serve {
namespace {

namespace json = boost::json;

Response change_error_response(const state::ChangeError& error) {
  if (const auto* refused = std::get_if<base::UserError>(&error)) {
    return error_response(400, *refused);
  }
  spdlog::error("settings: {}", base::to_text(std::get<base::IoError>(error)));
  return error_response(503, {"settings.toml", "it could not be written", "see the server's log"});
}

// 204, or why not: then of all keys nothing has changed.
Response changed(Api& api, std::span<const std::string_view> keys,
                 const std::function<void(state::Settings&)>& edit) {
  const auto done = api.sources().settings.change(keys, edit);
  if (!done) return change_error_response(done.error());
  return {.status = 204, .content_type = ""};
}

Response changed(Api& api, std::string_view key,
                 const std::function<void(state::Settings&)>& edit) {
  return changed(api, std::span(&key, 1), edit);
}

// What came instead of what was expected, as a person would recognize it.
std::string found_text(const json::value* value) {
  constexpr std::size_t kShown = 60;
  if (value == nullptr) return "none came";
  std::string text = json::serialize(*value);
  if (text.size() > kShown) text = text.substr(0, kShown) + "…";
  return fmt::format("{} came", text);
}

base::UserError wrong(std::string_view name, std::string_view expected, const json::value* value) {
  return {std::string(name), fmt::format("expected {}, {}", expected, found_text(value)), ""};
}

base::Expected<std::vector<flow::Network>, base::UserError> networks_of(const json::value* value,
                                                                        std::string_view name) {
  if (value == nullptr || !value->is_array()) {
    return base::Unexpected(wrong(name, "a list of networks such as 203.0.113.0/24", value));
  }
  std::vector<flow::Network> networks;
  for (const json::value& item : value->get_array()) {
    const auto network =
        item.is_string() ? flow::parse_network(std::string_view(item.get_string())) : std::nullopt;
    if (!network) {
      return base::Unexpected(wrong(name, "networks such as 203.0.113.0/24", &item));
    }
    networks.push_back(*network);
  }
  return networks;
}

// The exporter of the path, whose colons may come as %3A.
std::optional<flow::Address> exporter_of(const Call& call) {
  const auto decoded = Parameters::parse(fmt::format("x={}", call.path_end));
  return decoded ? flow::parse_address(decoded->find("x").value_or("")) : std::nullopt;
}

json::array networks_json(const std::vector<flow::Network>& networks) {
  json::array listed;
  for (const flow::Network& network : networks) listed.emplace_back(flow::to_text(network));
  return listed;
}

json::array exporters_json(const state::ExporterSettings& exporters) {
  std::map<flow::Address, json::object> by_address;
  for (const auto& [exporter, name] : exporters.names) by_address[exporter]["name"] = name;
  for (const auto& [exporter, network] : exporters.networks) {
    by_address[exporter]["network"] = flow::to_text(network);
  }
  json::array listed;
  for (auto& [exporter, told] : by_address) {
    told["exporter"] = flow::to_text(exporter);
    listed.push_back(std::move(told));
  }
  return listed;
}

json::array sampling_json(const std::vector<state::SamplingSetting>& rates) {
  json::array listed;
  for (const state::SamplingSetting& one : rates) {
    listed.push_back(json::object{{"exporters", flow::to_text(one.exporters)}, {"rate", one.rate}});
  }
  return listed;
}

// What a person sets for one exporter; absent: stays as it is.
struct ExporterChange {
  std::optional<std::string> name;                      // empty: none any more
  std::optional<std::optional<flow::Network>> network;  // the inner absent: none any more
  std::optional<std::uint32_t> sampling;                // 0: what the exporter says counts again

  std::vector<std::string_view> keys() const {
    std::vector<std::string_view> all;
    if (name) all.emplace_back("exporters.names");
    if (network) all.emplace_back("exporters.networks");
    if (sampling) all.emplace_back("exporters.sampling");
    return all;
  }
  void apply(const flow::Address& exporter, state::ExporterSettings& all) const;
};

void ExporterChange::apply(const flow::Address& exporter, state::ExporterSettings& all) const {
  if (name) {
    all.names.erase(exporter);
    if (!name->empty()) all.names[exporter] = *name;
  }
  if (network) {
    all.networks.erase(exporter);
    if (*network) all.networks[exporter] = **network;
  }
  if (sampling) {
    const flow::Network itself = flow::network_of(exporter, 128);
    std::erase_if(all.sampling, [&](const auto& one) { return one.exporters == itself; });
    if (*sampling != 0) all.sampling.push_back({itself, *sampling});
  }
}

base::Expected<ExporterChange, base::UserError> exporter_change(const json::object& body) {
  ExporterChange change;
  if (const json::value* name = body.if_contains("name")) {
    if (!name->is_string()) return base::Unexpected(wrong("name", "a text", name));
    change.name = std::string(name->get_string());
  }
  if (const json::value* network = body.if_contains("network")) {
    const std::string_view text =
        network->is_string() ? std::string_view(network->get_string()) : " ";
    change.network = flow::parse_network(text);
    if (!*change.network && !text.empty()) {
      return base::Unexpected(
          wrong("network", "a network such as 192.168.1.0/24 or an empty text", network));
    }
  }
  if (const json::value* sampling = body.if_contains("sampling")) {
    const std::int64_t* rate = sampling->if_int64();
    if (rate == nullptr || *rate < 0 || *rate > std::numeric_limits<std::uint32_t>::max()) {
      return base::Unexpected(
          wrong("sampling", "a whole number N for 1 in N, or 0 for none", sampling));
    }
    change.sampling = static_cast<std::uint32_t>(*rate);
  }
  if (change.keys().empty()) {
    return base::Unexpected(
        base::UserError{"body", "expected name, network or sampling, none came", ""});
  }
  return change;
}

// What a person says of one interface; absent: stays as it is.
struct InterfaceChange {
  std::uint32_t index = 0;
  std::optional<std::string> name;                          // empty: none any more
  std::optional<std::optional<state::InterfaceRole>> role;  // the inner absent: none any more
  std::optional<std::uint64_t> speed_bits_per_s;            // 0: none any more

  void apply(const flow::Address& exporter, state::ExporterSettings& all) const;
};

void InterfaceChange::apply(const flow::Address& exporter, state::ExporterSettings& all) const {
  const state::InterfaceKey key{exporter, index};
  state::InterfaceSetting& setting = all.interfaces[key];
  if (name) setting.name = *name;
  if (role) setting.role = *role;
  if (speed_bits_per_s) setting.speed_bits_per_s = *speed_bits_per_s;
  if (setting.empty()) all.interfaces.erase(key);
}

base::Expected<InterfaceChange, base::UserError> interface_change(const json::object& body) {
  constexpr std::int64_t kSpeedMost = 1'000'000'000'000'000;
  InterfaceChange change;
  const json::value* index = body.if_contains("index");
  const std::int64_t* number = index == nullptr ? nullptr : index->if_int64();
  if (number == nullptr || *number < 0 || *number > std::numeric_limits<std::uint32_t>::max()) {
    return base::Unexpected(wrong("index", "an ifIndex", index));
  }
  change.index = static_cast<std::uint32_t>(*number);
  if (const json::value* name = body.if_contains("name")) {
    if (!name->is_string()) return base::Unexpected(wrong("name", "a text", name));
    change.name = std::string(name->get_string());
  }
  if (const json::value* role = body.if_contains("role")) {
    const std::string_view text = role->is_string() ? std::string_view(role->get_string()) : " ";
    change.role = state::parse_interface_role(text);
    if (!*change.role && !text.empty()) {
      return base::Unexpected(wrong("role", "wan, lan, peer or an empty text", role));
    }
  }
  if (const json::value* speed = body.if_contains("speed")) {
    const std::int64_t* bits = speed->if_int64();
    if (bits == nullptr || *bits < 0 || *bits > kSpeedMost) {
      return base::Unexpected(wrong("speed", "bits a second, or 0 for none", speed));
    }
    change.speed_bits_per_s = static_cast<std::uint64_t>(*bits);
  }
  if (!change.name && !change.role && !change.speed_bits_per_s) {
    return base::Unexpected(base::UserError{"body", "expected name, role or speed, none came", ""});
  }
  return change;
}

// What came is not repeated: it may be a secret.
base::Expected<state::SnmpSetting, base::UserError> snmp_setting(const json::object& body) {
  state::SnmpSetting setting;
  for (const auto& [name, text] : {std::pair{"community", &setting.community},
                                   {"user", &setting.user},
                                   {"auth", &setting.auth},
                                   {"auth_password", &setting.auth_password},
                                   {"privacy", &setting.privacy},
                                   {"privacy_password", &setting.privacy_password}}) {
    const json::value* given = body.if_contains(name);
    if (given == nullptr) continue;
    if (!given->is_string()) {
      return base::Unexpected(base::UserError{name, "expected a text", ""});
    }
    *text = std::string(given->get_string());
  }
  if (const json::value* port = body.if_contains("port")) {
    const std::int64_t* number = port->if_int64();
    if (number == nullptr || *number < 1 || *number > 65'535) {
      return base::Unexpected(wrong("port", "a whole number from 1 to 65535", port));
    }
    setting.port = static_cast<std::uint16_t>(*number);
  }
  return setting;
}

}  // namespace

std::optional<Response> get_settings(Api& api, const Call& call) {
  static_cast<void>(call);
  const auto settings = api.sources().settings.get();
  json::array listen;
  for (const state::Endpoint& endpoint : settings->listen) {
    listen.emplace_back(state::to_text(endpoint));
  }
  json::array locked;
  for (const std::string_view key : api.sources().settings.locked()) locked.emplace_back(key);
  return json_response(200, json::object{{"listen", std::move(listen)},
                                         {"networks", networks_json(settings->local_networks)},
                                         {"learn", settings->exporters.learn},
                                         {"allow", networks_json(settings->exporters.allow)},
                                         {"deny", networks_json(settings->exporters.deny)},
                                         {"exporters", exporters_json(settings->exporters)},
                                         {"sampling", sampling_json(settings->exporters.sampling)},
                                         {"locked", std::move(locked)}});
}

std::optional<Response> post_ports(Api& api, const Call& call) {
  const auto body = parse_object(call.request.body, std::array<std::string_view, 1>{"port"});
  if (!body) return error_response(400, body.error());
  const json::value* port = body->if_contains("port");
  const std::int64_t* number = port == nullptr ? nullptr : port->if_int64();
  if (number == nullptr || *number < 1 || *number > 65'535) {
    return error_response(400, wrong("port", "a whole number from 1 to 65535", port));
  }
  const state::Endpoint wanted{{}, static_cast<std::uint16_t>(*number)};
  return changed(api, "listen", [&](state::Settings& all) {
    if (std::ranges::find(all.listen, wanted.port, &state::Endpoint::port) == all.listen.end()) {
      all.listen.push_back(wanted);
    }
  });
}

std::optional<Response> delete_port(Api& api, const Call& call) {
  std::uint16_t port = 0;
  const char* end = call.path_end.data() + call.path_end.size();
  const auto [rest, error] = std::from_chars(call.path_end.data(), end, port);
  if (error != std::errc{} || rest != end) {
    return error_response(
        400, {"URL", fmt::format("expected a port's number, '{}' came", call.path_end), ""});
  }
  bool was_there = false;
  auto response = changed(api, "listen", [&](state::Settings& all) {
    was_there =
        std::erase_if(all.listen, [&](const state::Endpoint& one) { return one.port == port; }) > 0;
  });
  if (response.status == 204 && !was_there) {
    return error_response(404, {"URL", fmt::format("UDP {} is not listened on", port), ""});
  }
  return response;
}

std::optional<Response> post_networks(Api& api, const Call& call) {
  const auto body = parse_object(call.request.body, std::array<std::string_view, 1>{"local"});
  if (!body) return error_response(400, body.error());
  auto networks = networks_of(body->if_contains("local"), "local");
  if (!networks) return error_response(400, networks.error());
  return changed(api, "networks.local",
                 [&](state::Settings& all) { all.local_networks = *networks; });
}

std::optional<Response> post_senders(Api& api, const Call& call) {
  const auto body =
      parse_object(call.request.body, std::array<std::string_view, 3>{"learn", "allow", "deny"});
  if (!body) return error_response(400, body.error());
  const json::value* learn = body->if_contains("learn");
  if (learn != nullptr && !learn->is_bool()) {
    return error_response(400, wrong("learn", "true or false", learn));
  }
  using Networks = std::vector<flow::Network>;
  std::vector<std::string_view> keys;
  std::vector<std::pair<Networks state::ExporterSettings::*, Networks>> lists;
  for (const auto& [name, key, list] :
       {std::tuple{"allow", "exporters.allow", &state::ExporterSettings::allow},
        std::tuple{"deny", "exporters.deny", &state::ExporterSettings::deny}}) {
    const json::value* given = body->if_contains(name);
    if (given == nullptr) continue;
    auto networks = networks_of(given, name);
    if (!networks) return error_response(400, networks.error());
    keys.emplace_back(key);
    lists.emplace_back(list, std::move(*networks));
  }
  if (learn != nullptr) keys.emplace_back("exporters.learn");
  if (keys.empty()) {
    return error_response(400, {"body", "expected learn, allow or deny, none came", ""});
  }
  return changed(api, keys, [&](state::Settings& all) {
    for (const auto& [list, networks] : lists) all.exporters.*list = networks;
    if (learn != nullptr) all.exporters.learn = learn->get_bool();
  });
}

std::optional<Response> post_exporter(Api& api, const Call& call) {
  const auto exporter = exporter_of(call);
  if (!exporter) {
    return error_response(
        400, {"URL", fmt::format("expected an exporter's address, '{}' came", call.path_end), ""});
  }
  const auto body = parse_object(call.request.body,
                                 std::array<std::string_view, 3>{"name", "network", "sampling"});
  if (!body) return error_response(400, body.error());
  const auto change = exporter_change(*body);
  if (!change) return error_response(400, change.error());
  return changed(api, change->keys(),
                 [&](state::Settings& all) { change->apply(*exporter, all.exporters); });
}

std::optional<Response> put_interface(Api& api, const Call& call) {
  const auto exporter = exporter_of(call);
  if (!exporter) {
    return error_response(
        400, {"URL", fmt::format("expected an exporter's address, '{}' came", call.path_end), ""});
  }
  const auto body = parse_object(call.request.body,
                                 std::array<std::string_view, 4>{"index", "name", "role", "speed"});
  if (!body) return error_response(400, body.error());
  const auto change = interface_change(*body);
  if (!change) return error_response(400, change.error());
  return changed(api, "exporters.interfaces",
                 [&](state::Settings& all) { change->apply(*exporter, all.exporters); });
}

std::optional<Response> put_snmp(Api& api, const Call& call) {
  const auto exporter = exporter_of(call);
  if (!exporter) {
    return error_response(
        400, {"URL", fmt::format("expected an exporter's address, '{}' came", call.path_end), ""});
  }
  const auto body =
      parse_object(call.request.body,
                   std::array<std::string_view, 7>{"community", "user", "auth", "auth_password",
                                                   "privacy", "privacy_password", "port"});
  if (!body) return error_response(400, body.error());
  const auto setting = snmp_setting(*body);
  if (!setting) return error_response(400, setting.error());
  return changed(api, "exporters.snmp", [&](state::Settings& all) {
    all.exporters.snmp.erase(*exporter);
    const bool is_wanted = !setting->community.empty() || !setting->user.empty();
    if (is_wanted) all.exporters.snmp[*exporter] = *setting;
  });
}

}  // namespace serve
