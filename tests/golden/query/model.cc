#include "golden/query/model.h"

#include <algorithm>
#include <concepts>
#include <deque>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <variant>

#include "base/check.h"
#include "base/letters.h"
#include "flow/name_pool.h"
#include "flow/volume.h"

namespace model {
namespace {

using flow::Column;
using flow::FlowRecord;
using flow::Locality;
using query::AnswerColumn;
using query::AnswerType;
using query::Metric;

// A number that answers show as a word of ours ("L2R", "out"); sorted as the number.
struct Word {
  std::int64_t number;
  std::string text;

  bool operator==(const Word& other) const { return number == other.number; }
  bool operator<(const Word& other) const { return number < other.number; }
};
template <class Enum>
Word word_of(Enum value) {
  return {static_cast<std::int64_t>(value), std::string(to_text(value))};
}

// A cell of an answer: numbers of every kind, addresses, texts. Absent ones sort last.
using Held = std::variant<std::int64_t, flow::Address, Word, std::string>;
struct Cell {
  std::optional<Held> held;

  bool operator==(const Cell&) const = default;
  bool operator<(const Cell& other) const {
    if (!held || !other.held) return held.has_value() && !other.held.has_value();
    return *held < *other.held;
  }
};

AnswerType type_of(Column column) {
  switch (flow::spec(column).type) {
    case flow::ColumnType::Time:
      return AnswerType::Time;
    case flow::ColumnType::Address:
      return AnswerType::Address;
    case flow::ColumnType::Mac:
      return AnswerType::Mac;
    case flow::ColumnType::Flag:
      return AnswerType::Flag;
    case flow::ColumnType::Name:
    case flow::ColumnType::Word:
      return AnswerType::Text;
    case flow::ColumnType::U8:
    case flow::ColumnType::U16:
    case flow::ColumnType::U32:
    case flow::ColumnType::Counter:
      return AnswerType::Number;
  }
  CHECK(false);
}

using RawValue = std::variant<std::uint64_t, flow::Address>;
RawValue raw(const flow::Address& address) {
  return address;
}
RawValue raw(std::integral auto number) {
  return static_cast<std::uint64_t>(number);
}

// The column's value as it is held; absent where the exporter did not say.
std::optional<RawValue> raw_value(const FlowRecord& flow, Column column) {
  if (!flow.has(column)) return std::nullopt;
  switch (column) {
#define X(name, type, dimension, meaning) \
  case Column::name:                      \
    return raw(flow.name);
    WEIR_FLOW_COLUMNS(X)
#undef X
  }
  CHECK(false);
}

std::optional<std::uint64_t> number(const FlowRecord& flow, Column column) {
  const auto value = raw_value(flow, column);
  if (!value) return std::nullopt;
  return std::get<std::uint64_t>(*value);
}

Cell cell_of(const FlowRecord& flow, Column column) {
  const auto value = raw_value(flow, column);
  if (!value) return {};
  if (const auto* address = std::get_if<flow::Address>(&*value)) return {*address};
  const std::uint64_t held = std::get<std::uint64_t>(*value);
  if (flow::spec(column).type == flow::ColumnType::Word) {
    return {Word{static_cast<std::int64_t>(held), std::string(flow::word_of(column, held))}};
  }
  if (flow::spec(column).type == flow::ColumnType::Name) {
    return {std::string(flow::NamePool::instance().text_of(static_cast<std::uint32_t>(held)))};
  }
  return {static_cast<std::int64_t>(held)};
}

std::optional<query::Way> way_of(const FlowRecord& flow) {
  if (!flow.has(Column::locality)) return std::nullopt;
  switch (static_cast<Locality>(flow.locality)) {
    case Locality::LocalToLocal:
      return query::Way::Local;
    case Locality::LocalToRemote:
      return query::Way::Out;
    case Locality::RemoteToLocal:
      return query::Way::In;
    case Locality::RemoteToRemote:
      return query::Way::Transit;
  }
  CHECK(false);
}

// `*` stands for any characters.
bool matches(std::string_view pattern, std::string_view text) {
  if (pattern.empty()) return text.empty();
  if (pattern.front() == '*') {
    for (std::size_t skip = 0; skip <= text.size(); ++skip) {
      if (matches(pattern.substr(1), text.substr(skip))) return true;
    }
    return false;
  }
  return !text.empty() && pattern.front() == text.front() &&
         matches(pattern.substr(1), text.substr(1));
}

std::optional<std::uint64_t> number_of(const query::Subject& subject, const FlowRecord& flow) {
  if (const auto* column = std::get_if<Column>(&subject)) return number(flow, *column);
  if (std::get<query::Derived>(subject) == query::Derived::Way) {
    const auto way = way_of(flow);
    if (!way) return std::nullopt;
    return static_cast<std::uint64_t>(*way);
  }
  const flow::Times times = flow::effective_times(flow);
  return static_cast<std::uint64_t>(times.end - times.start);
}

bool has_any(const query::Subject& subject, const std::vector<query::NumberRange>& ranges,
             const FlowRecord& flow) {
  const auto value = number_of(subject, flow);
  return value && std::ranges::any_of(ranges, [&](const query::NumberRange& range) {
           return range.low <= *value && *value <= range.high;
         });
}
bool has_any(const query::Subject& subject, const std::vector<query::BitsSet>& bits,
             const FlowRecord& flow) {
  const auto value = number_of(subject, flow);
  return value && std::ranges::any_of(bits, [&](const query::BitsSet& set) {
           return (*value & set.mask) == set.mask;
         });
}
bool has_any(const query::Subject& subject, const std::vector<flow::Network>& networks,
             const FlowRecord& flow) {
  const auto value = raw_value(flow, std::get<Column>(subject));
  return value && std::ranges::any_of(networks, [&](const flow::Network& network) {
           return network.contains(std::get<flow::Address>(*value));
         });
}
bool has_any(const query::Subject& subject, const std::vector<query::TextPattern>& patterns,
             const FlowRecord& flow) {
  const Cell cell = cell_of(flow, std::get<Column>(subject));
  if (!cell.held) return false;
  const std::string text = base::lower(std::get<std::string>(*cell.held));
  return std::ranges::any_of(patterns, [&](const query::TextPattern& pattern) {
    const bool takes_below = subject == query::Subject{Column::site} && !pattern.text.empty() &&
                             pattern.text.find('*') == std::string::npos;
    return matches(pattern.text, text) || (takes_below && text.ends_with("." + pattern.text));
  });
}

bool holds(const query::Condition& condition, const FlowRecord& flow) {
  return std::visit(
      [&](const auto& values) {
        return std::ranges::any_of(condition.subjects, [&](const query::Subject& subject) {
          return has_any(subject, values, flow);
        });
      },
      condition.any_of);
}

// Where a flow is counted: as which keys it appears in the answer.
using Keys = std::vector<Cell>;

struct End {
  std::optional<Column> host;       // src or dst, where the question is about hosts
  std::optional<Column> interface;  // in_if or out_if, where it is about interfaces
  bool out = false;
};

std::vector<End> ends_of(const query::Plan& plan, const FlowRecord& flow) {
  const auto asks = [&](query::DerivedDimension derived) {
    return std::ranges::find(plan.by, query::Dimension{derived}) != plan.by.end();
  };
  std::vector<End> ends;
  if (asks(query::DerivedDimension::Host)) {
    const auto way = way_of(flow);
    const bool both = way == query::Way::Local;
    if (both || way == query::Way::Out) ends.push_back({Column::src, {}, true});
    if (both || way == query::Way::In) ends.push_back({Column::dst, {}, false});
  } else if (asks(query::DerivedDimension::Interface)) {
    if (flow.has(Column::in_if)) ends.push_back({{}, Column::in_if, false});
    if (flow.has(Column::out_if)) ends.push_back({{}, Column::out_if, true});
  } else {
    ends.push_back({});
  }
  return ends;
}

Cell key_of(const query::Dimension& dimension, const FlowRecord& flow, const End& end) {
  if (const auto* column = std::get_if<Column>(&dimension)) return cell_of(flow, *column);
  switch (std::get<query::DerivedDimension>(dimension)) {
    case query::DerivedDimension::Host:
      return cell_of(flow, *end.host);
    case query::DerivedDimension::Interface:
      return cell_of(flow, *end.interface);
    case query::DerivedDimension::Way: {
      if (end.host || end.interface) return {word_of(end.out ? query::Way::Out : query::Way::In)};
      const auto way = way_of(flow);
      return way ? Cell{word_of(*way)} : Cell{};
    }
  }
  CHECK(false);
}

using Sums = std::vector<std::int64_t>;

void add(Sums& sums, const Sums& more) {
  sums.resize(more.size());
  for (std::size_t i = 0; i < more.size(); ++i) sums[i] += more[i];
}

// What the flow has inside the range; nothing when it neither ends nor has volume there.
std::optional<Sums> inside(const query::Plan& plan, const FlowRecord& flow,
                           query::TimeRange range) {
  const flow::Times times = flow::effective_times(flow);
  const auto share_of = [&](Column column, std::int64_t volume) {
    return flow.has(column) ? flow::share(volume, times, range.from, range.to) : 0;
  };
  const std::int64_t bytes = share_of(Column::bytes, flow.bytes);
  const std::int64_t packets = share_of(Column::packets, flow.packets);
  const std::int64_t flows = range.from <= times.end && times.end < range.to ? 1 : 0;
  if (bytes == 0 && packets == 0 && flows == 0) return std::nullopt;
  const std::int64_t rate =
      flow.has(Column::sampling_rate) && flow.sampling_rate > 0 ? flow.sampling_rate : 1;
  const std::map<Metric, std::int64_t> values = {
      {Metric::Bytes, bytes * rate}, {Metric::Packets, packets * rate},
      {Metric::Flows, flows * rate}, {Metric::RawBytes, bytes},
      {Metric::RawPackets, packets}, {Metric::RawFlows, flows}};
  Sums sums;
  for (const Metric metric : plan.metrics) sums.push_back(values.at(metric));
  return sums;
}

struct Group {
  Sums whole;                          // over the range
  std::map<base::UnixMs, Sums> steps;  // by their start; without a step one, at 0
};
using Groups = std::map<Keys, Group>;

void add_flow(const query::Plan& plan, const FlowRecord& flow, Group& group) {
  if (const auto whole = inside(plan, flow, plan.range)) add(group.whole, *whole);
  if (plan.step_ms == 0) return;
  query::CalendarSteps calendar(plan.calendar);
  for (base::UnixMs step = base::floor_to(plan.range.from, plan.step_ms); step < plan.range.to;
       step += plan.step_ms) {
    const query::TimeRange range{std::max(step, plan.range.from),
                                 std::min(step + plan.step_ms, plan.range.to)};
    if (const auto sums = inside(plan, flow, range))
      add(group.steps[calendar.begin_of(step)], *sums);
  }
}

Groups groups_of(const query::Plan& plan, const std::vector<FlowRecord>& flows) {
  Groups groups;
  if (plan.by.empty()) groups[{}];  // the total is there even if nothing is
  for (const FlowRecord& flow : flows) {
    if (!inside(plan, flow, plan.range) || !passes(plan.filter.root, flow)) continue;
    if (plan.counted_only && flow.has(Column::counted) && !flow.counted) continue;
    for (const End& end : ends_of(plan, flow)) {
      Keys keys;
      for (const auto& dimension : plan.by) keys.push_back(key_of(dimension, flow, end));
      add_flow(plan, flow, groups[keys]);
    }
  }
  for (auto& [keys, group] : groups) group.whole.resize(plan.metrics.size());
  return groups;
}

std::string text_of(const Cell& cell) {
  if (!cell.held) return {};
  const auto* word = std::get_if<Word>(&*cell.held);
  return word ? word->text : std::get<std::string>(*cell.held);
}

// Hands rows on in chunks of a few, so that more than one is always needed.
class Rows {
 public:
  Rows(std::vector<AnswerColumn> columns, query::AnswerSink& sink)
      : columns_(std::move(columns)), sink_(sink) {
    sink_.head(columns_);
    clear();
  }
  ~Rows() { flush(); }
  Rows(const Rows&) = delete;
  Rows& operator=(const Rows&) = delete;

  void add(const std::vector<Cell>& cells) {
    CHECK(cells.size() == columns_.size());
    for (std::size_t i = 0; i < cells.size(); ++i) add_cell(chunk_.columns[i], i, cells[i]);
    constexpr std::size_t kRowsPerChunk = 3;
    if (++chunk_.rows == kRowsPerChunk) flush();
  }

 private:
  void add_cell(query::AnswerValues& values, std::size_t column, const Cell& cell) {
    values.valid.push_back(cell.held ? 1 : 0);
    switch (columns_[column].type) {
      case AnswerType::Address:
        values.addresses.push_back(cell.held ? std::get<flow::Address>(*cell.held)
                                             : flow::Address{});
        return;
      case AnswerType::Text:
        texts_.push_back(text_of(cell));
        values.texts.push_back(texts_.back());
        return;
      case AnswerType::Number:
      case AnswerType::Time:
      case AnswerType::Flag:
      case AnswerType::Mac:
        values.numbers.push_back(cell.held ? std::get<std::int64_t>(*cell.held) : 0);
        return;
    }
  }
  void flush() {
    if (chunk_.rows > 0) sink_.chunk(chunk_);
    clear();
  }
  void clear() {
    chunk_ = {0, std::vector<query::AnswerValues>(columns_.size())};
    texts_.clear();
  }

  std::vector<AnswerColumn> columns_;
  query::AnswerSink& sink_;
  query::AnswerChunk chunk_;
  std::deque<std::string> texts_;
};

AnswerColumn head_of(const query::Dimension& dimension) {
  const std::string name(query::name_of(dimension));
  if (const auto* column = std::get_if<Column>(&dimension)) return {name, type_of(*column)};
  switch (std::get<query::DerivedDimension>(dimension)) {
    case query::DerivedDimension::Host:
      return {name, AnswerType::Address};
    case query::DerivedDimension::Interface:
      return {name, AnswerType::Number};
    case query::DerivedDimension::Way:
      return {name, AnswerType::Text};
  }
  CHECK(false);
}

void add_row(Rows& rows, const Keys& keys, const std::optional<base::UnixMs>& time,
             const Sums& sums) {
  std::vector<Cell> cells;
  if (time) cells.push_back({*time});
  cells.insert(cells.end(), keys.begin(), keys.end());
  for (const std::int64_t sum : sums) cells.push_back({sum});
  rows.add(cells);
}

query::AnswerSummary answer_sums(const query::Plan& plan, const std::vector<FlowRecord>& flows,
                                 query::AnswerSink& sink) {
  const Groups groups = groups_of(plan, flows);
  std::vector<const Groups::value_type*> ranked;
  for (const auto& group : groups) ranked.push_back(&group);
  // The map is in order of the keys already.
  std::ranges::stable_sort(ranked, [](const auto* left, const auto* right) {
    return left->second.whole.front() > right->second.whole.front();
  });

  std::vector<AnswerColumn> columns;
  if (plan.step_ms > 0) columns.push_back({"time", AnswerType::Time});
  for (const auto& dimension : plan.by) columns.push_back(head_of(dimension));
  for (const Metric metric : plan.metrics) {
    columns.push_back({std::string(query::name_of(metric)), AnswerType::Number});
  }
  query::AnswerSummary summary;
  summary.totals.resize(plan.metrics.size());
  summary.rest.resize(plan.metrics.size());
  Rows rows(std::move(columns), sink);
  for (std::size_t rank = 0; rank < ranked.size(); ++rank) {
    const auto& [keys, group] = *ranked[rank];
    add(summary.totals, group.whole);
    if (rank >= plan.top) {
      add(summary.rest, group.whole);
      ++summary.rest_groups;
    } else if (plan.step_ms == 0) {
      add_row(rows, keys, std::nullopt, group.whole);
    } else {
      for (const auto& [step, sums] : group.steps) add_row(rows, keys, step, sums);
    }
  }
  return summary;
}

void list_flows(const query::Plan& plan, const std::vector<FlowRecord>& flows,
                query::AnswerSink& sink) {
  std::vector<std::vector<Cell>> listed;
  for (const FlowRecord& flow : flows) {
    const flow::Times times = flow::effective_times(flow);
    if (times.end < plan.range.from || times.start >= plan.range.to) continue;
    if (!passes(plan.filter.root, flow)) continue;
    std::vector<Cell> cells;
    cells.reserve(flow::kColumns.size());
    for (const auto& spec : flow::kColumns) cells.push_back(cell_of(flow, spec.column));
    listed.push_back(std::move(cells));
  }
  constexpr auto kReceived = static_cast<std::size_t>(Column::received);
  std::ranges::stable_sort(listed, [](const auto& left, const auto& right) {
    return std::tie(left[kReceived], left) < std::tie(right[kReceived], right);
  });
  std::vector<AnswerColumn> columns;
  columns.reserve(flow::kColumns.size());
  for (const auto& spec : flow::kColumns) {
    columns.push_back({std::string(spec.name), type_of(spec.column)});
  }
  Rows rows(std::move(columns), sink);
  for (std::size_t i = 0; i < listed.size(); ++i) {
    if (plan.flows_limit == 0 || i < plan.flows_limit) rows.add(listed[i]);
  }
}

}  // namespace

bool passes(const query::NodePtr& root, const FlowRecord& flow) {
  if (!root) return true;
  const auto inner_passes = [&](const query::NodePtr& node) { return passes(node, flow); };
  if (const auto* condition = std::get_if<query::Condition>(&root->what)) {
    return holds(*condition, flow);
  }
  if (const auto* negated = std::get_if<query::Not>(&root->what)) {
    return !inner_passes(negated->inner);
  }
  if (const auto* both = std::get_if<query::And>(&root->what)) {
    return std::ranges::all_of(both->all, inner_passes);
  }
  return std::ranges::any_of(std::get<query::Or>(root->what).any, inner_passes);
}

query::AnswerSummary answer(const query::Plan& plan, const std::vector<FlowRecord>& flows,
                            query::AnswerSink& sink) {
  query::AnswerSummary summary;
  if (plan.flows) {
    list_flows(plan, flows, sink);
  } else {
    summary = answer_sums(plan, flows, sink);
  }
  summary.range = plan.range;
  summary.tier = "model";
  summary.counted_only = plan.counted_only;
  summary.bound.resize(plan.metrics.size());
  return summary;
}

}  // namespace model
