#include "serve/api/json_body.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <boost/json.hpp>

#include "base/json_text.h"

namespace serve {

namespace json = boost::json;

base::Expected<BodyTexts, base::UserError> parse_body(
    std::string_view body, std::initializer_list<std::string_view> required,
    std::initializer_list<std::string_view> optional) {
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
  const auto known = [&](std::string_view name) {
    return std::find(required.begin(), required.end(), name) != required.end() ||
           std::find(optional.begin(), optional.end(), name) != optional.end();
  };
  BodyTexts texts;
  for (const auto& member : parsed.get_object()) {
    const std::string name(member.key().data(), member.key().size());
    if (!known(name)) {
      return base::Unexpected(
          base::UserError{name, "no such member is known",
                          fmt::format("known: {}{}{}", fmt::join(required, ", "),
                                      optional.size() > 0 ? ", " : "", fmt::join(optional, ", "))});
    }
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
