#include "store/embedded/listing.h"

#include <fmt/format.h>

#include "store/embedded/answer_rows.h"
#include "store/embedded/listing_chunk.h"

namespace store {
namespace {

// received first, then every column as it stands; NULLs last.
std::string order_sql() {
  std::string order = "\"received\" NULLS LAST";
  for (const auto& field : fields_of(~flow::bit(flow::Column::received))) {
    order += fmt::format(", {} NULLS LAST", duck::quoted(name_of(field)));
  }
  return order;
}

}  // namespace

base::Expected<query::AnswerSummary, QueryFailure> list_flows(const query::Plan& plan,
                                                              const ScanChoice& choice,
                                                              query::AnswerSink& sink,
                                                              duck::Connection& connection,
                                                              RowSources& sources) {
  std::optional<RegisteredSource> hot;
  if (choice.hot != nullptr) hot.emplace(sources, choice.hot);
  duck::Sql sql;
  std::vector<std::string> selects;
  for (const auto& group : choice.flows) {
    FlowScan scan = group.scan;
    scan.from = parts_sql(group.parts, sql);
    selects.push_back(listing_select(plan, scan, sql));
  }
  if (hot) {
    FlowScan scan = choice.hot_scan;
    scan.from = fmt::format("rows({})", sql.parameter(hot->number()));
    selects.push_back(listing_select(plan, scan, sql));
  }
  query::AnswerSummary summary;
  summary.range = plan.range;
  summary.tier = choice.tier();
  summary.kept_from = choice.kept_from;
  summary.counted_only = plan.counted_only;
  if (selects.empty()) {
    sink.head(answer_columns(plan));
    return summary;
  }
  sql +=
      fmt::format("SELECT * FROM ({}) ORDER BY {}", fmt::join(selects, " UNION ALL "), order_sql());
  if (plan.flows_limit != 0) {
    sql += " LIMIT " + sql.parameter(plan.flows_limit);
  }
  auto rows = connection.run(sql);
  if (!rows) return base::Unexpected(QueryFailure{std::move(rows.error())});
  ListingChunk answer;
  bool began = false;
  for (;;) {
    auto chunk = rows->next();
    if (!chunk) return base::Unexpected(QueryFailure{std::move(chunk.error()), false, began});
    if (!began) sink.head(answer_columns(plan));
    began = true;
    if (!*chunk) return summary;
    if (!sink.chunk(answer.fill(**chunk))) return base::Unexpected(QueryFailure{{}, true, true});
  }
}

}  // namespace store
