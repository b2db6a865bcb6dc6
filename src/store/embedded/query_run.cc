#include "store/embedded/query_run.h"

#include <fmt/format.h>

#include <algorithm>

#include "store/embedded/answer_rows.h"
#include "store/embedded/listing.h"

namespace store {
namespace {

using query::AnswerSummary;
using query::Plan;

// "k0, k1, " of the plan's keys.
std::string key_list(const Plan& plan, std::string_view before = "") {
  std::string text;
  std::size_t number = 0;
  for (const auto& dimension : plan.by) {
    for (std::size_t i = 0; i < key_types(dimension).size(); ++i) {
      text += fmt::format("{}k{}, ", before, number++);
    }
  }
  return text;
}

std::string metric_sums(const Plan& plan) {
  std::string text;
  for (std::size_t i = 0; i < plan.metrics.size(); ++i) {
    text += fmt::format("{}sum(m{})", i == 0 ? "" : ", ", i);
  }
  return text;
}

std::string without_comma(std::string list) {
  if (list.ends_with(", ")) list.resize(list.size() - 2);
  return list;
}

// The same question about what leaving uncounted rows out removed.
Plan about_uncounted(const Plan& plan) {
  const auto uncounted = std::make_shared<const query::Node>(query::Node{
      query::Condition{{flow::Column::counted}, std::vector<query::NumberRange>{{0, 0}}}});
  Plan removed;
  removed.filter.root = plan.filter.root == nullptr
                            ? uncounted
                            : std::make_shared<const query::Node>(
                                  query::Node{query::And{{plan.filter.root, uncounted}}});
  removed.metrics = {query::Metric::Bytes};
  removed.range = plan.range;
  removed.counted_only = false;
  return removed;
}

}  // namespace

std::string parts_sql(const std::vector<PartPtr>& parts, duck::Sql& sql) {
  std::vector<std::string> files;
  files.reserve(parts.size());
  for (const auto& part : parts) files.push_back(part->file().string());
  return fmt::format("read_parquet({}, hive_partitioning = false)",
                     sql.parameter(std::move(files)));
}

base::Expected<AnswerSummary, QueryFailure> answer_plan(const Plan& plan, const ScanChoice& choice,
                                                        query::AnswerSink& sink,
                                                        duck::Connection& connection,
                                                        RowSources& sources) {
  if (plan.flows) return list_flows(plan, choice, sink, connection, sources);
  return QueryRun(plan, choice, sink, connection, sources).run();
}

QueryRun::QueryRun(const Plan& plan, const ScanChoice& choice, query::AnswerSink& sink,
                   duck::Connection& connection, RowSources& sources)
    : plan_(plan),
      choice_(choice),
      sink_(sink, answer_columns(plan)),
      connection_(connection),
      sources_(sources) {
  if (choice.hot != nullptr) hot_.emplace(sources, choice.hot);
}

base::Expected<AnswerSummary, QueryFailure> QueryRun::run() {
  AnswerSummary summary;
  summary.range = plan_.range;
  summary.tier = choice_.tier();
  summary.bound.assign(plan_.metrics.size(), 0);
  summary.kept_from = choice_.kept_from;
  summary.counted_only = plan_.counted_only;

  TopGroups sums(plan_, plan_.top);
  if (const auto done = sum_groups(sums); !done) return base::Unexpected(done.error());
  const std::uint64_t all_groups = sums.groups();
  auto groups = sums.take();
  if (plan_.by.empty() && groups.empty()) {
    groups.push_back({{}, std::vector<std::int64_t>(plan_.metrics.size())});
  }
  const auto given = plan_.step_ms == 0 ? give_groups(groups) : give_steps(groups);
  if (!given) return base::Unexpected(given.error());

  for (std::size_t i = 0; i < plan_.metrics.size(); ++i) {
    Int128 rest = sums.totals()[i];
    for (const auto& group : groups) rest -= group.metrics[i];
    summary.totals.push_back(held(sums.totals()[i]));
    summary.rest.push_back(held(rest));
  }
  summary.rest_groups = all_groups - std::min<std::uint64_t>(all_groups, groups.size());
  if (plan_.counted_only) {
    const auto removed = removed_bytes();
    if (!removed) return base::Unexpected(removed.error());
    summary.removed_bytes = *removed;
  }
  return summary;
}

std::string QueryRun::rows_sql(const Plan& plan, bool uncounted_only, duck::Sql& sql) const {
  std::vector<std::string> selects;
  const auto add = [&](FlowScan scan, std::string from) {
    scan.from = std::move(from);
    const auto more = flow_selects(plan, scan, sql);
    selects.insert(selects.end(), more.begin(), more.end());
  };
  for (const auto& group : choice_.flows) {
    if (uncounted_only && group.scan.all_counted) continue;
    add(group.scan, parts_sql(group.parts, sql));
  }
  if (hot_ && !(uncounted_only && choice_.hot_scan.all_counted)) {
    add(choice_.hot_scan, fmt::format("rows({})", sql.parameter(hot_->number())));
  }
  if (!choice_.minutes.empty() && !uncounted_only) {
    selects.push_back(
        minute_select(plan, {parts_sql(choice_.minutes, sql), choice_.minutes_range}, sql));
  }
  return fmt::format("{}", fmt::join(selects, " UNION ALL "));
}

QueryRun::Done QueryRun::sum_groups(TopGroups& groups) {
  duck::Sql sql;
  const std::string rows = rows_sql(plan_, false, sql);
  if (rows.empty()) return {};
  const std::string keys = key_list(plan_);
  sql += fmt::format("SELECT {}{} FROM ({})", keys, metric_sums(plan_), rows);
  if (!keys.empty()) sql += " GROUP BY " + without_comma(keys);
  auto result = ask(sql);
  if (!result) return base::Unexpected(result.error());
  for (;;) {
    const auto chunk = next(*result);
    if (!chunk) return base::Unexpected(chunk.error());
    if (!*chunk) return {};
    groups.add(**chunk);
  }
}

QueryRun::Done QueryRun::give_groups(const std::vector<Group>& groups) {
  AnswerRows rows(plan_);
  for (const auto& group : groups) {
    rows.add(group.keys, group.metrics);
    if (!rows.is_full()) continue;
    if (auto done = give(rows.chunk()); !done) return done;
    rows.clear();
  }
  return give(rows.chunk());
}

// A second question about the chosen groups only: what each step of them holds.
QueryRun::Done QueryRun::give_steps(const std::vector<Group>& groups) {
  const auto chosen = std::make_shared<const ChosenKeys>(plan_.by, groups);
  const RegisteredSource registered(sources_, chosen);
  AnswerRows answer(plan_);
  duck::Sql sql;
  const std::string rows = rows_sql(plan_, false, sql);
  if (rows.empty() || groups.empty()) return give(answer.chunk());
  std::string same = "TRUE";
  for (std::size_t i = 0; i + 1 < chosen->fields().size(); ++i) {
    same += fmt::format(" AND c.k{0} IS NOT DISTINCT FROM f.k{0}", i);
  }
  sql += fmt::format(
      "SELECT c.r, f.t, {} FROM ({}) f JOIN rows({}) c ON {} GROUP BY c.r, f.t "
      "ORDER BY c.r, f.t",
      metric_sums(plan_), rows, sql.parameter(registered.number()), same);
  auto result = ask(sql);
  if (!result) return base::Unexpected(result.error());
  return give_step_rows(*result, groups);
}

// Rows of (group, step of step_ms, metrics), those of a group one after the other: a calendar's
// steps are sums of neighbours.
QueryRun::Done QueryRun::give_step_rows(duck::Rows& result, const std::vector<Group>& groups) {
  AnswerRows answer(plan_);
  query::CalendarSteps steps(plan_.calendar);
  std::size_t group = 0;
  base::UnixMs begin = 0;
  std::vector<Int128> sums;  // of the step that is open; empty: none is
  std::vector<std::int64_t> metrics(plan_.metrics.size());
  const auto close = [&]() -> Done {
    if (sums.empty()) return {};
    std::ranges::transform(sums, metrics.begin(), held);
    answer.add_step(begin, groups[group].keys, metrics);
    sums.clear();
    if (!answer.is_full()) return {};
    Done done = give(answer.chunk());
    answer.clear();
    return done;
  };
  for (;;) {
    const auto found = next(result);
    if (!found) return base::Unexpected(found.error());
    if (!*found) break;
    const duck::Chunk& chunk = **found;
    for (std::size_t row = 0; row < chunk.rows(); ++row) {
      const auto row_group = static_cast<std::size_t>(number_at(chunk, 0, row));
      const base::UnixMs row_begin = steps.begin_of(number_at(chunk, 1, row) * plan_.step_ms);
      if (row_group != group || row_begin != begin) {
        if (auto done = close(); !done) return done;
        group = row_group;
        begin = row_begin;
      }
      sums.resize(metrics.size());
      for (std::size_t i = 0; i < sums.size(); ++i) {
        if (chunk.is_valid(2 + i, row)) sums[i] += number_at(chunk, 2 + i, row);
      }
    }
  }
  if (auto done = close(); !done) return done;
  return give(answer.chunk());
}

base::Expected<std::uint64_t, QueryFailure> QueryRun::removed_bytes() {
  const Plan removed = about_uncounted(plan_);
  duck::Sql sql;
  const std::string rows = rows_sql(removed, true, sql);
  if (rows.empty()) return 0;
  sql += fmt::format("SELECT {} FROM ({})", metric_sums(removed), rows);
  auto result = ask(sql);
  if (!result) return base::Unexpected(result.error());
  const auto chunk = next(*result);
  if (!chunk) return base::Unexpected(chunk.error());
  if (!*chunk || !(*chunk)->is_valid(0, 0)) return 0;
  return static_cast<std::uint64_t>(number_at(**chunk, 0, 0));
}

base::Expected<duck::Rows, QueryFailure> QueryRun::ask(const duck::Sql& sql) {
  auto rows = connection_.run(sql);
  if (!rows) return base::Unexpected(failure(std::move(rows.error())));
  return std::move(*rows);
}

base::Expected<std::optional<duck::Chunk>, QueryFailure> QueryRun::next(duck::Rows& rows) {
  auto chunk = rows.next();
  if (!chunk) return base::Unexpected(failure(std::move(chunk.error())));
  return std::move(*chunk);
}

QueryRun::Done QueryRun::give(const query::AnswerChunk& chunk) {
  sink_.begin();
  if (chunk.rows == 0 || sink_.chunk(chunk)) return {};
  QueryFailure gone = failure({});
  gone.receiver_gone = true;
  return base::Unexpected(gone);
}

}  // namespace store
