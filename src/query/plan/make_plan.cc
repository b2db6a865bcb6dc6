#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>

#include "query/filter/keys.h"
#include "query/plan/plan.h"

namespace query {
namespace {

using base::Expected;
using base::Unexpected;
using base::UserError;
using flow::Column;

constexpr auto kMetrics =
    std::to_array<Metric>({Metric::Bytes, Metric::Packets, Metric::Flows, Metric::RawBytes,
                           Metric::RawPackets, Metric::RawFlows});

std::vector<std::string_view> split(std::string_view text) {
  std::vector<std::string_view> words;
  for (;;) {
    const auto comma = text.find(',');
    words.push_back(text.substr(0, comma));
    if (comma == std::string_view::npos) return words;
    text.remove_prefix(comma + 1);
  }
}

// Column names, the filter's short words for one column ("proto", "dport"), and the derived three.
std::optional<Dimension> dimension_of(std::string_view name) {
  if (name == "host") return DerivedDimension::Host;
  if (name == "if") return DerivedDimension::Interface;
  if (name == "dir") return DerivedDimension::Way;
  const Key* key = find_key(name);
  if (key == nullptr || key->subjects.size() != 1) return std::nullopt;
  const auto* column = std::get_if<Column>(&key->subjects.front());
  if (column == nullptr || !flow::spec(*column).is_dimension) return std::nullopt;
  return *column;
}

std::string dimension_names() {
  std::string names = "host, if, dir";
  for (const auto& spec : flow::kColumns) {
    if (spec.is_dimension) names += fmt::format(", {}", spec.name);
  }
  return names;
}

UserError no_dimension(std::string_view name) {
  const Key* near = nearest_key(name);
  if (is_future_key(name)) {
    return {"by", fmt::format("`{}` is not known to Weir yet: no flow has it", name), {}};
  }
  if (near != nullptr && dimension_of(near->name)) {
    return {"by", fmt::format("expected a column to group by, came `{}`", name),
            std::string(near->name)};
  }
  const bool is_either_end = dimension_of("src_" + std::string(name)).has_value();
  return {
      "by", fmt::format("expected a column to group by, came `{}`", name),
      is_either_end ? fmt::format("src_{} or dst_{}", name, name) : "one of " + dimension_names()};
}

Expected<std::vector<Dimension>, UserError> parse_by(std::string_view text) {
  std::vector<Dimension> by;
  if (text.empty()) return by;
  for (const std::string_view name : split(text)) {
    const auto dimension = dimension_of(name);
    if (!dimension) return Unexpected(no_dimension(name));
    if (std::ranges::find(by, *dimension) != by.end()) {
      return Unexpected(UserError{"by", fmt::format("`{}` came twice", name), {}});
    }
    by.push_back(*dimension);
  }
  if (by.size() > kMaxBy) {
    return Unexpected(UserError{
        "by", fmt::format("expected at most {} columns, came {}", kMaxBy, by.size()), {}});
  }
  const auto holds = [&](DerivedDimension derived) {
    return std::ranges::find(by, Dimension{derived}) != by.end();
  };
  if (holds(DerivedDimension::Host) && holds(DerivedDimension::Interface)) {
    return Unexpected(UserError{"by", "`host` and `if` each count a flow at both its ends",
                                "group by one of them, or by in_if and out_if"});
  }
  return by;
}

Expected<std::vector<Metric>, UserError> parse_metrics(std::string_view text) {
  if (text.empty()) return Plan{}.metrics;
  std::vector<Metric> metrics;
  for (const std::string_view name : split(text)) {
    const auto found =
        std::ranges::find_if(kMetrics, [&](Metric metric) { return name_of(metric) == name; });
    if (found == kMetrics.end()) {
      return Unexpected(UserError{"metric", fmt::format("expected a metric, came `{}`", name),
                                  "bytes, packets, flows, raw_bytes, raw_packets, raw_flows"});
    }
    if (std::ranges::find(metrics, *found) != metrics.end()) {
      return Unexpected(UserError{"metric", fmt::format("`{}` came twice", name), {}});
    }
    metrics.push_back(*found);
  }
  return metrics;
}

Expected<std::uint64_t, UserError> parse_whole(std::string_view where, std::string_view text,
                                               std::uint64_t most) {
  std::uint64_t number = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, number);
  if (error == std::errc{} && parsed == end && number >= 1 && number <= most) return number;
  return Unexpected(
      UserError{std::string(where),
                fmt::format("expected a whole number from 1 to {}, came `{}`", most, text),
                {}});
}

struct Step {
  std::int64_t step_ms = 0;
  Calendar calendar = Calendar::None;
};

Expected<Step, UserError> parse_step(std::string_view text, const TimeRange& range) {
  if (text.empty()) return Step{};
  Step step;
  if (const auto calendar = calendar_of(text)) {
    step = {unit_of(*calendar, range.from, range.to), *calendar};
  } else if (const auto duration = parse_duration(text)) {
    step = {*duration, Calendar::None};
  } else {
    UserError error = duration.error();
    error.where = "step";
    error.hint = "or day, week or month of the machine's zone";
    return Unexpected(std::move(error));
  }
  const std::int64_t steps =
      (base::floor_to(range.to - 1, step.step_ms) - base::floor_to(range.from, step.step_ms)) /
          step.step_ms +
      1;
  if (steps > kMaxSteps) {
    return Unexpected(UserError{"step",
                                fmt::format("expected at most {} steps in the range, `{}` makes {}",
                                            kMaxSteps, text, steps),
                                "a longer step or a shorter range"});
  }
  return step;
}

Expected<bool, UserError> parse_flag(std::string_view where, std::string_view text) {
  if (text.empty() || text == "0" || text == "false") return false;
  if (text == "1" || text == "true") return true;
  return Unexpected(UserError{
      std::string(where), fmt::format("expected 1, true, 0 or false, came `{}`", text), {}});
}

PlanError wrong_filter(std::vector<FilterError> errors) {
  const FilterError& first = errors.front();
  UserError error{fmt::format("filter, character {}", first.from + 1), first.message, first.hint};
  return {std::move(error), std::move(errors)};
}

PlanError wrong(UserError error) {
  return {std::move(error), {}};
}

// What a member says that means nothing for this kind of question.
std::optional<UserError> stray_member(const PlanText& text, bool flows) {
  const auto meaningless = [](std::string_view where, std::string_view why) {
    return UserError{std::string(where), fmt::format("means nothing {}", why), "leave it out"};
  };
  if (!flows) {
    if (!text.limit.empty()) return meaningless("limit", "without flows; top limits the groups");
    return std::nullopt;
  }
  constexpr std::string_view kListing = "where flows are listed one by one";
  if (!text.by.empty()) return meaningless("by", kListing);
  if (!text.metric.empty()) return meaningless("metric", kListing);
  if (!text.step.empty()) return meaningless("step", kListing);
  if (!text.top.empty()) return meaningless("top", kListing);
  return std::nullopt;
}

}  // namespace

bool asks_of_observation_points(const Plan& plan) {
  using flow::bit;
  constexpr flow::ColumnMask kPoints = bit(Column::exporter) | bit(Column::domain) |
                                       bit(Column::in_if) | bit(Column::out_if) |
                                       bit(Column::direction) | bit(Column::counted);
  const auto is_point = [](const Dimension& dimension) {
    if (dimension == Dimension{DerivedDimension::Interface}) return true;
    const auto* column = std::get_if<Column>(&dimension);
    return column != nullptr && (bit(*column) & kPoints) != 0;
  };
  return (columns_of(plan.filter.root) & kPoints) != 0 || std::ranges::any_of(plan.by, is_point);
}

namespace {

std::optional<UserError> fill_sums(const PlanText& text, Plan& plan) {
  auto by = parse_by(text.by);
  if (!by) return by.error();
  plan.by = std::move(*by);
  auto metrics = parse_metrics(text.metric);
  if (!metrics) return metrics.error();
  plan.metrics = std::move(*metrics);
  const auto step = parse_step(text.step, plan.range);
  if (!step) return step.error();
  plan.step_ms = step->step_ms;
  plan.calendar = step->calendar;
  if (text.top.empty()) return std::nullopt;
  const auto top = parse_whole("top", text.top, kMaxTop);
  if (!top) return top.error();
  plan.top = static_cast<std::uint32_t>(*top);
  return std::nullopt;
}

}  // namespace

Expected<Plan, PlanError> make_plan(const PlanText& text, base::UnixMs now_ms,
                                    const PortNames& names) {
  Plan plan;
  auto filter = parse_filter(text.filter, names);
  if (!filter) return Unexpected(wrong_filter(std::move(filter.error())));
  plan.filter = std::move(*filter);
  const auto range = parse_range(text.range, now_ms);
  if (!range) return Unexpected(wrong(range.error()));
  plan.range = *range;
  const auto flows = parse_flag("flows", text.flows);
  if (!flows) return Unexpected(wrong(flows.error()));
  plan.flows = *flows;
  if (auto stray = stray_member(text, plan.flows)) return Unexpected(wrong(std::move(*stray)));
  if (auto error = fill_sums(text, plan)) return Unexpected(wrong(std::move(*error)));
  if (!text.limit.empty()) {
    const auto limit = parse_whole("limit", text.limit, std::numeric_limits<std::int64_t>::max());
    if (!limit) return Unexpected(wrong(limit.error()));
    plan.flows_limit = *limit;
  }
  plan.counted_only = !plan.flows && !asks_of_observation_points(plan);
  return plan;
}

}  // namespace query
