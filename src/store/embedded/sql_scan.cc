#include "store/embedded/sql_scan.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"
#include "flow/volume.h"
#include "store/embedded/flow_rows.h"
#include "store/embedded/sql_filter.h"

namespace store {
namespace {

using flow::Column;
using query::DerivedDimension;
using query::Metric;
using query::Plan;

// The end of a flow at which a row counts it.
enum class End : std::uint8_t { Whole, Source, Destination, Ingress, Egress };

std::vector<End> ends_of(const Plan& plan) {
  for (const auto& dimension : plan.by) {
    if (dimension == query::Dimension{DerivedDimension::Host}) {
      return {End::Source, End::Destination};
    }
    if (dimension == query::Dimension{DerivedDimension::Interface}) {
      return {End::Ingress, End::Egress};
    }
  }
  return {End::Whole};
}

// Field and expression texts over one scan.
class FlowNames {
 public:
  explicit FlowNames(const FlowScan& scan) : scan_(scan) {}

  bool has(Column column) const { return (scan_.columns & flow::bit(column)) != 0; }

  // The field's name, or NULL of its type.
  std::string value(Column column, FlowField::Half half = FlowField::Half::Whole) const {
    if (has(column)) return duck::quoted(name_of({column, half}));
    return fmt::format("NULL::{}", sql_type_of(flow::spec(column).type));
  }

  // What the number of a way or a locality follows from.
  std::string way() const {
    if (!has(Column::locality)) return "NULL::UTINYINT";
    // R2L is in, L2R out, L2L local, R2R transit.
    return "(CASE \"locality\" WHEN 2 THEN 0 WHEN 1 THEN 1 WHEN 0 THEN 2 WHEN 3 THEN 3 END)"
           "::UTINYINT";
  }

  // Empty where the rows do not have it: then no condition on it holds.
  std::string subject(const query::Subject& subject, FlowField::Half half) const {
    if (const auto* column = std::get_if<Column>(&subject)) {
      return has(*column) ? duck::quoted(name_of({*column, half})) : std::string();
    }
    switch (std::get<query::Derived>(subject)) {
      case query::Derived::Duration:
        return fmt::format("(\"{}\" - \"{}\")", HotRows::kEnd, HotRows::kStart);
      case query::Derived::Way:
        return has(Column::locality) ? way() : std::string();
    }
    CHECK(false);
  }

  // The scan with the effective times beside its fields.
  std::string from_with_times() const {
    if (scan_.has_effective_times) return scan_.from;
    return fmt::format("(SELECT *, {} AS \"{}\", {} AS \"{}\" FROM {})", start(), HotRows::kStart,
                       end(), HotRows::kEnd, scan_.from);
  }

 private:
  // The formulas of flow::effective_times().
  std::string said_end() const {
    std::string candidates;
    for (const Column column : {Column::end, Column::export_time, Column::received}) {
      if (has(column)) candidates += fmt::format("epoch_ms({}), ", value(column));
    }
    return fmt::format("COALESCE({}0)", candidates);
  }
  std::string received() const { return has(Column::received) ? "epoch_ms(\"received\")" : "0"; }
  std::string end() const {
    if (scan_.plain_times) return "epoch_ms(\"end\")";
    return fmt::format("LEAST({}, {} + {})", said_end(), received(), flow::kSkewMaxMs);
  }
  std::string start() const {
    if (scan_.plain_times) return "epoch_ms(\"start\")";
    const std::string said = has(Column::start)
                                 ? fmt::format("COALESCE(epoch_ms(\"start\"), {})", said_end())
                                 : said_end();
    return fmt::format("LEAST(GREATEST({}, {} - {}), {})", said, received(), flow::kSpreadMaxMs,
                       end());
  }

  const FlowScan& scan_;
};

// A scan's predicates, and the SELECT around them.
class FlowSelect {
 public:
  FlowSelect(const Plan& plan, const FlowScan& scan, duck::Sql& sql)
      : plan_(plan), scan_(scan), names_(scan), sql_(sql) {}

  // Rows that lie in one step and inside the range: their volumes are what they say.
  std::string whole_rows(End end, const query::NodePtr& filter) {
    std::vector<std::string> where = conditions(end, filter);
    if (!scan_.inside()) where.push_back(inside());
    if (plan_.step_ms != 0) where.push_back(in_one_step());
    std::string select = keys(end);
    if (plan_.step_ms != 0) {
      select += fmt::format("{} // {} AS t, ", effective_end(), parameter(plan_.step_ms));
    }
    for (std::size_t i = 0; i < plan_.metrics.size(); ++i) {
      select += fmt::format("{} AS m{}, ", whole_metric(plan_.metrics[i]), i);
    }
    return statement(select, from(where, select), where);
  }

  // Rows that cross a border of a step or of the range: each step takes its share.
  std::string crossing_rows(End end, const query::NodePtr& filter) {
    std::vector<std::string> where = conditions(end, filter);
    if (!scan_.inside()) where.push_back(found());
    where.push_back(crossing());
    const std::string rows = fmt::format(
        "SELECT {}{} AS rate, COALESCE({}, 0) AS vb, COALESCE({}, 0) AS vp, \"{}\" AS s, "
        "\"{}\" AS e{} FROM {} WHERE {}",
        keys(end), rate(), names_.value(Column::bytes), names_.value(Column::packets),
        HotRows::kStart, HotRows::kEnd, steps(), names_.from_with_times(),
        fmt::join(where, " AND "));
    const auto [low, high] = step_borders();
    const std::string shares = fmt::format(
        "SELECT * EXCLUDE (vb, vp, s, e), {} AS b, {} AS p, (e >= {} AND e < {})::BIGINT AS f "
        "FROM ({})",
        share("vb", low, high), share("vp", low, high), low, high, rows);
    std::string select = key_names() + (plan_.step_ms != 0 ? "t, " : "");
    for (std::size_t i = 0; i < plan_.metrics.size(); ++i) {
      select += fmt::format("{} AS m{}, ", crossing_metric(plan_.metrics[i]), i);
    }
    select.resize(select.size() - 2);
    return fmt::format("SELECT {} FROM ({}) WHERE b > 0 OR p > 0 OR f > 0", select, shares);
  }

  std::string listing(const ListingSlice& slice) {
    std::vector<std::string> where = {
        filter_text(plan_.filter.root),
        fmt::format("\"received\" >= {} AND \"received\" < {}", time(slice.received.from),
                    time(slice.received.to))};
    if (!scan_.inside()) where.push_back(found());
    std::string select;
    for (const auto& field : fields_of(slice.columns)) {
      const auto type = flow::spec(field.column).type;
      // Hot rows hold times in milliseconds, parts in microseconds.
      select += fmt::format("{}{} AS {}, ", names_.value(field.column, field.half),
                            type == flow::ColumnType::Time ? "::TIMESTAMP" : "",
                            duck::quoted(name_of(field)));
    }
    return statement(select, from(where, ""), where);
  }

 private:
  std::string parameter(std::int64_t value) { return sql_.parameter(value) + "::BIGINT"; }
  std::string time(base::UnixMs value) { return sql_.parameter(duck::TimestampMs{value}); }

  std::string filter_text(const query::NodePtr& filter) {
    return filter_sql(
        filter,
        [this](const query::Subject& subject, FlowField::Half half) {
          return names_.subject(subject, half);
        },
        sql_);
  }

  std::vector<std::string> conditions(End end, const query::NodePtr& filter) {
    std::vector<std::string> where = {filter_text(filter)};
    if (plan_.counted_only && !scan_.all_counted && names_.has(Column::counted)) {
      where.emplace_back("\"counted\" IS DISTINCT FROM FALSE");
    }
    switch (end) {
      case End::Whole:
        break;
      case End::Source:
        where.push_back(names_.has(Column::locality) ? "\"locality\" IN (0, 1)" : "FALSE");
        break;
      case End::Destination:
        where.push_back(names_.has(Column::locality) ? "\"locality\" IN (0, 2)" : "FALSE");
        break;
      case End::Ingress:
        where.push_back(names_.has(Column::in_if) ? "\"in_if\" IS NOT NULL" : "FALSE");
        break;
      case End::Egress:
        where.push_back(names_.has(Column::out_if) ? "\"out_if\" IS NOT NULL" : "FALSE");
        break;
    }
    return where;
  }

  static std::string effective_start() { return fmt::format("\"{}\"", HotRows::kStart); }
  static std::string effective_end() { return fmt::format("\"{}\"", HotRows::kEnd); }

  // Comparisons with a border. Over plain times the columns themselves are compared, so that their
  // statistics rule row groups out.
  std::string start_below(base::UnixMs border) {
    return scan_.plain_times ? fmt::format("\"start\" < {}", time(border))
                             : fmt::format("{} < {}", effective_start(), parameter(border));
  }
  std::string start_from(base::UnixMs border) {
    return scan_.plain_times ? fmt::format("\"start\" >= {}", time(border))
                             : fmt::format("{} >= {}", effective_start(), parameter(border));
  }
  std::string end_below(base::UnixMs border) {
    return scan_.plain_times ? fmt::format("\"end\" < {}", time(border))
                             : fmt::format("{} < {}", effective_end(), parameter(border));
  }
  std::string end_from(base::UnixMs border) {
    return scan_.plain_times ? fmt::format("\"end\" >= {}", time(border))
                             : fmt::format("{} >= {}", effective_end(), parameter(border));
  }

  // Rows that the range touches, rows that lie in it, and rows that cross a border. Needs a scan
  // that is not inside.
  std::string found() {
    std::vector<std::string> terms;
    if (scan_.cuts_from) terms.push_back(end_from(scan_.range.from));
    if (scan_.cuts_to) terms.push_back(start_below(scan_.range.to));
    return fmt::to_string(fmt::join(terms, " AND "));
  }
  std::string inside() {
    std::vector<std::string> terms;
    if (scan_.cuts_from) terms.push_back(start_from(scan_.range.from));
    if (scan_.cuts_to) terms.push_back(end_below(scan_.range.to));
    return fmt::to_string(fmt::join(terms, " AND "));
  }
  std::string beyond() {
    std::vector<std::string> terms;
    if (scan_.cuts_from) terms.push_back(start_below(scan_.range.from));
    if (scan_.cuts_to) terms.push_back(end_from(scan_.range.to));
    return fmt::to_string(fmt::join(terms, " OR "));
  }
  std::string in_one_step() {
    const std::string step = parameter(plan_.step_ms);
    return fmt::format("{} // {} = {} // {}", effective_start(), step, effective_end(), step);
  }
  std::string crossing() {
    std::vector<std::string> borders;
    if (!scan_.inside()) borders.push_back(beyond());
    if (plan_.step_ms != 0) borders.push_back(fmt::format("NOT ({})", in_one_step()));
    return fmt::format("({})", fmt::join(borders, " OR "));
  }

  // ", unnest(…) AS t": a row for each step that the flow's part inside the range touches.
  std::string steps() {
    if (plan_.step_ms == 0) return "";
    const std::string step = parameter(plan_.step_ms);
    return fmt::format(", unnest(range(GREATEST({}, {}) // {}, LEAST({}, {} - 1) // {} + 1)) AS t",
                       effective_start(), parameter(scan_.range.from), step, effective_end(),
                       parameter(scan_.range.to), step);
  }
  std::pair<std::string, std::string> step_borders() {
    const std::string from = parameter(scan_.range.from);
    const std::string to = parameter(scan_.range.to);
    if (plan_.step_ms == 0) return {from, to};
    const std::string step = parameter(plan_.step_ms);
    return {fmt::format("GREATEST(t * {}, {})", step, from),
            fmt::format("LEAST((t + 1) * {}, {})", step, to)};
  }
  // flow::share() of a crossing row, which has s < e. A division of 128 bits costs DuckDB about a
  // microsecond, so volumes whose products stay in 63 bits (a flow is at most a day and some
  // minutes long) go without.
  static std::string share(std::string_view volume, const std::string& low,
                           const std::string& high) {
    constexpr std::int64_t kLongestMs = flow::kSpreadMaxMs + flow::kSkewMaxMs;
    constexpr std::int64_t kVolume = std::numeric_limits<std::int64_t>::max() / kLongestMs;
    const auto difference = [&](std::string_view wide) {
      return fmt::format(
          "({0}{3} * (LEAST({2}, e) - s) // (e - s) - "
          "{0}{3} * (GREATEST({1}, s) - s) // (e - s))::BIGINT",
          volume, low, high, wide);
    };
    return fmt::format(
        "(CASE WHEN LEAST({2}, e) <= GREATEST({1}, s) THEN 0 WHEN {0} <= {3} THEN {4} ELSE {5} "
        "END)",
        volume, low, high, kVolume, difference(""), difference("::HUGEINT"));
  }

  bool is_sampled() const { return names_.has(Column::sampling_rate); }
  std::string rate() const {
    return is_sampled() ? "GREATEST(COALESCE(\"sampling_rate\", 1), 1)" : "1";
  }
  // Volumes are never negative, so holding a product at the largest number changes no sum that is
  // itself held there.
  std::string scaled(const std::string& volume, const std::string& by) const {
    if (!is_sampled()) return volume;
    if (scan_.small_volumes) return fmt::format("{} * {}::BIGINT", volume, by);
    // LEAST skips NULL: a volume that was not said would become the largest number.
    return fmt::format("LEAST(COALESCE({}, 0)::HUGEINT * {}::HUGEINT, 9223372036854775807)::BIGINT",
                       volume, by);
  }
  std::string whole_metric(Metric metric) const {
    switch (metric) {
      case Metric::Bytes:
        return scaled(names_.value(Column::bytes), rate());
      case Metric::Packets:
        return scaled(names_.value(Column::packets), rate());
      case Metric::Flows:
        return rate() + "::BIGINT";
      case Metric::RawBytes:
        return names_.value(Column::bytes);
      case Metric::RawPackets:
        return names_.value(Column::packets);
      case Metric::RawFlows:
        return "1::BIGINT";
    }
    CHECK(false);
  }
  std::string crossing_metric(Metric metric) const {
    switch (metric) {
      case Metric::Bytes:
        return scaled("b", "rate");
      case Metric::Packets:
        return scaled("p", "rate");
      case Metric::Flows:
        return scaled("f", "rate");
      case Metric::RawBytes:
        return "b";
      case Metric::RawPackets:
        return "p";
      case Metric::RawFlows:
        return "f";
    }
    CHECK(false);
  }

  std::string keys(End end) const {
    std::string text;
    std::size_t number = 0;
    const auto add = [&](const std::string& expression) {
      text += fmt::format("{} AS k{}, ", expression, number++);
    };
    const auto add_column = [&](Column column) {
      if (flow::spec(column).type == flow::ColumnType::Address) {
        add(names_.value(column, FlowField::Half::High));
        add(names_.value(column, FlowField::Half::Low));
      } else {
        add(names_.value(column));
      }
    };
    for (const auto& dimension : plan_.by) {
      if (const auto* column = std::get_if<Column>(&dimension)) {
        add_column(*column);
        continue;
      }
      switch (std::get<DerivedDimension>(dimension)) {
        case DerivedDimension::Host:
          add_column(end == End::Source ? Column::src : Column::dst);
          break;
        case DerivedDimension::Interface:
          add_column(end == End::Ingress ? Column::in_if : Column::out_if);
          break;
        case DerivedDimension::Way:
          add(way_at(end));
          break;
      }
    }
    return text;
  }
  std::string way_at(End end) const {
    switch (end) {
      case End::Whole:
        return names_.way();
      case End::Source:
      case End::Egress:
        return "1::UTINYINT";  // out
      case End::Destination:
      case End::Ingress:
        return "0::UTINYINT";  // in
    }
    CHECK(false);
  }
  std::string key_names() const {
    std::string text;
    std::size_t number = 0;
    for (const auto& dimension : plan_.by) {
      for (std::size_t i = 0; i < key_types(dimension).size(); ++i) {
        text += fmt::format("k{}, ", number++);
      }
    }
    return text;
  }

  // The plain FROM, unless something names an effective time.
  std::string from(const std::vector<std::string>& where, const std::string& select) const {
    const auto names_time = [](const std::string& text) {
      return text.find("\"effective_") != std::string::npos;
    };
    return names_time(select) || std::ranges::any_of(where, names_time) ? names_.from_with_times()
                                                                        : scan_.from;
  }
  static std::string statement(std::string select, const std::string& from,
                               const std::vector<std::string>& where) {
    select.resize(select.size() - 2);  // the last ", "
    return fmt::format("SELECT {} FROM {} WHERE {}", select, from, fmt::join(where, " AND "));
  }

  const Plan& plan_;
  const FlowScan& scan_;
  FlowNames names_;
  duck::Sql& sql_;
};

}  // namespace

std::vector<std::string> flow_selects(const Plan& plan, const FlowScan& scan, duck::Sql& sql) {
  FlowSelect select(plan, scan, sql);
  std::vector<std::string> selects;
  for (const auto& filter : disjoint_filters(plan.filter.root)) {
    for (const End end : ends_of(plan)) {
      selects.push_back(select.whole_rows(end, filter));
      if (scan.inside() && plan.step_ms == 0) continue;
      selects.push_back(select.crossing_rows(end, filter));
    }
  }
  return selects;
}

std::string listing_select(const Plan& plan, const FlowScan& scan, const ListingSlice& slice,
                           duck::Sql& sql) {
  return FlowSelect(plan, scan, sql).listing(slice);
}

std::vector<std::string_view> key_types(const query::Dimension& dimension) {
  if (const auto* column = std::get_if<Column>(&dimension)) {
    const auto type = flow::spec(*column).type;
    if (type == flow::ColumnType::Address) return {sql_type_of(type), sql_type_of(type)};
    return {sql_type_of(type)};
  }
  switch (std::get<DerivedDimension>(dimension)) {
    case DerivedDimension::Host:
      return {"UBIGINT", "UBIGINT"};
    case DerivedDimension::Interface:
      return {"UINTEGER"};
    case DerivedDimension::Way:
      return {"UTINYINT"};
  }
  CHECK(false);
}

}  // namespace store
