#include "store/embedded/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "store/embedded/answer_rows.h"
#include "store/embedded/listing_chunk.h"

namespace store {
namespace {

using query::AnswerSummary;
using query::Plan;
using query::TimeRange;

// Flows are sorted slice by slice, so that the memory a listing takes does not grow with its range.
constexpr std::uint64_t kSliceRows = 1'000'000;
// The year 9999.
constexpr base::UnixMs kFarAway = 253'402'300'800'000;

// The bounds of receipt of the hot rows.
TimeRange received_hot(const HotRows& hot) {
  TimeRange range{std::numeric_limits<base::UnixMs>::max(), 0};
  for (const auto& batch : hot.batches()) {
    const auto received = batch->values<base::UnixMs>(flow::Column::received);
    const auto [first, last] = std::ranges::minmax(received);
    range = {std::min(range.from, first), std::max(range.to, last + 1)};
  }
  return range;
}

// Ranges of receipt, in order, that together hold every flow chosen. Parts follow each other in
// time, so most parts lie in one slice only.
std::vector<TimeRange> slices_of(const ScanChoice& choice) {
  std::vector<std::pair<base::UnixMs, std::uint64_t>> begins;  // of a source, and its rows
  for (const auto& part : choice.parts()) {
    begins.emplace_back(part->part().min_received, part->part().rows);
  }
  if (choice.hot != nullptr) {
    begins.emplace_back(received_hot(*choice.hot).from, choice.hot->rows());
  }
  std::ranges::sort(begins);
  std::vector<TimeRange> slices;
  std::uint64_t rows = 0;
  for (const auto& [begin, more] : begins) {
    if (slices.empty()) slices.push_back({begin, kFarAway});
    if (rows > 0 && rows + more > kSliceRows && begin > slices.back().from) {
      slices.push_back({begin, std::exchange(slices.back().to, begin)});
      rows = 0;
    }
    rows += more;
  }
  return slices;
}

// The sources of one slice, and what SQL says of them.
class SliceSql {
 public:
  SliceSql(const Plan& plan, const ScanChoice& choice, std::optional<std::uint64_t> hot,
           const TimeRange& received)
      : slice_{.columns = flow::bit(flow::Column::received), .received = received} {
    for (const auto& group : choice.flows) {
      ScanChoice::PartGroup inside{group.scan, {}};
      std::ranges::copy_if(group.parts, std::back_inserter(inside.parts), [&](const PartPtr& file) {
        return file->part().max_received >= received.from &&
               file->part().min_received < received.to;
      });
      if (inside.parts.empty()) continue;
      slice_.columns |= group.scan.columns;
      groups_.push_back(std::move(inside));
    }
    if (hot) {
      const TimeRange range = received_hot(*choice.hot);
      if (range.to > received.from && range.from < received.to) {
        slice_.columns |= choice.hot_scan.columns;
        hot_ = hot;
      }
    }
    render(plan, choice.hot_scan);
  }

  bool is_empty() const { return sql_.text().empty(); }
  flow::ColumnMask columns() const { return slice_.columns; }
  duck::Sql& sql() { return sql_; }

 private:
  void render(const Plan& plan, FlowScan hot_scan) {
    std::vector<std::string> selects;
    for (auto& group : groups_) {
      group.scan.from = parts_sql(group.parts, sql_);
      selects.push_back(listing_select(plan, group.scan, slice_, sql_));
    }
    if (hot_) {
      hot_scan.from = fmt::format("rows({})", sql_.parameter(*hot_));
      selects.push_back(listing_select(plan, hot_scan, slice_, sql_));
    }
    if (selects.empty()) return;
    // received first, then every column as it stands; what is absent last.
    std::string order = "\"received\"";
    for (const auto& field : fields_of(slice_.columns & ~flow::bit(flow::Column::received))) {
      order += fmt::format(", {} NULLS LAST", duck::quoted(name_of(field)));
    }
    sql_ += fmt::format("SELECT * FROM ({}) ORDER BY {}", fmt::join(selects, " UNION ALL "), order);
  }

  ListingSlice slice_;
  std::vector<ScanChoice::PartGroup> groups_;
  std::optional<std::uint64_t> hot_;
  duck::Sql sql_;
};

// Gives a slice's rows to the sink; answers how many.
base::Expected<std::uint64_t, QueryFailure> give_slice(SliceSql& slice, std::uint64_t limit,
                                                       query::AnswerSink& sink,
                                                       duck::Connection& connection) {
  if (limit != 0) slice.sql() += " LIMIT " + slice.sql().parameter(limit);
  auto rows = connection.run(slice.sql());
  if (!rows) return base::Unexpected(QueryFailure{std::move(rows.error())});
  ListingChunk answer(slice.columns());
  std::uint64_t given = 0;
  for (;;) {
    auto chunk = rows->next();
    if (!chunk) return base::Unexpected(QueryFailure{std::move(chunk.error()), false, given > 0});
    if (!*chunk) return given;
    given += (*chunk)->rows();
    if (!sink.chunk(answer.fill(**chunk))) return base::Unexpected(QueryFailure{{}, true, true});
  }
}

}  // namespace

base::Expected<AnswerSummary, QueryFailure> list_flows(const Plan& plan, const ScanChoice& choice,
                                                       query::AnswerSink& sink,
                                                       duck::Connection& connection,
                                                       RowSources& sources) {
  AnswerSummary summary;
  summary.range = plan.range;
  summary.tier = choice.tier();
  summary.kept_from = choice.kept_from;
  summary.counted_only = plan.counted_only;
  std::optional<RegisteredSource> hot;
  if (choice.hot != nullptr) hot.emplace(sources, choice.hot);
  LateHead late(sink, answer_columns(plan));
  std::uint64_t given = 0;
  for (const TimeRange& received : slices_of(choice)) {
    if (plan.flows_limit != 0 && given >= plan.flows_limit) break;
    SliceSql slice(plan, choice, hot ? std::optional(hot->number()) : std::nullopt, received);
    if (slice.is_empty()) continue;
    const std::uint64_t limit = plan.flows_limit == 0 ? 0 : plan.flows_limit - given;
    const auto more = give_slice(slice, limit, late, connection);
    if (!more) {
      QueryFailure failure = more.error();
      failure.began = late.began();
      return base::Unexpected(std::move(failure));
    }
    given += *more;
  }
  late.begin();
  return summary;
}

}  // namespace store
