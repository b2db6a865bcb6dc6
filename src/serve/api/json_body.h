#pragma once

#include <boost/json/object.hpp>
#include <initializer_list>
#include <map>
#include <span>
#include <string>
#include <string_view>

#include "base/result.h"
#include "serve/api/http.h"

namespace serve {

// The members of a request's JSON body: one object whose members are texts, of the names given.
// Anything else is an error that names the member.
using BodyTexts = std::map<std::string, std::string, std::less<>>;
base::Expected<BodyTexts, base::UserError> parse_body(
    std::string_view body, std::initializer_list<std::string_view> required,
    std::initializer_list<std::string_view> optional = {});

// The same for members of any type, none of them required.
base::Expected<boost::json::object, base::UserError> parse_object(
    std::string_view body, std::span<const std::string_view> known);

// An answer of JSON. Octets in its texts that are no UTF-8 become U+FFFD.
Response json_response(int status, const boost::json::value& value);

}  // namespace serve
