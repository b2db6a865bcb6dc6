#include "serve/interface_use.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <string_view>
#include <vector>

namespace serve {
namespace {

// Roles are suggested by what was seen lately: it takes a look at flows, for no rollup has both
// interface and locality.
constexpr std::int64_t kSuggestedByMs = 10 * base::kMsPerMinute;
// Of an interface's bytes, how many tenths have to agree.
constexpr double kClear = 0.8;

// exporter, if, dir, bytes, packets, flows
class UseSink final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>&) override {}
  bool chunk(const query::AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows; ++row) take(chunk, row);
    return true;
  }

  InterfaceUses uses;

 private:
  void take(const query::AnswerChunk& chunk, std::size_t row) {
    const auto& columns = chunk.columns;
    if (columns[0].valid[row] == 0 || columns[1].valid[row] == 0) return;
    InterfaceUse& use =
        uses[{columns[0].addresses[row], static_cast<std::uint32_t>(columns[1].numbers[row])}];
    WayUse& way = columns[2].texts[row] == "in" ? use.in : use.out;
    way.bytes += columns[3].numbers[row];
    way.packets += columns[4].numbers[row];
    way.flows += columns[5].numbers[row];
  }
};

// exporter, in_if, out_if, locality, bytes
class BehindSink final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>&) override {}
  bool chunk(const query::AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows; ++row) take(chunk, row);
    return true;
  }

  BehindInterfaces behind;

 private:
  void take(const query::AnswerChunk& chunk, std::size_t row) {
    const auto& columns = chunk.columns;
    if (columns[0].valid[row] == 0 || columns[3].valid[row] == 0) return;
    const flow::Address& exporter = columns[0].addresses[row];
    const std::uint32_t in = index_at(columns[1], row);
    const std::uint32_t out = index_at(columns[2], row);
    if (in == out) return;
    const std::string_view locality = columns[3].texts[row];
    const std::int64_t bytes = columns[4].numbers[row];
    if (in != 0) add(behind[{exporter, in}], locality, locality.starts_with('R'), bytes);
    if (out != 0) add(behind[{exporter, out}], locality, locality.ends_with('R'), bytes);
  }

  static std::uint32_t index_at(const query::AnswerValues& column, std::size_t row) {
    return column.valid[row] == 0 ? 0 : static_cast<std::uint32_t>(column.numbers[row]);
  }
  static void add(Behind& behind, std::string_view locality, bool is_remote, std::int64_t bytes) {
    if (locality == "R2R") {
      behind.transit += bytes;
    } else if (is_remote) {
      behind.remote += bytes;
    } else {
      behind.local += bytes;
    }
  }
};

}  // namespace

base::Expected<query::Plan, query::PlanError> interface_plan(const query::PlanText& text,
                                                             base::UnixMs now,
                                                             const query::PortNames& names) {
  query::PlanText whole = text;
  whole.by = "exporter,if,dir";
  whole.metric = "bytes,packets,flows";
  whole.top = fmt::format("{}", query::kMaxTop);
  return query::make_plan(whole, now, names);
}

base::Expected<UsesInRange, query::QueryError> interface_uses(Questions& questions,
                                                              const query::Plan& plan,
                                                              const query::Cancel& cancel) {
  UseSink sink;
  const auto summary = questions.answer(plan, sink, cancel);
  if (!summary) return base::Unexpected(summary.error());
  return UsesInRange{std::move(sink.uses), summary->rest_groups};
}

double gap_of(const InterfaceUse& use, std::uint64_t counted_octets) {
  constexpr double kEthernetOctets = 14;
  const auto counted = static_cast<double>(counted_octets);
  const auto octets = static_cast<double>(use.in.bytes + use.out.bytes) +
                      kEthernetOctets * static_cast<double>(use.in.packets + use.out.packets);
  const double twice = 1 - octets / counted;
  const double once = 1 - octets / 2 / counted;
  const bool is_both_ends = use.in.bytes == use.out.bytes && use.in.flows == use.out.flows;
  return is_both_ends && std::abs(once) < std::abs(twice) ? once : twice;
}

std::optional<state::InterfaceRole> suggested_role(const Behind& behind) {
  const auto remote = static_cast<double>(behind.remote);
  const auto local = static_cast<double>(behind.local);
  const auto transit = static_cast<double>(behind.transit);
  const double all = remote + local + transit;
  if (all <= 0) return std::nullopt;
  if (transit >= kClear * all) return state::InterfaceRole::Peer;
  if (remote >= kClear * (remote + local)) return state::InterfaceRole::Wan;
  if (local >= kClear * (remote + local)) return state::InterfaceRole::Lan;
  return std::nullopt;
}

base::Expected<BehindInterfaces, query::QueryError> behind_interfaces(Questions& questions,
                                                                      query::TimeRange range,
                                                                      const query::Cancel& cancel) {
  query::Plan plan;
  plan.by = {flow::Column::exporter, flow::Column::in_if, flow::Column::out_if,
             flow::Column::locality};
  plan.metrics = {query::Metric::Bytes};
  plan.range = {std::max(range.from, range.to - kSuggestedByMs), range.to};
  plan.top = query::kMaxTop;
  plan.counted_only = false;
  BehindSink sink;
  const auto summary = questions.answer(plan, sink, cancel);
  if (!summary) return base::Unexpected(summary.error());
  return std::move(sink.behind);
}

}  // namespace serve
