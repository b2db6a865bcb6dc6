#include "serve/client/http_client.h"

#include <array>
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <boost/url.hpp>
#include <charconv>
#include <optional>

#include "serve/socket_path.h"

namespace serve {
namespace {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
using base::Expected;
using base::IoError;
using base::Unexpected;
using boost::system::error_code;

constexpr std::size_t kErrorBodyOctetsMax = std::size_t{64} * 1024;

IoError io_error(std::string operation, std::string target, const error_code& failed) {
  const bool is_errno = failed.category() == boost::system::system_category();
  return {std::move(operation), std::move(target), is_errno ? failed.value() : 0,
          is_errno ? std::string() : failed.message()};
}

std::string name_of(const ServerPlace& place) {
  if (const auto* socket = std::get_if<std::filesystem::path>(&place)) return socket->string();
  const auto& url = std::get<ServerUrl>(place);
  const bool is_v6 = url.host.find(':') != std::string::npos;
  return (is_v6 ? "[" + url.host + "]" : url.host) + ":" + std::to_string(url.port);
}

// What came of one question. Templates over the two kinds of socket.
class Asking {
 public:
  Asking(const ServerPlace& place, const std::function<bool(std::string_view)>& body)
      : name_(name_of(place)), body_(body) {}

  template <class Socket>
  Expected<HttpAnswer, IoError> run(Socket& socket,
                                    const http::request<http::empty_body>& request) {
    error_code failed;
    http::write(socket, request, failed);
    if (failed) return Unexpected(io_error("ask", name_, failed));
    http::response_parser<http::buffer_body> parser;
    parser.body_limit(boost::none);
    beast::flat_buffer buffer;
    http::read_header(socket, buffer, parser, failed);
    if (failed) return Unexpected(io_error("read the answer of", name_, failed));
    HttpAnswer answer{parser.get().result_int(), {}};
    while (!parser.is_done()) {
      std::array<char, 64 * 1024> piece;
      parser.get().body().data = piece.data();
      parser.get().body().size = piece.size();
      http::read(socket, buffer, parser, failed);
      if (failed == http::error::need_buffer) failed = {};
      if (failed) return Unexpected(io_error("read the whole answer of", name_, failed));
      const std::string_view read(piece.data(), piece.size() - parser.get().body().size);
      if (!take(read, answer)) break;
    }
    return answer;
  }

  Expected<HttpAnswer, IoError> over_unix(const std::filesystem::path& path,
                                          const http::request<http::empty_body>& request) {
    const auto reached = SocketPath::of(path);
    if (!reached) return Unexpected(reached.error());
    asio::io_context io;
    asio::local::stream_protocol::socket socket(io);
    error_code failed;
    socket.connect(asio::local::stream_protocol::endpoint(reached->text()), failed);
    if (failed) return Unexpected(io_error("connect to", name_, failed));
    return run(socket, request);
  }

  Expected<HttpAnswer, IoError> over_tcp(const ServerUrl& url,
                                         const http::request<http::empty_body>& request) {
    asio::io_context io;
    asio::ip::tcp::resolver resolver(io);
    error_code failed;
    const auto found = resolver.resolve(url.host, std::to_string(url.port), failed);
    if (failed) return Unexpected(io_error("find", url.host, failed));
    asio::ip::tcp::socket socket(io);
    asio::connect(socket, found, failed);
    if (failed) return Unexpected(io_error("connect to", name_, failed));
    return run(socket, request);
  }

  const std::string& name() const { return name_; }

 private:
  bool take(std::string_view piece, HttpAnswer& answer) const {
    if (answer.status < 300) return piece.empty() || body_(piece);
    answer.error_body += piece.substr(0, kErrorBodyOctetsMax - answer.error_body.size());
    return true;
  }

  std::string name_;
  const std::function<bool(std::string_view)>& body_;
};

}  // namespace

Expected<ServerUrl, base::UserError> parse_server_url(std::string_view text) {
  const auto wrong = [&](std::string hint) {
    return Unexpected(base::UserError{
        "server",
        "expected a URL such as http://weir.example:3000, came `" + std::string(text) + "`",
        std::move(hint)});
  };
  if (text.find("://") == std::string_view::npos) return wrong("http://" + std::string(text));
  const auto parsed = boost::urls::parse_uri(text);
  if (!parsed) return wrong({});
  if (parsed->scheme() == "https") return wrong("https is not spoken yet");
  if (parsed->scheme() != "http" || parsed->encoded_host().empty()) return wrong({});
  if (parsed->has_query() || parsed->has_fragment()) return wrong("without what follows the path");
  ServerUrl url;
  url.host = parsed->host_address();
  if (parsed->has_port()) {
    const std::string_view port = parsed->port();  // port_number() lets 99999 pass
    const auto [end, failed] = std::from_chars(port.data(), port.data() + port.size(), url.port);
    if (failed != std::errc{} || url.port == 0) return wrong("ports are from 1 to 65535");
  }
  url.path = std::string(parsed->encoded_path());
  while (url.path.ends_with('/')) url.path.pop_back();
  return url;
}

Expected<HttpAnswer, IoError> http_get(const ServerPlace& place, std::string_view target,
                                       std::string_view token,
                                       const std::function<bool(std::string_view)>& body) {
  Asking asking(place, body);
  const auto* url = std::get_if<ServerUrl>(&place);
  http::request<http::empty_body> request{http::verb::get, "", 11};
  request.target((url != nullptr ? url->path : "") + std::string(target));
  request.set(http::field::host, url != nullptr ? asking.name() : "localhost");
  request.set(http::field::connection, "close");
  if (!token.empty()) {
    request.set(http::field::authorization, "Bearer " + std::string(token));
  }
  if (url != nullptr) return asking.over_tcp(*url, request);
  return asking.over_unix(std::get<std::filesystem::path>(place), request);
}

}  // namespace serve
