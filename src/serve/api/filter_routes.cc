#include <fmt/format.h>

#include <boost/json.hpp>
#include <charconv>

#include "serve/api/json_body.h"
#include "serve/api/routes.h"

namespace serve {
namespace {

namespace json = boost::json;

std::string_view subject_name(const query::Subject& subject) {
  if (const auto* column = std::get_if<flow::Column>(&subject)) return flow::spec(*column).name;
  switch (std::get<query::Derived>(subject)) {
    case query::Derived::Duration:
      return "dur";
    case query::Derived::Way:
      return "dir";
  }
  return {};
}

json::value tree_json(const query::NodePtr& node);

json::array list_json(const std::vector<query::NodePtr>& nodes) {
  json::array list;
  for (const query::NodePtr& node : nodes) list.push_back(tree_json(node));
  return list;
}

// {"and":[…]}, {"or":[…]}, {"not":…} or {"condition":text,"subjects":[…]}; null: no condition.
// As deep as the parser lets filters nest.
json::value tree_json(const query::NodePtr& node) {
  if (!node) return nullptr;
  if (const auto* both = std::get_if<query::And>(&node->what)) {
    return json::object{{"and", list_json(both->all)}};
  }
  if (const auto* either = std::get_if<query::Or>(&node->what)) {
    return json::object{{"or", list_json(either->any)}};
  }
  if (const auto* negated = std::get_if<query::Not>(&node->what)) {
    return json::object{{"not", tree_json(negated->inner)}};
  }
  json::array subjects;
  for (const query::Subject& subject : std::get<query::Condition>(node->what).subjects) {
    subjects.push_back(json::value(subject_name(subject)));
  }
  return json::object{{"condition", query::canonical_text(node)},
                      {"subjects", std::move(subjects)}};
}

// The parts that all must hold, each as text: what a page shows as chips.
json::array chips_json(const query::NodePtr& root) {
  json::array chips;
  if (!root) return chips;
  const auto* both = std::get_if<query::And>(&root->what);
  const std::vector<query::NodePtr> parts = both == nullptr ? std::vector{root} : both->all;
  for (const query::NodePtr& part : parts) {
    const bool negated = std::holds_alternative<query::Not>(part->what);
    chips.push_back(json::object{{"text", query::canonical_text(part)}, {"negated", negated}});
  }
  return chips;
}

json::array errors_json(const std::vector<query::FilterError>& errors) {
  json::array told;
  for (const query::FilterError& error : errors) {
    told.push_back(json::object{
        {"from", error.from}, {"to", error.to}, {"msg", error.message}, {"hint", error.hint}});
  }
  return told;
}

}  // namespace

std::optional<Response> get_filter(Api& api, const Call& call) {
  const std::string_view text = call.parameter("text");
  std::size_t position = text.size();
  if (const std::string_view said = call.parameter("pos"); !said.empty()) {
    const auto [end, error] = std::from_chars(said.data(), said.data() + said.size(), position);
    if (error != std::errc() || end != said.data() + said.size()) {
      return error_response(
          400, {"pos", fmt::format("expected a number of octets, '{}' came", said), ""});
    }
  }
  const auto tables = api.sources().tables.get();
  const auto filter = query::parse_filter(text, tables->folded_names);
  json::array completions;
  for (const query::Completion& completion :
       query::complete_filter(text, position, tables->folded_names)) {
    completions.push_back(json::object{
        {"insert", completion.insert}, {"label", completion.label}, {"detail", completion.detail}});
  }
  return json_response(
      200, json::object{{"canonical", filter ? json::value(filter->canonical) : nullptr},
                        {"ast", filter ? tree_json(filter->root) : nullptr},
                        {"chips", filter ? chips_json(filter->root) : json::array()},
                        {"errors", filter ? json::array() : errors_json(filter.error())},
                        {"completions", std::move(completions)}});
}

}  // namespace serve
