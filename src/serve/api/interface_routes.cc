#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <map>
#include <string>
#include <vector>

#include "serve/api/json_body.h"
#include "serve/api/query_errors.h"
#include "serve/api/routes.h"
#include "serve/export/csv_rows.h"
#include "serve/interface_use.h"

// The interfaces of exporters: what they are called and by whom, and what went through them.
namespace serve {
namespace {

namespace json = boost::json;

// Interfaces that one answer lists at most, some 500 octets each; those that carried most.
constexpr std::size_t kInterfacesListedMax = 5'000;

// What an interface counted, and what the flows tell of the same time.
struct HeldAgainst {
  know::CountedOctets counted;
  base::UnixMs from = 0;
  base::UnixMs to = 0;
  InterfaceUse use;
};
using AllHeldAgainst = std::map<state::InterfaceKey, HeldAgainst>;

// What goes on is told at the end of a flow, or after the exporter's active timeout.
constexpr std::int64_t kToldAfterMs = 2 * base::kMsPerMinute;
// Of the stretch, how much of it an interface has to have counters of.
constexpr double kCoveredEnough = 0.98;

std::int64_t told_after_ms(Api& api, const flow::Address& exporter) {
  for (const auto& worker : api.sources().workers()) {
    for (const flow::ExporterView& view : worker->exporters) {
      if (view.exporter == exporter && view.active_timeout_ms != 0) {
        return view.active_timeout_ms + view.inactive_timeout_ms;
      }
    }
  }
  return kToldAfterMs;
}

// False: the question failed, and the answer goes without.
bool hold_against(Api& api, const Call& call, const flow::Address& exporter, query::TimeRange range,
                  AllHeldAgainst& all) {
  const base::UnixMs until = std::min(range.to, call.now - told_after_ms(api, exporter));
  const auto stretch = api.sources().interface_counters.stretch(exporter, range.from, until);
  if (!stretch || stretch->to <= stretch->from) return stretch.has_value();
  query::PlanText text;
  text.filter = fmt::format("exporter:{}", flow::to_text(exporter));
  text.range = fmt::format("{}..{}", stretch->from, stretch->to);
  const auto plan = interface_plan(text, call.now, {});
  if (!plan) return false;
  const auto used = interface_uses(api.sources().questions, *plan, call.exchange.gone());
  if (!used) return false;
  const auto length = static_cast<double>(stretch->to - stretch->from);
  for (const auto& [index, counted] : stretch->by_index) {
    if (static_cast<double>(counted.covered_ms) < kCoveredEnough * length) continue;
    HeldAgainst& held = all[{exporter, index}];
    held = {.counted = counted, .from = stretch->from, .to = stretch->to, .use = {}};
    const auto use = used->uses.find({exporter, index});
    if (use != used->uses.end()) held.use = use->second;
  }
  return true;
}

void add_held(const HeldAgainst& held, json::object& told) {
  told["counted_in_bytes"] = held.counted.in;
  told["counted_out_bytes"] = held.counted.out;
  told["counted_from"] = held.from;
  told["counted_to"] = held.to;
  const std::uint64_t counted = held.counted.in + held.counted.out;
  if (counted != 0) told["gap"] = gap_of(held.use, counted);
}

json::array agents_json(const std::vector<know::SnmpAgentView>& agents) {
  json::array all;
  for (const know::SnmpAgentView& agent : agents) {
    json::object told{{"exporter", flow::to_text(agent.exporter)},
                      {"version", agent.is_v3 ? "v3" : "v2c"},
                      {"state", to_text(agent.state)},
                      {"next", agent.next},
                      {"interfaces", agent.interfaces},
                      {"cut", agent.is_cut}};
    if (!agent.problem.empty()) told["problem"] = agent.problem;
    if (agent.answered != 0) told["answered"] = agent.answered;
    all.push_back(std::move(told));
  }
  return all;
}

struct ListedInterface {
  state::InterfaceKey key;
  InterfaceUse use;
  const know::Interface* known = nullptr;  // null: nobody said anything
  std::optional<state::InterfaceRole> suggested;
};

std::vector<ListedInterface> list_of(const InterfaceUses& uses, const know::Interfaces& known,
                                     const BehindInterfaces& behind, bool only_used) {
  std::map<state::InterfaceKey, ListedInterface> all;
  for (const auto& [key, use] : uses) all[key].use = use;
  for (const auto& [key, one] : known.all()) {
    if (only_used && !all.contains(key)) continue;
    all[key].known = &one;
  }
  std::vector<ListedInterface> listed;
  for (auto& [key, one] : all) {
    one.key = key;
    if (const auto found = behind.find(key); found != behind.end()) {
      one.suggested = suggested_role(found->second);
    }
    listed.push_back(one);
  }
  return listed;
}

// The first by what they carried; answers how many are left out. Those that stay keep their order.
std::size_t keep_largest(std::vector<ListedInterface>& listed) {
  if (listed.size() <= kInterfacesListedMax) return 0;
  const std::size_t left_out = listed.size() - kInterfacesListedMax;
  std::ranges::stable_sort(listed, std::ranges::greater(), [](const ListedInterface& one) {
    return one.use.in.bytes + one.use.out.bytes;
  });
  listed.resize(kInterfacesListedMax);
  std::ranges::sort(listed, {}, &ListedInterface::key);
  return left_out;
}

// Of 1, over the range; what is faster than the speed a router tells is shown as it is.
double utilisation(std::int64_t bytes, std::uint64_t bits_per_s, query::TimeRange range) {
  const auto seconds = static_cast<double>(range.to - range.from) / base::kMsPerSecond;
  return seconds <= 0 ? 0
                      : static_cast<double>(bytes) * 8 / seconds / static_cast<double>(bits_per_s);
}

void add_known(const know::Interface& known, const WayUse& in, const WayUse& out,
               query::TimeRange range, json::object& told) {
  if (!known.name.empty()) told["name"] = known.name;
  if (known.origin) told["origin"] = to_text(*known.origin);
  if (known.since != 0) told["since"] = known.since;
  if (known.confirmed != 0) told["confirmed"] = known.confirmed;
  if (!known.alias.empty()) told["alias"] = known.alias;
  if (known.role) told["role"] = to_text(*known.role);
  if (known.speed_bits_per_s == 0) return;
  told["speed_bits_per_s"] = known.speed_bits_per_s;
  told["in_utilisation"] = utilisation(in.bytes, known.speed_bits_per_s, range);
  told["out_utilisation"] = utilisation(out.bytes, known.speed_bits_per_s, range);
}

// Names that this number had before, the youngest first.
json::array former_json(const std::vector<know::InterfaceRecord>& records) {
  json::array former;
  for (const know::InterfaceRecord& record : records) {
    if (!record.until || record.said.name.empty()) continue;
    former.push_back(json::object{{"name", record.said.name},
                                  {"origin", to_text(record.origin)},
                                  {"since", record.since},
                                  {"until", *record.until}});
  }
  return former;
}

json::object interface_json(Api& api, const ListedInterface& one, query::TimeRange range,
                            const state::Settings& settings) {
  json::object told{{"exporter", flow::to_text(one.key.exporter)},
                    {"index", one.key.index},
                    {"in_bytes", one.use.in.bytes},
                    {"out_bytes", one.use.out.bytes},
                    {"in_packets", one.use.in.packets},
                    {"out_packets", one.use.out.packets},
                    {"in_flows", one.use.in.flows},
                    {"out_flows", one.use.out.flows}};
  if (const auto name = settings.exporters.names.find(one.key.exporter);
      name != settings.exporters.names.end()) {
    told["exporter_name"] = name->second;
  }
  if (one.suggested) told["suggested_role"] = to_text(*one.suggested);
  if (one.known == nullptr) return told;
  add_known(*one.known, one.use.in, one.use.out, range, told);
  const know::InterfaceStore& store = api.sources().interfaces;
  if (auto former = former_json(store.history(one.key)); !former.empty()) {
    told["former"] = std::move(former);
  }
  if (const auto from = store.moved_from(one.key)) told["moved_from"] = *from;
  return told;
}

Response interfaces_csv(const json::array& listed) {
  using query::AnswerType;
  const std::vector<query::AnswerColumn> columns = {{"exporter", AnswerType::Address},
                                                    {"exporter_name", AnswerType::Text},
                                                    {"index", AnswerType::Number},
                                                    {"name", AnswerType::Text},
                                                    {"origin", AnswerType::Text},
                                                    {"since", AnswerType::Number},
                                                    {"confirmed", AnswerType::Number},
                                                    {"alias", AnswerType::Text},
                                                    {"speed_bits_per_s", AnswerType::Number},
                                                    {"role", AnswerType::Text},
                                                    {"suggested_role", AnswerType::Text},
                                                    {"in_bytes", AnswerType::Number},
                                                    {"out_bytes", AnswerType::Number},
                                                    {"in_packets", AnswerType::Number},
                                                    {"out_packets", AnswerType::Number},
                                                    {"in_flows", AnswerType::Number},
                                                    {"out_flows", AnswerType::Number},
                                                    {"counted_in_bytes", AnswerType::Number},
                                                    {"counted_out_bytes", AnswerType::Number},
                                                    {"counted_from", AnswerType::Number},
                                                    {"counted_to", AnswerType::Number}};
  CsvRows rows(columns);
  for (const json::value& told : listed) {
    for (const query::AnswerColumn& column : columns) {
      const json::value* value = told.get_object().if_contains(column.name);
      if (value == nullptr) continue;
      if (column.type == AnswerType::Address) {
        rows.set(column.name, *flow::parse_address(value->get_string()));
      } else if (column.type == AnswerType::Text) {
        rows.set(column.name, std::string_view(value->get_string()));
      } else {
        rows.set(column.name, value->to_number<std::int64_t>());
      }
    }
    rows.end_row();
  }
  return {.content_type = std::string(content_type(Format::Csv)), .body = rows.text()};
}

}  // namespace

std::optional<Response> get_interfaces(Api& api, const Call& call) {
  const std::string_view format = call.parameter("format", "json");
  if (format != "json" && format != "csv") {
    return error_response(400,
                          {"format", fmt::format("expected json or csv, '{}' came", format), ""});
  }
  query::PlanText text;
  text.filter = std::string(call.parameter("filter"));
  text.range = std::string(call.parameter("range", "-24h"));
  const auto tables = api.sources().tables.get();
  auto plan = interface_plan(text, call.now, tables->folded_names);
  if (!plan) return plan_error_response(plan.error());
  const auto used = interface_uses(api.sources().questions, *plan, call.exchange.gone());
  if (!used) return query_error_response(used.error());
  const query::TimeRange range{plan->range.from, std::min(plan->range.to, call.now)};
  const auto behind = behind_interfaces(api.sources().questions, range, call.exchange.gone());
  if (!behind) return query_error_response(behind.error());

  const auto settings = api.sources().settings.get();
  AllHeldAgainst held;
  for (const auto& [exporter, setting] : settings->exporters.snmp) {
    if (!hold_against(api, call, exporter, range, held)) {
      return error_response(503, {"state.db", "the interfaces' counters could not be read", ""});
    }
  }
  const auto known = api.sources().interfaces.interfaces(settings);
  auto all = list_of(used->uses, *known, *behind, plan->filter.root != nullptr);
  const std::size_t left_out = keep_largest(all);
  json::array listed;
  for (const ListedInterface& one : all) {
    json::object told = interface_json(api, one, range, *settings);
    if (const auto found = held.find(one.key); found != held.end()) add_held(found->second, told);
    listed.push_back(std::move(told));
  }
  if (format == "csv") return interfaces_csv(listed);
  return json_response(
      200, json::object{{"range", json::object{{"from", range.from}, {"to", plan->range.to}}},
                        {"interfaces", std::move(listed)},
                        {"interfaces_left_out", left_out},
                        {"agents", agents_json(api.sources().snmp_agents
                                                   ? *api.sources().snmp_agents()
                                                   : std::vector<know::SnmpAgentView>())},
                        {"agents_changeable", !api.sources().settings.is_fixed("exporters.snmp")},
                        {"changeable", !api.sources().settings.is_fixed("exporters.interfaces")}});
}

}  // namespace serve
