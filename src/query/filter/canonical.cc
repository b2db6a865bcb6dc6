#include <algorithm>

#include "query/filter/filter.h"
#include "query/filter/keys.h"
#include "query/filter/values.h"

namespace query {
namespace {

// How tightly the place binds in which a node is written; a looser node needs parentheses there.
enum class Binding { Either, Both, Negated };

std::string write(const NodePtr& node, Binding place);

std::string write(const Condition& condition) {
  const Key& key = canonical_key(condition);
  std::string text = std::string(key.name) + ":";
  const auto append = [&](const auto& values) {
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (i > 0) text += ',';
      text += write_value(key, values[i]);
    }
  };
  std::visit(append, condition.any_of);
  return text;
}

std::string join(const std::vector<NodePtr>& nodes, std::string_view between, Binding place) {
  std::string text;
  for (const NodePtr& node : nodes) {
    if (!text.empty()) text += between;
    text += write(node, place);
  }
  return text;
}

std::string in_parentheses(bool needed, std::string text) {
  return needed ? "(" + text + ")" : std::move(text);
}

std::string write(const NodePtr& node, Binding place) {
  if (const auto* condition = std::get_if<Condition>(&node->what)) return write(*condition);
  if (const auto* negated = std::get_if<Not>(&node->what)) {
    return "-" + write(negated->inner, Binding::Negated);
  }
  if (const auto* both = std::get_if<And>(&node->what)) {
    return in_parentheses(place == Binding::Negated, join(both->all, " ", Binding::Both));
  }
  return in_parentheses(place != Binding::Either,
                        join(std::get<Or>(node->what).any, " | ", Binding::Either));
}

flow::ColumnMask columns_of(const Subject& subject) {
  using flow::bit;
  using flow::Column;
  if (const auto* column = std::get_if<Column>(&subject)) return bit(*column);
  if (std::get<Derived>(subject) == Derived::Way) return bit(Column::locality);
  return bit(Column::start) | bit(Column::end) | bit(Column::export_time) | bit(Column::received);
}

bool same_trees(const std::vector<NodePtr>& left, const std::vector<NodePtr>& right) {
  return std::ranges::equal(left, right, same_tree);
}

}  // namespace

std::string canonical_text(const NodePtr& root) {
  return root ? write(root, Binding::Either) : std::string{};
}

bool same_tree(const NodePtr& left, const NodePtr& right) {
  if (!left || !right) return left == right;
  if (left->what.index() != right->what.index()) return false;
  if (const auto* condition = std::get_if<Condition>(&left->what)) {
    return *condition == std::get<Condition>(right->what);
  }
  if (const auto* negated = std::get_if<Not>(&left->what)) {
    return same_tree(negated->inner, std::get<Not>(right->what).inner);
  }
  if (const auto* both = std::get_if<And>(&left->what)) {
    return same_trees(both->all, std::get<And>(right->what).all);
  }
  return same_trees(std::get<Or>(left->what).any, std::get<Or>(right->what).any);
}

flow::ColumnMask columns_of(const NodePtr& root) {
  if (!root) return 0;
  flow::ColumnMask columns = 0;
  const auto add = [&](const std::vector<NodePtr>& nodes) {
    for (const NodePtr& node : nodes) columns |= columns_of(node);
  };
  if (const auto* condition = std::get_if<Condition>(&root->what)) {
    for (const Subject& subject : condition->subjects) columns |= columns_of(subject);
  } else if (const auto* negated = std::get_if<Not>(&root->what)) {
    columns = columns_of(negated->inner);
  } else if (const auto* both = std::get_if<And>(&root->what)) {
    add(both->all);
  } else {
    add(std::get<Or>(root->what).any);
  }
  return columns;
}

}  // namespace query
