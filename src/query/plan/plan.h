#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/columns.h"
#include "query/filter/filter.h"
#include "query/plan/calendar.h"

// A question as a value: filter + group-by + metrics + range + step + top N. Pure.
namespace query {

// Grouping by something that is not a plain column.
// docs/query.md says it at length.
enum class DerivedDimension : std::uint8_t {
  // The local end; a flow between two local hosts is counted once at each, one without a local end
  // not at all (nor in the totals).
  Host,
  // ifIndex, whatever the exporter; a flow is counted at its ingress and at its egress, one without
  // either not at all (nor in the totals). Host and Interface exclude each other.
  Interface,
  // in, out, local, transit (query::Way); beside Host or Interface: seen from that, in or out.
  Way,
};
using Dimension = std::variant<flow::Column, DerivedDimension>;

// The name in flags, URLs, JSON keys and CSV headers: a column's, or "host", "if", "dir".
std::string_view name_of(const Dimension& dimension);

enum class Metric : std::uint8_t { Bytes, Packets, Flows, RawBytes, RawPackets, RawFlows };
// "bytes", …, "raw_bytes", … The first three are multiplied by each row's sampling rate.
std::string_view name_of(Metric metric);

struct TimeRange {  // from ≤ time < to
  base::UnixMs from = 0;
  base::UnixMs to = 0;
  bool operator==(const TimeRange&) const = default;
};

struct Plan {
  Filter filter;
  std::vector<Dimension> by;  // may be empty: one row, the total
  std::vector<Metric> metrics = {Metric::Bytes, Metric::Packets, Metric::Flows};
  TimeRange range;
  std::int64_t step_ms = 0;  // 0: one sum over the range; else UTC-aligned steps
  // Not None: the steps are its own, sums of those of step_ms, which divides them.
  Calendar calendar = Calendar::None;
  std::uint32_t top = 10;  // with a step: the top N over the whole range, each with its steps
  // Only rows whose `counted` is not false. make_plan() clears it where the question is about
  // observation points (exporter, domain, interfaces, direction or `counted` in by or filter) or
  // lists flows.
  bool counted_only = true;
  // The flows themselves instead of sums: by, metrics, step and top mean nothing then. Ordered by
  // (received, all columns in order).
  bool flows = false;
  std::uint64_t flows_limit = 0;  // 0: all
};

// Caps on what a question can make an engine hold or write.
constexpr std::size_t kMaxBy = 8;
constexpr std::uint32_t kMaxTop = 10'000;
constexpr std::int64_t kMaxSteps = 100'000;

// A question as flags and URLs write it; absent members take the defaults above.
struct PlanText {
  std::string filter;
  std::string by;
  std::string metric;
  std::string range = "-24h";
  std::string step;
  std::string top;
  std::string flows;  // "1" or "true"
  std::string limit;
};

// What is wrong with the member named in `where` ("--by" without the dashes). Where that is the
// filter, `where` and `what` tell its first error and `filter` all of them, with their places.
struct PlanError : base::UserError {
  std::vector<FilterError> filter;
};

base::Expected<Plan, PlanError> make_plan(const PlanText& text, base::UnixMs now_ms,
                                          const PortNames& names = {});

// Whether it wants what each observation point saw: then rows count that `counted` leaves out.
bool asks_of_observation_points(const Plan& plan);

// The forms of `t` in URLs: -24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00 (server's zone
// unless Z), today, yesterday, week, month; also a day (2026-08-13) and Unix milliseconds as either
// end. What has no end written ends now.
base::Expected<TimeRange, base::UserError> parse_range(std::string_view text, base::UnixMs now_ms);

// "5m", "1h", "30s", "1d" as milliseconds.
base::Expected<std::int64_t, base::UserError> parse_duration(std::string_view text);

}  // namespace query
