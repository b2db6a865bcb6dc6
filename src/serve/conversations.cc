#include "serve/conversations.h"

#include <algorithm>
#include <boost/container_hash/hash.hpp>
#include <limits>
#include <map>
#include <numeric>
#include <tuple>
#include <type_traits>
#include <utility>

#include "base/check.h"
#include "flow/protocols.h"
#include "flow/volume.h"
#include "query/plan/plan.h"

namespace serve {
namespace {

using flow::Column;
using flow::kProtocolIcmp;
using flow::kProtocolIcmp6;
using flow::kProtocolTcp;

constexpr std::uint16_t kFin = 0x01;
constexpr std::uint16_t kRst = 0x04;

// flowEndReason, RFC 5102 section 5.11.3.
constexpr std::uint8_t kIdleTimeout = 1;
constexpr std::uint8_t kEndOfFlow = 3;

// Where timeouts are not learned yet.
constexpr std::int64_t kUnlearnedActiveMs = 2 * base::kMsPerMinute;
constexpr std::int64_t kUnlearnedInactiveMs = base::kMsPerMinute;
constexpr std::int64_t kUnlearnedIdleMs = 5 * base::kMsPerSecond;

// Below it a port is a server's.
constexpr std::uint16_t kEphemeralPorts = 1'024;
// The last packets of a conversation that its ends have closed come within this.
constexpr std::int64_t kClosingMs = 2 * base::kMsPerSecond;

// An ICMP flow's ports are type and code, which differ between a question and its answer.
std::optional<std::uint16_t> port_of(const flow::FlowRecord& flow, Column column,
                                     std::uint16_t port) {
  const bool is_icmp = flow.protocol == kProtocolIcmp || flow.protocol == kProtocolIcmp6;
  if (is_icmp || !flow.has(column)) return std::nullopt;
  return port;
}

std::int64_t multiplied(std::int64_t count, std::int64_t rate) {
  std::int64_t product = 0;
  if (__builtin_mul_overflow(count, rate, &product)) {
    return std::numeric_limits<std::int64_t>::max();
  }
  return product;
}

void add_to(std::int64_t& sum, std::int64_t more) {
  if (__builtin_add_overflow(sum, more, &sum)) sum = std::numeric_limits<std::int64_t>::max();
}

void add_flow(const flow::FlowRecord& flow, const flow::Times& times, std::uint8_t end_reason,
              OneWay& way) {
  const std::int64_t rate =
      flow.has(Column::sampling_rate) && flow.sampling_rate > 0 ? flow.sampling_rate : 1;
  const std::int64_t bytes = flow.has(Column::bytes) ? multiplied(flow.bytes, rate) : 0;
  add_to(way.bytes, bytes);
  if (flow.has(Column::packets)) add_to(way.packets, multiplied(flow.packets, rate));
  way.start = way.flows == 0 ? times.start : std::min(way.start, times.start);
  ++way.flows;
  way.received = std::max(way.received, flow.received);
  const std::int64_t length_ms = times.end - times.start;
  way.bits_per_s = length_ms > 0 ? multiplied(bytes, 8 * base::kMsPerSecond) / length_ms : 0;
  way.end_reason = end_reason;
  way.had_fin |=
      flow.protocol == kProtocolTcp && flow.has(Column::tcp_flags) && (flow.tcp_flags & kFin) != 0;
}

// True where every way that was seen is so.
template <class Predicate>
bool both_ways(const Conversation& known, Predicate predicate) {
  return (known.sent.flows == 0 || predicate(known.sent)) &&
         (known.got.flows == 0 || predicate(known.got));
}

bool is_closed(const Conversation& known) {
  return known.had_rst || both_ways(known, [](const OneWay& way) { return way.had_fin; });
}

// Which end asked: the other has the port of a service; else who spoke first; else who has the
// higher port. Until finish(), `client` is only the lower end.
bool is_turned_round(const Conversation& known) {
  if (known.client.port && known.server.port) {
    const bool low_serves = *known.client.port < kEphemeralPorts;
    const bool high_serves = *known.server.port < kEphemeralPorts;
    if (low_serves != high_serves) return low_serves;
  }
  if (known.sent.flows == 0 || known.got.flows == 0) return known.sent.flows == 0;
  if (known.sent.start != known.got.start) return known.got.start < known.sent.start;
  return known.client.port && known.server.port && *known.client.port < *known.server.port;
}

std::optional<EndedBy> end_of(const Conversation& known, std::int64_t silence_ms,
                              base::UnixMs now) {
  if (known.had_rst) return EndedBy::Rst;
  if (is_closed(known)) return EndedBy::Fin;
  const auto ended = [](const OneWay& way) {
    return way.end_reason == kIdleTimeout || way.end_reason == kEndOfFlow;
  };
  if (both_ways(known, ended)) {
    const bool is_said =
        both_ways(known, [](const OneWay& way) { return way.end_reason == kEndOfFlow; });
    return is_said ? EndedBy::Exporter : EndedBy::Idle;
  }
  return now - known.received >= silence_ms ? std::optional(EndedBy::Silence) : std::nullopt;
}

using Set = void (*)(flow::FlowRecord&, const query::AnswerValues&, std::size_t row);

template <auto Member>
void set_number(flow::FlowRecord& flow, const query::AnswerValues& values, std::size_t row) {
  auto& field = flow.*Member;
  field = static_cast<std::remove_reference_t<decltype(field)>>(values.numbers[row]);
}
template <auto Member>
void set_address(flow::FlowRecord& flow, const query::AnswerValues& values, std::size_t row) {
  flow.*Member = values.addresses[row];
}

// The columns that conversations are made of.
struct ColumnRead {
  Column column;
  Set set;
};
using flow::FlowRecord;
constexpr ColumnRead kColumnsRead[] = {
    {Column::start, set_number<&FlowRecord::start>},
    {Column::end, set_number<&FlowRecord::end>},
    {Column::export_time, set_number<&FlowRecord::export_time>},
    {Column::received, set_number<&FlowRecord::received>},
    {Column::exporter, set_address<&FlowRecord::exporter>},
    {Column::src, set_address<&FlowRecord::src>},
    {Column::dst, set_address<&FlowRecord::dst>},
    {Column::src_port, set_number<&FlowRecord::src_port>},
    {Column::dst_port, set_number<&FlowRecord::dst_port>},
    {Column::protocol, set_number<&FlowRecord::protocol>},
    {Column::tcp_flags, set_number<&FlowRecord::tcp_flags>},
    {Column::bytes, set_number<&FlowRecord::bytes>},
    {Column::packets, set_number<&FlowRecord::packets>},
    {Column::sampling_rate, set_number<&FlowRecord::sampling_rate>},
    {Column::end_reason, set_number<&FlowRecord::end_reason>},
    {Column::counted, set_number<&FlowRecord::counted>},
};

// Gives an answer's flows to the stitcher, up to a number of them.
class FlowReader final : public query::AnswerSink {
 public:
  FlowReader(Stitcher& stitcher, bool counted_only, std::uint64_t flows_max)
      : stitcher_(stitcher), counted_only_(counted_only), flows_max_(flows_max) {}

  void head(const std::vector<query::AnswerColumn>& columns) override {
    places_.clear();
    app_place_.reset();
    for (std::size_t i = 0; i < columns.size(); ++i) {
      const auto column = flow::find_column(columns[i].name);
      if (column == Column::app) app_place_ = i;
      const auto* read = std::ranges::find(kColumnsRead, column, &ColumnRead::column);
      if (read != std::end(kColumnsRead)) places_.emplace_back(i, read);
    }
  }

  bool chunk(const query::AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      if (flows_ == flows_max_) {
        is_full_ = true;
        return false;
      }
      ++flows_;
      take(chunk, row);
    }
    return true;
  }

  std::uint64_t flows() const { return flows_; }
  bool is_full() const { return is_full_; }

 private:
  void take(const query::AnswerChunk& chunk, std::size_t row) {
    flow::FlowRecord flow;
    for (const auto& [place, read] : places_) {
      const query::AnswerValues& values = chunk.columns[place];
      if (values.valid[row] == 0) continue;
      read->set(flow, values, row);
      flow.present |= flow::bit(read->column);
    }
    if (counted_only_ && flow.has(Column::counted) && !flow.counted) return;
    const bool has_app = app_place_ && chunk.columns[*app_place_].valid[row] != 0;
    stitcher_.add(flow, has_app ? chunk.columns[*app_place_].texts[row] : std::string_view());
  }

  Stitcher& stitcher_;
  const bool counted_only_;
  const std::uint64_t flows_max_;
  std::vector<std::pair<std::size_t, const ColumnRead*>> places_;  // in an answer's chunk
  std::optional<std::size_t> app_place_;
  std::uint64_t flows_ = 0;
  bool is_full_ = false;
};

// How many flows each step holds, earliest first.
class StepCounts final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>&) override {}  // time, raw_flows
  bool chunk(const query::AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      counts_[chunk.columns[0].numbers[row]] += chunk.columns[1].numbers[row];
    }
    return true;
  }
  const std::map<base::UnixMs, std::int64_t>& counts() const { return counts_; }

 private:
  std::map<base::UnixMs, std::int64_t> counts_;
};

constexpr std::int64_t kStepsPerCount = 64;
constexpr std::int64_t kFinestStepMs = base::kMsPerSecond;

// The newest part of the plan's range that has no more flows than that, as far as counting by steps
// can tell.
base::Expected<query::TimeRange, query::QueryError> newest_part(
    Questions& questions, const ConversationQuestion& question, const query::Cancel& cancel) {
  query::Plan counting = question.flows;
  counting.flows = false;
  counting.flows_limit = 0;
  counting.by.clear();
  counting.metrics = {query::Metric::RawFlows};
  const query::TimeRange range = question.flows.range;
  while (true) {
    const std::int64_t length_ms = counting.range.to - counting.range.from;
    counting.step_ms = std::max(
        length_ms / kStepsPerCount / base::kMsPerSecond * base::kMsPerSecond, kFinestStepMs);
    StepCounts steps;
    if (auto counted = questions.answer(counting, steps, cancel); !counted) {
      return base::Unexpected(std::move(counted.error()));
    }
    std::uint64_t sum = 0;
    base::UnixMs from = range.to;
    bool fits = true;
    for (auto step = steps.counts().rbegin(); step != steps.counts().rend(); ++step) {
      sum += static_cast<std::uint64_t>(step->second);
      fits = sum <= question.flows_max;
      if (!fits) break;
      from = step->first;
    }
    if (fits) return query::TimeRange{counting.range.from, range.to};
    if (from < range.to) return query::TimeRange{std::max(from, range.from), range.to};
    // The newest step alone holds more: it is looked at more closely.
    const base::UnixMs newest = steps.counts().rbegin()->first;
    counting.range = {std::max(counting.range.from, newest),
                      std::min(counting.range.to, newest + counting.step_ms)};
    if (counting.step_ms == kFinestStepMs) {
      return query::TimeRange{counting.range.from, range.to};
    }
  }
}

}  // namespace

std::string_view to_text(EndedBy ended_by) {
  switch (ended_by) {
    case EndedBy::Fin:
      return "fin";
    case EndedBy::Rst:
      return "rst";
    case EndedBy::Exporter:
      return "exporter";
    case EndedBy::Idle:
      return "idle";
    case EndedBy::Silence:
      return "silence";
  }
  CHECK(false);
}

std::int64_t Timeouts::silence_ms() const {
  return (active_ms != 0 ? active_ms : kUnlearnedActiveMs) +
         (inactive_ms != 0 ? inactive_ms : kUnlearnedInactiveMs);
}

std::int64_t Timeouts::idle_ms() const {
  // Times of export are whole seconds, and a timeout is learned from a few flows.
  return inactive_ms != 0 ? inactive_ms / 4 * 3 : kUnlearnedIdleMs;
}

std::size_t Stitcher::KeyHash::operator()(const Key& key) const {
  const std::hash<flow::Address> hash;
  std::size_t seed = hash(key.exporter);
  boost::hash_combine(seed, key.protocol);
  for (const ConversationEnd& end : {key.low, key.high}) {
    boost::hash_combine(seed, hash(end.address));
    boost::hash_combine(seed, end.port.value_or(0));
  }
  return seed;
}

void Stitcher::add(const flow::FlowRecord& flow, std::string_view app) {
  const flow::Times times = flow::effective_times(flow);
  const ConversationEnd from{flow.src, port_of(flow, Column::src_port, flow.src_port)};
  const ConversationEnd to{flow.dst, port_of(flow, Column::dst_port, flow.dst_port)};
  const Key key{flow.exporter, flow.protocol, std::min(from, to), std::max(from, to)};
  Conversation& known = all_[find_or_begin(key, flow, times.start)];
  known.start = std::min(known.start, times.start);
  known.last = std::max(known.last, times.end);
  known.received = std::max(known.received, flow.received);
  if (known.app.empty()) known.app = app;
  known.had_rst |=
      flow.protocol == kProtocolTcp && flow.has(Column::tcp_flags) && (flow.tcp_flags & kRst) != 0;
  add_flow(flow, times, end_reason_of(flow), from == key.low ? known.sent : known.got);
}

// softflowd calls what it cuts at its active timeout idle as well. A flow whose last packet was
// only just seen when it was reported is not idle.
std::uint8_t Stitcher::end_reason_of(const flow::FlowRecord& flow) const {
  if (!flow.has(Column::end_reason)) return 0;
  if (flow.end_reason != kIdleTimeout || !flow.has(Column::end)) return flow.end_reason;
  // Both by the exporter's clock, where it says when it reported.
  const base::UnixMs reported = flow.has(Column::export_time) ? flow.export_time : flow.received;
  return reported - flow.end >= timeouts_of_(flow.exporter).idle_ms() ? kIdleTimeout : 0;
}

std::size_t Stitcher::find_or_begin(const Key& key, const flow::FlowRecord& flow,
                                    base::UnixMs start) {
  const auto [place, is_new] = newest_.try_emplace(key, all_.size());
  if (!is_new && !is_over(all_[place->second], start)) return place->second;
  place->second = all_.size();
  Conversation& begun = all_.emplace_back();
  begun.exporter = flow.exporter;
  begun.protocol = flow.protocol;
  begun.client = key.low;
  begun.server = key.high;
  begun.start = begun.last = start;
  return place->second;
}

bool Stitcher::is_over(const Conversation& known, base::UnixMs start) const {
  const std::int64_t silence_ms = start - known.last;
  if (silence_ms > timeouts_of_(known.exporter).silence_ms()) return true;
  return silence_ms > kClosingMs && is_closed(known);
}

Stitcher::Stitched Stitcher::finish(base::UnixMs now, bool is_over, std::size_t top) {
  Stitched stitched;
  stitched.found = all_.size();
  for (Conversation& known : all_) {
    known.ended_by = end_of(known, timeouts_of_(known.exporter).silence_ms(), now);
    known.is_active = !is_over && !known.ended_by;
    if (known.is_active) ++stitched.active;
    if (!is_turned_round(known)) continue;
    std::swap(known.client, known.server);
    std::swap(known.sent, known.got);
  }
  const auto rank = [&](std::size_t place) {
    const Conversation& known = all_[place];
    return std::tuple(!known.is_active,
                      ~(static_cast<std::uint64_t>(known.sent.bytes) +
                        static_cast<std::uint64_t>(known.got.bytes)),
                      place);
  };
  std::vector<std::size_t> order(all_.size());
  std::iota(order.begin(), order.end(), std::size_t{0});
  const auto end = order.begin() + static_cast<std::ptrdiff_t>(std::min(top, order.size()));
  std::partial_sort(order.begin(), end, order.end(),
                    [&](std::size_t a, std::size_t b) { return rank(a) < rank(b); });
  order.erase(end, order.end());
  for (const std::size_t place : order) stitched.first.push_back(std::move(all_[place]));
  newest_.clear();
  all_.clear();
  return stitched;
}

base::Expected<Conversations, query::QueryError> find_conversations(
    Questions& questions, const ConversationQuestion& question, const query::Cancel& cancel) {
  const query::TimeRange range = question.flows.range;
  auto part = newest_part(questions, question, cancel);
  if (!part) return base::Unexpected(std::move(part.error()));
  query::Plan reading = question.flows;
  reading.range = *part;
  Stitcher stitcher(question.timeouts_of);
  const bool counted_only = !query::asks_of_observation_points(question.flows);
  // A flow counts where it ends and is listed wherever it was: some more may come than were
  // counted.
  FlowReader reader(stitcher, counted_only, 2 * question.flows_max);
  const auto read = questions.answer(reading, reader, cancel);
  if (!read && !reader.is_full()) return base::Unexpected(read.error());

  Conversations answer{.read = *part, .stitched = {}};
  // A range that is over tells nothing of what came after it.
  answer.stitched =
      stitcher.finish(std::min(question.now, range.to), range.to < question.now, question.top);
  answer.flows_read = reader.flows();
  answer.is_whole = *part == range && !reader.is_full();
  return answer;
}

}  // namespace serve
