#include <cstddef>
#include <cstdint>
#include <string>

#include "base/check.h"
#include "base/json_text.h"
#include "serve/api/hosts.h"
#include "serve/api/http.h"
#include "serve/api/json_body.h"

// What a stranger sends and we read ourselves, behind the HTTP library: query, Cookie, Host, body.
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const serve::Hosts hosts({"weir.example"});
  const std::string text(data, data + size);

  if (const auto parameters = serve::Parameters::parse(text)) {
    CHECK(parameters->all().size() <= serve::Parameters::kParametersMax);
    for (const auto& [name, value] : parameters->all()) {
      CHECK(parameters->find(name).has_value());
      CHECK(value.find('\0') == std::string::npos && value.size() <= size);
    }
  } else {
    // It quotes the text, and is valid all the same.
    const std::string body = serve::error_response(400, parameters.error()).body;
    CHECK(base::valid_utf8(body) == body);
  }
  if (const auto cookie = serve::find_cookie(text, "weir_session")) {
    CHECK(cookie->find(';') == std::string_view::npos);
  }
  if (const auto host = serve::host_without_port(text)) {
    CHECK(!host->empty() && host->size() <= size);
  } else {
    CHECK(!hosts.ours(text, {}));
  }
  if (const auto body = serve::parse_body(text, {"name"}, {"role"})) {
    CHECK(body->size() <= 2 && body->contains("name"));
  }
  return 0;
}
