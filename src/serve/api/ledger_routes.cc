#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>
#include <cmath>
#include <map>
#include <vector>

#include "query/plan/plan.h"
#include "serve/api/json_body.h"
#include "serve/api/query_errors.h"
#include "serve/api/routes.h"
#include "serve/export/csv_rows.h"

namespace serve {

namespace json = boost::json;

namespace {

// Rows of minutes that one answer holds at most, some 500 octets each.
constexpr std::size_t kMinuteRowsMax = 20'000;
// Exporters that one answer lists at most, some 500 octets each and more where they are live.
constexpr std::size_t kExportersListedMax = 5'000;
// Octets of templates' fields that one answer holds at most: some twelve thousand names.
constexpr std::size_t kTemplateOctetsMax = 256 << 10;

// The newest part of the range that cannot have more rows than that. No minute is later than now.
query::TimeRange newest_minutes(query::TimeRange range, std::size_t exporters, base::UnixMs now) {
  const std::size_t minutes =
      kMinuteRowsMax / std::clamp(exporters, std::size_t{1}, kMinuteRowsMax);
  const base::UnixMs last = base::floor_to(std::min(range.to - 1, now), base::kMsPerMinute);
  const base::UnixMs from = last - static_cast<std::int64_t>(minutes - 1) * base::kMsPerMinute;
  return {std::max(range.from, from), range.to};
}

using ByExporter = std::map<flow::Address, flow::LedgerCounts>;

// Keeps those of which most datagrams came; answers how many are left out. A stranger can be as
// many exporters as there are addresses.
std::size_t keep_listed(ByExporter& by_exporter) {
  if (by_exporter.size() <= kExportersListedMax) return 0;
  std::vector<ByExporter::const_iterator> all;
  for (auto one = by_exporter.cbegin(); one != by_exporter.cend(); ++one) all.push_back(one);
  const auto kept = all.begin() + static_cast<std::ptrdiff_t>(kExportersListedMax);
  std::nth_element(all.begin(), kept, all.end(), [](const auto& a, const auto& b) {
    return a->second.datagrams > b->second.datagrams;
  });
  for (auto left_out = kept; left_out != all.end(); ++left_out) by_exporter.erase(*left_out);
  return all.size() - kExportersListedMax;
}

// A row of a minute may take back what an earlier one counted: see flow/ledger.h.
std::int64_t signed_count(std::uint64_t count) {
  return static_cast<std::int64_t>(count);
}

// All counts by their names, reasons for not counting only where there are some.
json::object counts_json(const flow::LedgerCounts& counts) {
  json::object not_counted;
  for (const flow::NotCountedSpec& spec : flow::kNotCounted) {
    const auto count = signed_count(counts[spec.reason]);
    if (count != 0) not_counted[spec.name] = count;
  }
  return {{"datagrams", signed_count(counts.datagrams)},
          {"octets", signed_count(counts.octets)},
          {"records", signed_count(counts.records)},
          {"flows", signed_count(counts.flows)},
          {"options", signed_count(counts.options)},
          {"events", signed_count(counts.events)},
          {"templates", signed_count(counts.templates)},
          {"sequence_sent", signed_count(counts.sequence_sent)},
          {"sequence_received", signed_count(counts.sequence_received)},
          {"sequence_gap", signed_count(counts.sequence_gap)},
          {"reordered", signed_count(counts.reordered)},
          {"repeated", signed_count(counts.repeated)},
          {"restarts", signed_count(counts.restarts)},
          {"spread_clamped", signed_count(counts.spread_clamped)},
          {"not_counted", std::move(not_counted)}};
}

json::object row_json(const flow::LedgerRow& row) {
  json::object told{{"time", row.minute}, {"exporter", flow::to_text(row.exporter)}};
  for (auto& member : counts_json(row.counts)) told[member.key()] = std::move(member.value());
  return told;
}

json::array reasons_json() {
  json::array reasons;
  for (const flow::NotCountedSpec& spec : flow::kNotCounted) {
    reasons.push_back(
        json::object{{"reason", spec.name}, {"unit", spec.unit}, {"meaning", spec.meaning}});
  }
  return reasons;
}

// Parts and segments that were set aside, and what the store says of itself.
json::object store_json(const store::Store& store, const flow::ReceiveView& receive) {
  json::array set_aside;
  for (const store::Part& part : store.parts()) {
    if (!part.set_aside) continue;
    set_aside.push_back(json::object{{"name", part.name},
                                     {"rows", part.rows},
                                     {"min_received", part.min_received},
                                     {"max_received", part.max_received}});
  }
  json::array segments;
  for (const std::string& line : receive.set_aside) segments.emplace_back(line);
  const store::StoreStatus status = store.status();
  return {{"parts_set_aside", std::move(set_aside)},
          {"segments_set_aside", std::move(segments)},
          {"used_octets", status.used_octets},
          {"budget_octets", status.budget_octets},
          {"rows_dropped_by_retention", status.rows_dropped_by_retention},
          {"rows_refused", status.rows_refused},
          {"commits_failed", status.commits_failed},
          {"last_problem", status.last_problem}};
}

// What the receive thread dropped before it could be put down to an exporter's records.
json::object receive_json(const flow::ReceiveView& receive) {
  json::array ports;
  for (const flow::PortView& port : receive.ports) {
    ports.push_back(json::object{{"address", port.address},
                                 {"bound", port.bound},
                                 {"problem", port.problem},
                                 {"datagrams", port.datagrams},
                                 {"octets", port.octets},
                                 {"kernel_drops", port.kernel_drops},
                                 {"truncated", port.truncated},
                                 {"receive_buffer_octets", port.receive_buffer_octets}});
  }
  const flow::PortView& former = receive.former_ports;
  return {{"ports", std::move(ports)},
          {"former_ports", json::object{{"datagrams", former.datagrams},
                                        {"octets", former.octets},
                                        {"kernel_drops", former.kernel_drops},
                                        {"truncated", former.truncated}}},
          {"refused_senders", receive.refused_senders},
          {"unknown_versions", receive.unknown_versions},
          {"worker_channel_full", receive.worker_channel_full},
          {"journal_refused", receive.journal_refused},
          {"journal_problem", receive.journal_problem},
          {"segments_waiting", receive.segments_waiting},
          {"replaying", receive.replaying},
          {"last_refused", json::object{{"time", receive.last_refused.received},
                                        {"sender", flow::to_text(receive.last_refused.sender)},
                                        {"port", receive.last_refused.port},
                                        {"reason", receive.last_refused.reason},
                                        {"first_octets", receive.last_refused.first_octets}}}};
}

// The blank-separated names.
json::array names_json(std::string_view names) {
  json::array listed;
  while (!names.empty()) {
    const std::string_view name = names.substr(0, names.find(' '));
    listed.emplace_back(name);
    names.remove_prefix(std::min(names.size(), name.size() + 1));
  }
  return listed;
}

// Templates are what a stranger can fill an answer with: those that have no room are counted.
class TemplatesJson {
 public:
  json::array of(const flow::ExporterView& view) {
    json::array templates;
    for (const auto& known : view.templates) {
      if (octets_ + known->fields.size() > kTemplateOctetsMax) {
        ++left_out_;
        continue;
      }
      octets_ += known->fields.size();
      templates.push_back(json::object{{"domain", known->domain},
                                       {"id", known->id},
                                       {"options", known->is_options},
                                       {"learned", known->learned},
                                       {"fields", names_json(known->fields)}});
    }
    return templates;
  }
  std::uint64_t left_out() const { return left_out_; }

 private:
  std::size_t octets_ = 0;
  std::uint64_t left_out_ = 0;
};

// What a person set comes first: it wins.
json::array sampling_json(const flow::ExporterView& view, const state::Settings& settings) {
  json::array sampling;
  const state::SamplingSetting* set = nullptr;
  for (const state::SamplingSetting& one : settings.exporters.sampling) {
    if (!one.exporters.contains(view.exporter)) continue;
    if (set == nullptr || one.exporters.length > set->exporters.length) set = &one;
  }
  if (set != nullptr) {
    constexpr auto kSet = static_cast<std::uint64_t>(flow::SamplingSource::Setting);
    sampling.push_back(
        json::object{{"domain", 0},
                     {"sampler", 0},
                     {"rate", set->rate},
                     {"source", flow::word_of(flow::Column::sampling_source, kSet)}});
  }
  for (const flow::SamplingView& known : view.sampling) {
    sampling.push_back(
        json::object{{"domain", known.domain},
                     {"sampler", known.sampler},
                     {"rate", known.rate},
                     {"source", flow::word_of(flow::Column::sampling_source, known.source)}});
  }
  return sampling;
}

json::object live_json(const flow::ExporterView& view, const state::Settings& settings,
                       TemplatesJson& templates) {
  json::object told{{"versions", json::object{{"v5", view.datagrams_by_version[0]},
                                              {"v9", view.datagrams_by_version[1]},
                                              {"ipfix", view.datagrams_by_version[2]},
                                              {"other", view.datagrams_by_version[3]}}},
                    {"first_seen", view.first_seen},
                    {"last_seen", view.last_seen},
                    {"clock_skew_ms", view.clock_skew_ms},
                    {"pending_sets", view.pending_sets},
                    {"pending_octets", view.pending_octets},
                    {"not_kept", view.not_kept},
                    {"interfaces_not_kept", view.interfaces_not_kept},
                    {"interface_names_cut", view.interface_names_cut},
                    {"since_start", counts_json(view.since_start)},
                    {"templates", templates.of(view)},
                    {"sampling", sampling_json(view, settings)}};
  if (view.active_timeout_ms != 0) told["active_timeout_ms"] = view.active_timeout_ms;
  if (view.inactive_timeout_ms != 0) told["inactive_timeout_ms"] = view.inactive_timeout_ms;
  return told;
}

// Who sends and is not taken, the busiest first.
json::array refused_json(const flow::ReceiveView& receive, const state::Settings& settings) {
  json::array listed;
  for (const flow::RefusedSender& refused : receive.refused_by_sender) {
    json::object told{{"sender", flow::to_text(refused.sender)},
                      {"datagrams", refused.datagrams},
                      {"port", refused.port},
                      {"last_seen", refused.last_seen}};
    if (const auto name = settings.exporters.names.find(refused.sender);
        name != settings.exporters.names.end()) {
      told["name"] = name->second;
    }
    listed.push_back(std::move(told));
  }
  return listed;
}

// Flows a second of the last full minute and the one under way.
double flows_per_s(const std::map<flow::Address, flow::LedgerCounts>& lately,
                   const flow::Address& exporter, std::int64_t length_ms) {
  const auto found = lately.find(exporter);
  if (found == lately.end()) return 0;
  const double flows =
      static_cast<double>(std::max(signed_count(found->second.flows), std::int64_t{0}));
  return flows * static_cast<double>(base::kMsPerSecond) / static_cast<double>(length_ms);
}

// One exporter as a row; what it holds lists of is counted.
void add_row(const json::object& told, CsvRows& rows) {
  const json::object& counts = told.at("in_range").get_object();
  rows.set("exporter", *flow::parse_address(told.at("exporter").get_string()));
  if (const json::value* name = told.if_contains("name")) {
    rows.set("name", std::string_view(name->get_string()));
  }
  rows.set("flows_per_s", std::llround(told.at("flows_per_s").get_double()));
  for (const char* column : {"datagrams", "records", "flows", "sequence_gap"}) {
    rows.set(column, counts.at(column).to_number<std::int64_t>());
  }
  std::int64_t not_counted = 0;
  for (const auto& reason : counts.at("not_counted").get_object()) {
    not_counted += reason.value().to_number<std::int64_t>();
  }
  rows.set("not_counted", not_counted);
  for (const char* column :
       {"first_seen", "last_seen", "clock_skew_ms", "active_timeout_ms", "inactive_timeout_ms"}) {
    const json::value* value = told.if_contains(column);
    if (value != nullptr) rows.set(column, value->to_number<std::int64_t>());
  }
  const json::value* templates = told.if_contains("templates");
  if (templates != nullptr) {
    rows.set("templates", static_cast<std::int64_t>(templates->get_array().size()));
  }
  std::string sampling;
  if (const json::value* known = told.if_contains("sampling")) {
    for (const json::value& one : known->get_array()) {
      sampling += fmt::format("{}1:{} {}", sampling.empty() ? "" : "; ",
                              one.at("rate").to_number<std::uint32_t>(),
                              std::string_view(one.at("source").get_string()));
    }
  }
  if (!sampling.empty()) rows.set("sampling", sampling);
  rows.end_row();
}

Response exporters_csv(const json::array& listed) {
  constexpr auto kNumber = query::AnswerType::Number;
  CsvRows rows({{"exporter", query::AnswerType::Address},
                {"name", query::AnswerType::Text},
                {"flows_per_s", kNumber},
                {"datagrams", kNumber},
                {"records", kNumber},
                {"flows", kNumber},
                {"not_counted", kNumber},
                {"sequence_gap", kNumber},
                {"first_seen", kNumber},
                {"last_seen", kNumber},
                {"clock_skew_ms", kNumber},
                {"active_timeout_ms", kNumber},
                {"inactive_timeout_ms", kNumber},
                {"templates", kNumber},
                {"sampling", query::AnswerType::Text}});
  for (const json::value& told : listed) add_row(told.get_object(), rows);
  return {.content_type = std::string(content_type(Format::Csv)), .body = rows.text()};
}

}  // namespace

std::optional<Response> get_ledger(Api& api, const Call& call) {
  const auto range = query::parse_range(call.parameter("range", "-24h"), call.now);
  if (!range) return error_response(400, range.error());
  auto read = api.sources().questions.ledger_sums(*range);
  if (!read) return query_error_response(read.error());
  Questions::Sums& by_exporter = *read;
  const query::TimeRange listed = newest_minutes(*range, by_exporter.size(), call.now);
  const auto rows = api.sources().questions.ledger(listed);
  if (!rows) return query_error_response(rows.error());
  flow::LedgerCounts sums;
  for (const auto& [exporter, counts] : by_exporter) sums += counts;
  const std::size_t left_out = keep_listed(by_exporter);
  json::array exporters;
  for (const auto& [exporter, counts] : by_exporter) {
    json::object told = counts_json(counts);
    told["exporter"] = flow::to_text(exporter);
    exporters.push_back(std::move(told));
  }
  json::array minutes;
  for (const flow::LedgerRow& row : *rows) minutes.push_back(row_json(row));

  const auto receive = api.sources().receive();
  return json_response(
      200, json::object{{"range", json::object{{"from", range->from}, {"to", range->to}}},
                        {"sums", counts_json(sums)},
                        {"exporters", std::move(exporters)},
                        {"exporters_left_out", left_out},
                        {"minutes", std::move(minutes)},
                        {"minutes_from", listed.from},
                        {"reasons", reasons_json()},
                        {"receive", receive_json(*receive)},
                        {"store", store_json(api.sources().store, *receive)}});
}

std::optional<Response> get_exporters(Api& api, const Call& call) {
  const std::string_view format = call.parameter("format", "json");
  if (format != "json" && format != "csv") {
    return error_response(400,
                          {"format", fmt::format("expected json or csv, '{}' came", format), ""});
  }
  const auto range = query::parse_range(call.parameter("range", "-24h"), call.now);
  if (!range) return error_response(400, range.error());

  auto read = api.sources().questions.ledger_sums(*range);
  if (!read) return query_error_response(read.error());
  Questions::Sums& in_range = *read;
  const base::UnixMs lately_from =
      base::floor_to(call.now, base::kMsPerMinute) - base::kMsPerMinute;
  const auto lately = api.sources().questions.ledger_sums({lately_from, call.now + 1});
  if (!lately) return query_error_response(lately.error());
  const auto settings = api.sources().settings.get();
  std::map<flow::Address, json::object> exporters;
  TemplatesJson templates;
  for (const auto& worker : api.sources().workers()) {
    for (const flow::ExporterView& view : worker->exporters) {
      exporters[view.exporter] = live_json(view, *settings, templates);
      in_range.try_emplace(view.exporter);
    }
  }
  const std::size_t left_out = keep_listed(in_range);
  json::array listed;
  for (const auto& [exporter, counts] : in_range) {
    // Since the start nothing came from an exporter that only the ledger knows.
    json::object told = exporters[exporter];
    told["exporter"] = flow::to_text(exporter);
    told["in_range"] = counts_json(counts);
    told["flows_per_s"] = flows_per_s(*lately, exporter, call.now - lately_from);
    if (const auto name = settings->exporters.names.find(exporter);
        name != settings->exporters.names.end()) {
      told["name"] = name->second;
    }
    listed.push_back(std::move(told));
  }
  if (format == "csv") return exporters_csv(listed);
  const auto receive = api.sources().receive();
  return json_response(
      200, json::object{{"range", json::object{{"from", range->from}, {"to", range->to}}},
                        {"exporters", std::move(listed)},
                        {"exporters_left_out", left_out},
                        {"refused", refused_json(*receive, *settings)},
                        {"refused_datagrams", receive->refused_senders},
                        {"reasons", reasons_json()},
                        {"templates_left_out", templates.left_out()}});
}

}  // namespace serve
