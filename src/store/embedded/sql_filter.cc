#include "store/embedded/sql_filter.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

#include "base/check.h"

namespace store {
namespace {

using flow::ColumnType;
using query::Condition;
using query::Derived;
using query::NodePtr;
using query::Subject;

constexpr const char* kNever = "FALSE";

std::string joined(const std::vector<std::string>& terms, std::string_view with) {
  if (terms.size() == 1) return terms.front();
  return fmt::format("({})", fmt::join(terms, with));
}

// The type in which a subject's values are compared, so that the column itself needs no cast and
// its statistics can be used.
ColumnType type_of(const Subject& subject) {
  if (const auto* column = std::get_if<flow::Column>(&subject)) return flow::spec(*column).type;
  switch (std::get<Derived>(subject)) {
    case Derived::Duration:
      return ColumnType::Counter;
    case Derived::Way:
      return ColumnType::Word;
  }
  CHECK(false);
}

std::uint64_t largest(ColumnType type) {
  switch (type) {
    case ColumnType::U8:
    case ColumnType::Word:
      return std::numeric_limits<std::uint8_t>::max();
    case ColumnType::U16:
      return std::numeric_limits<std::uint16_t>::max();
    case ColumnType::U32:
      return std::numeric_limits<std::uint32_t>::max();
    case ColumnType::Flag:
      return 1;
    case ColumnType::Time:
      return std::numeric_limits<std::int64_t>::max() / 1'000;  // microseconds in the engine
    case ColumnType::Address:
    case ColumnType::Counter:
    case ColumnType::Mac:
    case ColumnType::Name:
      return static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  }
  CHECK(false);
}

// One condition on one subject.
class ConditionSql {
 public:
  ConditionSql(const Subject& subject, const SubjectSql& names, duck::Sql& sql)
      : type_(type_of(subject)),
        is_site_(subject == Subject{flow::Column::site}),
        whole_(names(subject, FlowField::Half::Whole)),
        sql_(sql) {
    if (type_ == ColumnType::Address) {
      whole_.clear();
      high_ = names(subject, FlowField::Half::High);
      low_ = names(subject, FlowField::Half::Low);
    }
  }

  // The function that maps an address or a network to the pair of columns.
  std::string operator()(const flow::Network& network) {
    if (high_.empty()) return kNever;
    const flow::Address first = network.address;
    const flow::Address last = network.last();
    if (network.length <= 64) return between(high_, number(first.hi), number(last.hi));
    return fmt::format("({} = {} AND {})", high_, number(first.hi),
                       first == last ? fmt::format("{} = {}", low_, number(first.lo))
                                     : between(low_, number(first.lo), number(last.lo)));
  }

  std::string operator()(const query::NumberRange& range) {
    if (whole_.empty() || type_ == ColumnType::Name || range.low > largest(type_)) return kNever;
    const std::uint64_t high = std::min(range.high, largest(type_));
    if (range.low == high) return fmt::format("{} = {}", whole_, number(high));
    return between(whole_, number(range.low), number(high));
  }

  std::string operator()(const query::TextPattern& pattern) {
    if (whole_.empty() || type_ != ColumnType::Name) return kNever;
    std::string like;
    for (const char c : pattern.text) {
      if (c == '%' || c == '_' || c == '\\') like += '\\';
      like += c == '*' ? '%' : c;
    }
    const auto is_like = [&](std::string text) {
      return fmt::format("{} ILIKE {} ESCAPE '\\'", whole_, sql_.parameter(std::move(text)));
    };
    // A site's name stands for those below it too.
    if (!is_site_ || like.empty() || pattern.text.find('*') != std::string::npos) {
      return is_like(std::move(like));
    }
    const std::string below = "%." + like;
    return fmt::format("({} OR {})", is_like(std::move(like)), is_like(below));
  }

  std::string operator()(const query::BitsSet& bits) {
    if (whole_.empty() || type_ == ColumnType::Name) return kNever;
    if (bits.mask == 0) return fmt::format("{} IS NOT NULL", whole_);
    const std::string mask = number(bits.mask);
    return fmt::format("({} & {}) = {}", whole_, mask, mask);
  }

 private:
  static std::string between(const std::string& column, const std::string& low,
                             const std::string& high) {
    return fmt::format("{} BETWEEN {} AND {}", column, low, high);
  }
  std::string number(std::uint64_t value) {
    if (type_ == ColumnType::Time) {
      return sql_.parameter(duck::TimestampMs{static_cast<base::UnixMs>(value)});
    }
    return fmt::format("{}::{}", sql_.parameter(value), sql_type_of(type_));
  }

  ColumnType type_;
  bool is_site_;
  std::string whole_;
  std::string high_;
  std::string low_;
  duck::Sql& sql_;
};

std::string condition_sql(const Condition& condition, const SubjectSql& names, duck::Sql& sql) {
  std::vector<std::string> terms;
  for (const Subject& subject : condition.subjects) {
    ConditionSql one(subject, names, sql);
    std::visit(
        [&](const auto& values) {
          for (const auto& value : values) terms.push_back(one(value));
        },
        condition.any_of);
  }
  std::erase(terms, kNever);
  return terms.empty() ? kNever : joined(terms, " OR ");
}

NodePtr node(decltype(query::Node::what) what) {
  return std::make_shared<const query::Node>(query::Node{std::move(what)});
}

// A few hosts, or small networks, at either end.
bool is_either_end(const Condition& condition) {
  constexpr std::size_t kFew = 16;
  constexpr std::uint8_t kSmall = 112;  // an IPv4 /16
  const auto* networks = std::get_if<std::vector<flow::Network>>(&condition.any_of);
  return condition.subjects.size() == 2 && networks != nullptr && networks->size() <= kFew &&
         std::ranges::all_of(*networks,
                             [](const flow::Network& network) { return network.length >= kSmall; });
}

}  // namespace

std::string filter_sql(const NodePtr& root, const SubjectSql& subject, duck::Sql& sql) {
  if (root == nullptr) return "TRUE";
  if (const auto* condition = std::get_if<Condition>(&root->what)) {
    return condition_sql(*condition, subject, sql);
  }
  if (const auto* negated = std::get_if<query::Not>(&root->what)) {
    return fmt::format("({} IS NOT TRUE)", filter_sql(negated->inner, subject, sql));
  }
  const auto* all = std::get_if<query::And>(&root->what);
  std::vector<std::string> terms;
  for (const auto& inner : all != nullptr ? all->all : std::get<query::Or>(root->what).any) {
    terms.push_back(filter_sql(inner, subject, sql));
  }
  if (terms.empty()) return all != nullptr ? "TRUE" : kNever;
  return joined(terms, all != nullptr ? " AND " : " OR ");
}

std::vector<NodePtr> disjoint_filters(const NodePtr& root) {
  if (root == nullptr) return {root};
  const auto* all = std::get_if<query::And>(&root->what);
  const std::vector<NodePtr> terms = all != nullptr ? all->all : std::vector{root};
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const auto* condition = std::get_if<Condition>(&terms[i]->what);
    if (condition == nullptr || !is_either_end(*condition)) continue;
    const NodePtr first = node(Condition{{condition->subjects[0]}, condition->any_of});
    const NodePtr second = node(Condition{{condition->subjects[1]}, condition->any_of});
    auto at_first = terms;
    at_first[i] = first;
    auto at_second_only = terms;
    at_second_only[i] = second;
    at_second_only.push_back(node(query::Not{first}));
    return {node(query::And{std::move(at_first)}), node(query::And{std::move(at_second_only)})};
  }
  return {root};
}

}  // namespace store
