#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <string>
#include <string_view>
#include <variant>

#include "base/result.h"

// Asking a running server, for the command line.
namespace serve {

// A server by its URL: "http://weir.example:3000", perhaps with a path that a proxy serves it
// under.
struct ServerUrl {
  std::string host;
  std::uint16_t port = 80;
  std::string path;  // without a slash at its end
};
base::Expected<ServerUrl, base::UserError> parse_server_url(std::string_view text);

// One that is reached by its URL, or by the socket in the folder that it holds.
using ServerPlace = std::variant<ServerUrl, std::filesystem::path>;

struct HttpAnswer {
  unsigned status = 0;
  std::string error_body;  // of a status that is no success, cut at 64 KiB; else empty
};

// GETs `target` ("/api/v1/…") and hands a successful answer's body on in pieces as it comes, in
// constant memory; `body` answers false to stop. `token` may be empty. Blocks. An answer that ends
// before it is whole is an error.
base::Expected<HttpAnswer, base::IoError> http_get(
    const ServerPlace& place, std::string_view target, std::string_view token,
    const std::function<bool(std::string_view)>& body);

}  // namespace serve
