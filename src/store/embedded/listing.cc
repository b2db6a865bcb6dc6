#include "store/embedded/listing.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <thread>

#include "base/channel.h"
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
  const duck::Sql& sql() const { return sql_; }

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

// Some rows of a slice, on their way to the sink.
struct Piece {
  flow::ColumnMask columns;
  duck::Chunk rows;
};

// Reads the slices' rows, in order, on a thread of its own: DuckDB sorts the next slice while the
// sink still writes the last. What it is given must outlive it; the connection is its alone.
class SliceReader {
 public:
  SliceReader(const Plan& plan, const ScanChoice& choice, std::optional<std::uint64_t> hot,
              duck::Connection& connection)
      : plan_(plan), choice_(choice), hot_(hot), connection_(connection), thread_([this] {
          read_all();
        }) {}
  ~SliceReader() { pieces_.close(); }
  SliceReader(const SliceReader&) = delete;
  SliceReader& operator=(const SliceReader&) = delete;

  // Empty: there is no more, or a problem.
  std::optional<Piece> next() { return pieces_.pop(); }
  // Once next() has answered nothing.
  const std::optional<duck::Error>& problem() const { return problem_; }

 private:
  static constexpr std::size_t kPiecesMax = 16;  // of 2,048 rows

  void read_all() {
    std::uint64_t given = 0;
    for (const TimeRange& received : slices_of(choice_)) {
      SliceSql slice(plan_, choice_, hot_, received);
      if (slice.is_empty()) continue;
      if (plan_.flows_limit != 0) {
        if (given >= plan_.flows_limit) break;
        slice.sql() += " LIMIT " + slice.sql().parameter(plan_.flows_limit - given);
      }
      const auto more = read(slice);
      if (!more) break;
      given += *more;
    }
    pieces_.close();
  }

  // How many rows it had; nothing when the end has come.
  std::optional<std::uint64_t> read(const SliceSql& slice) {
    auto rows = connection_.run(slice.sql());
    if (!rows) {
      problem_ = std::move(rows.error());
      return std::nullopt;
    }
    for (std::uint64_t given = 0;;) {
      auto chunk = rows->next();
      if (!chunk) {
        problem_ = std::move(chunk.error());
        return std::nullopt;
      }
      if (!*chunk) return given;
      given += (*chunk)->rows();
      Piece piece{slice.columns(), std::move(**chunk)};
      if (!pieces_.push(piece)) return std::nullopt;
    }
  }

  const Plan& plan_;
  const ScanChoice& choice_;
  const std::optional<std::uint64_t> hot_;
  duck::Connection& connection_;
  base::Channel<Piece> pieces_{kPiecesMax};
  std::optional<duck::Error> problem_;  // written before pieces_ is closed, read after
  std::jthread thread_;                 // last: it ends before what it uses
};

}  // namespace

base::Expected<AnswerSummary, QueryFailure> list_flows(const Plan& plan, const ScanChoice& choice,
                                                       query::AnswerSink& sink,
                                                       duck::Connection& connection,
                                                       RowSources& sources) {
  std::optional<RegisteredSource> hot;
  if (choice.hot != nullptr) hot.emplace(sources, choice.hot);
  LateHead late(sink, answer_columns(plan));
  ListingChunk answer;
  SliceReader reader(plan, choice, hot ? std::optional(hot->number()) : std::nullopt, connection);
  while (const auto piece = reader.next()) {
    if (!late.chunk(answer.fill(piece->rows, piece->columns))) {
      return base::Unexpected(QueryFailure{{}, true, true});
    }
  }
  if (reader.problem())
    return base::Unexpected(QueryFailure{*reader.problem(), false, late.began()});
  late.begin();
  AnswerSummary summary;
  summary.range = plan.range;
  summary.tier = choice.tier();
  summary.kept_from = choice.kept_from;
  summary.counted_only = plan.counted_only;
  return summary;
}

}  // namespace store
