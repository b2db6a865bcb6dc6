#include "serve/api/json_body.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>
#include <vector>

#include "base/json_text.h"

namespace serve {

namespace json = boost::json;

base::Expected<json::object, base::UserError> parse_object(
    std::string_view body, std::span<const std::string_view> known) {
  boost::system::error_code error;
  json::parse_options options;
  options.max_depth = 2;
  const json::value parsed = json::parse({body.data(), body.size()}, error, {}, options);
  if (error || !parsed.is_object()) {
    return base::Unexpected(base::UserError{
        "body",
        fmt::format("expected one JSON object{}", error ? ": " + error.message() : std::string()),
        ""});
  }
  for (const auto& member : parsed.get_object()) {
    const std::string_view name(member.key().data(), member.key().size());
    if (std::find(known.begin(), known.end(), name) != known.end()) continue;
    return base::Unexpected(base::UserError{std::string(name), "no such member is known",
                                            fmt::format("known: {}", fmt::join(known, ", "))});
  }
  return parsed.get_object();
}

base::Expected<BodyTexts, base::UserError> parse_body(
    std::string_view body, std::initializer_list<std::string_view> required,
    std::initializer_list<std::string_view> optional) {
  std::vector<std::string_view> known(required);
  known.insert(known.end(), optional.begin(), optional.end());
  const auto object = parse_object(body, known);
  if (!object) return base::Unexpected(object.error());
  BodyTexts texts;
  for (const auto& member : *object) {
    const std::string name(member.key().data(), member.key().size());
    if (!member.value().is_string()) {
      return base::Unexpected(base::UserError{name, "expected a text", ""});
    }
    texts[name] = std::string(member.value().get_string());
  }
  for (const std::string_view name : required) {
    if (texts.contains(name)) continue;
    return base::Unexpected(
        base::UserError{std::string(name), "expected a text, the body has none of this name", ""});
  }
  return texts;
}

Response json_response(int status, const json::value& value) {
  return {.status = status, .body = base::valid_utf8(json::serialize(value)) + "\n"};
}

}  // namespace serve
