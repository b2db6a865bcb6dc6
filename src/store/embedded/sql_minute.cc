#include <fmt/format.h>

#include <algorithm>

#include "base/check.h"
#include "store/embedded/sql_filter.h"
#include "store/embedded/sql_scan.h"

// SELECTs over minute rows, whose columns are those of FORMAT.md.
namespace store {
namespace {

using flow::Column;
using query::Derived;
using query::DerivedDimension;
using query::Dimension;
using query::Plan;
using query::Subject;

bool asks_only_of(const query::NodePtr& root, const std::vector<Subject>& known) {
  if (root == nullptr) return true;
  if (const auto* condition = std::get_if<query::Condition>(&root->what)) {
    return std::ranges::all_of(condition->subjects, [&](const Subject& subject) {
      return std::ranges::find(known, subject) != known.end();
    });
  }
  if (const auto* negated = std::get_if<query::Not>(&root->what)) {
    return asks_only_of(negated->inner, known);
  }
  const auto* all = std::get_if<query::And>(&root->what);
  const auto& inner = all != nullptr ? all->all : std::get<query::Or>(root->what).any;
  return std::ranges::all_of(inner,
                             [&](const query::NodePtr& one) { return asks_only_of(one, known); });
}

bool groups_only_by(const Plan& plan, const std::vector<Dimension>& known) {
  return std::ranges::all_of(plan.by, [&](const Dimension& dimension) {
    return std::ranges::find(known, dimension) != known.end();
  });
}

bool groups_by(const Plan& plan, DerivedDimension dimension) {
  return std::ranges::find(plan.by, Dimension{dimension}) != plan.by.end();
}

// A host row's locality and way, which speak of the flow and not of the host.
constexpr const char* kLocality =
    "(CASE WHEN \"peer_is_local\" THEN 0 WHEN \"way\" = 1 THEN 1 ELSE 2 END)::UTINYINT";
constexpr const char* kFlowWay = "(CASE WHEN \"peer_is_local\" THEN 2 ELSE \"way\" END)::UTINYINT";

std::string address_field(std::string_view name, FlowField::Half half) {
  return fmt::format("\"{}_{}\"", name, half == FlowField::Half::High ? "hi" : "lo");
}

std::string subject_sql(const Subject& subject, FlowField::Half half) {
  if (subject == Subject{Column::app}) return "\"app\"";
  if (subject == Subject{Column::exporter}) return address_field("exporter", half);
  if (subject == Subject{Column::locality}) return kLocality;
  if (subject == Subject{Derived::Way}) return kFlowWay;
  CHECK(false);  // minute_set_for() lets no other pass
}

std::vector<std::string> key_sql(const Dimension& dimension) {
  if (dimension == Dimension{DerivedDimension::Host}) return {"\"host_hi\"", "\"host_lo\""};
  if (dimension == Dimension{DerivedDimension::Interface}) return {"\"interface\""};
  if (dimension == Dimension{DerivedDimension::Way}) return {"\"way\""};
  if (dimension == Dimension{Column::app}) return {"\"app\""};
  if (dimension == Dimension{Column::locality}) return {kLocality};
  if (dimension == Dimension{Column::exporter}) return {"\"exporter_hi\"", "\"exporter_lo\""};
  CHECK(false);
}

}  // namespace

MinuteSet minute_set_for(const Plan& plan) {
  if (plan.flows || plan.step_ms % base::kMsPerMinute != 0) return MinuteSet::None;
  if (groups_by(plan, DerivedDimension::Host) && plan.counted_only &&
      groups_only_by(
          plan, {DerivedDimension::Host, DerivedDimension::Way, Column::app, Column::locality}) &&
      asks_only_of(plan.filter.root, {Column::app, Column::locality, Derived::Way})) {
    return MinuteSet::Hosts;
  }
  if (groups_by(plan, DerivedDimension::Interface) && !plan.counted_only &&
      groups_only_by(plan, {DerivedDimension::Interface, DerivedDimension::Way, Column::app,
                            Column::exporter}) &&
      asks_only_of(plan.filter.root, {Column::app, Column::exporter})) {
    return MinuteSet::Interfaces;
  }
  return MinuteSet::None;
}

std::string minute_select(const Plan& plan, const MinuteScan& scan, duck::Sql& sql) {
  std::string select;
  std::size_t number = 0;
  for (const auto& dimension : plan.by) {
    for (const auto& key : key_sql(dimension)) select += fmt::format("{} AS k{}, ", key, number++);
  }
  if (plan.step_ms != 0) {
    select += fmt::format("epoch_ms(\"minute\") // {}::BIGINT AS t, ", sql.parameter(plan.step_ms));
  }
  for (std::size_t i = 0; i < plan.metrics.size(); ++i) {
    select += fmt::format("\"{}\" AS m{}, ", name_of(plan.metrics[i]), i);
  }
  select.resize(select.size() - 2);
  return fmt::format("SELECT {} FROM {} WHERE {} AND \"minute\" >= {} AND \"minute\" < {}", select,
                     scan.from, filter_sql(plan.filter.root, subject_sql, sql),
                     sql.parameter(duck::TimestampMs{scan.range.from}),
                     sql.parameter(duck::TimestampMs{scan.range.to}));
}

}  // namespace store
