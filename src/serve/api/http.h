#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/result.h"
#include "flow/address.h"
#include "query/plan/answer.h"

// Requests and answers as the routes see them. The HTTP library is known to connection.cc and
// http_server.cc alone.
namespace serve {

enum class Method : std::uint8_t { Get, Post, Put, Delete, Other };
// "GET", …; "other" for those that no route takes.
std::string_view to_text(Method method);

using NamedText = std::pair<std::string, std::string>;

// What came behind the question mark, in order. A few dozen at most: see kParametersMax.
class Parameters {
 public:
  static constexpr std::size_t kParametersMax = 64;

  // Percent and plus signs decoded. An error names the octet that is not as it should be.
  static base::Expected<Parameters, base::UserError> parse(std::string_view query);

  // The first of that name; empty optional: not given.
  std::optional<std::string_view> find(std::string_view name) const;
  const std::vector<NamedText>& all() const { return all_; }

 private:
  std::vector<NamedText> all_;
};

// Where a request came from.
struct Peer {
  bool unix_socket = false;  // its credentials were looked at when it connected
  bool loopback = false;
  flow::Address address = {};  // of the client; unspecified for the Unix socket
  flow::Address local = {};    // that the client reached us by
};

struct Request {
  Method method = Method::Other;
  std::string path;                // without the query, not decoded: no route needs it
  std::string query;               // behind the question mark, not decoded
  std::vector<NamedText> headers;  // names in lower case; only those that kHeadersRead names
  std::string body;
  Peer peer;

  // The header's value; empty: not sent. `name` in lower case.
  std::string_view header(std::string_view name) const;
};

// Headers that any route or check looks at; the others are not kept.
inline constexpr std::string_view kHeadersRead[] = {
    "host",        "authorization",     "cookie",          "content-type", "origin",
    "x-weir-csrf", "x-weir-setup-code", "accept-encoding", "if-none-match"};

// The value of a cookie in a Cookie header; empty optional: it is not there.
std::optional<std::string_view> find_cookie(std::string_view header, std::string_view name);

struct Response {
  int status = 200;
  std::string content_type = "application/json";
  std::string body = {};
  std::vector<NamedText> headers = {};
  // The body goes on with an event about once a second until the client goes: see events.cc.
  bool events_follow = false;
};

// "Not Found", …
std::string_view status_text(int status);

// An error body {"error":{"where":…,"what":…,"hint":…}}; from and to (octets of the text that
// `where` names) only where an error has them.
struct Span {
  std::size_t from = 0;
  std::size_t to = 0;
};
Response error_response(int status, const base::UserError& error,
                        std::optional<Span> span = std::nullopt);

// Takes an answer of unknown length. Used by the one thread that runs the request.
class Exchange {
 public:
  virtual ~Exchange() = default;
  // Sends status and headers; `head.body` is the first piece of the body. Once.
  virtual void start(Response head) = 0;
  // Waits until the client took enough of it. False: the client has gone or takes nothing.
  virtual bool write(std::string_view piece) = 0;
  // The answer broke off: closes without the mark of a complete body, so that the client knows.
  virtual void break_off() = 0;
  // Set when the client goes while the request runs.
  virtual const query::Cancel& gone() const = 0;
};

}  // namespace serve
