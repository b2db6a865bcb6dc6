#include "serve/api/connection.h"

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <sys/socket.h>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core.hpp>
#include <boost/beast/http.hpp>
#include <chrono>
#include <semaphore>
#include <utility>
#include <vector>

#include "base/check.h"
#include "base/clock.h"
#include "base/letters.h"
#include "serve/api/throttle.h"

namespace serve {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::system::error_code;

namespace {

// Sent with every answer. The page and the API are one origin, load nothing from elsewhere and are
// framed by nobody.
constexpr std::string_view kSecurityHeaders =
    "X-Content-Type-Options: nosniff\r\n"
    "X-Frame-Options: DENY\r\n"
    "Referrer-Policy: same-origin\r\n"
    "Cross-Origin-Opener-Policy: same-origin\r\n"
    "Cross-Origin-Resource-Policy: same-origin\r\n"
    "Content-Security-Policy: default-src 'self'; base-uri 'self'; form-action 'self'; "
    "frame-ancestors 'none'; object-src 'none'\r\n";

Method method_of(http::verb verb) {
  if (verb == http::verb::get) return Method::Get;
  if (verb == http::verb::post) return Method::Post;
  if (verb == http::verb::put) return Method::Put;
  if (verb == http::verb::delete_) return Method::Delete;
  return Method::Other;
}

Request request_of(http::request<http::string_body>&& message, const Peer& peer) {
  Request request;
  request.method = method_of(message.method());
  const std::string_view target{message.target().data(), message.target().size()};
  const std::size_t question = target.find('?');
  request.path = target.substr(0, question);
  if (question != std::string_view::npos) request.query = target.substr(question + 1);
  for (const auto& field : message) {
    const std::string name = base::lower({field.name_string().data(), field.name_string().size()});
    for (const std::string_view read : kHeadersRead) {
      if (name != read) continue;
      request.headers.emplace_back(name, std::string(field.value().data(), field.value().size()));
    }
  }
  request.body = std::move(message.body());
  request.peer = peer;
  return request;
}

// What kind of end the body of an answer has.
enum class Framing : std::uint8_t { Length, Chunked, UntilClose };

std::string head_text(const Response& response, Framing framing, bool keep_alive) {
  const auto now_s = static_cast<std::time_t>(base::SystemClock().now_ms() / base::kMsPerSecond);
  std::string head =
      fmt::format("HTTP/1.1 {} {}\r\nDate: {:%a, %d %b %Y %H:%M:%S} GMT\r\n{}", response.status,
                  status_text(response.status), fmt::gmtime(now_s), kSecurityHeaders);
  bool cache_said = false;
  for (const auto& [name, value] : response.headers) {
    head += fmt::format("{}: {}\r\n", name, value);
    cache_said = cache_said || name == "Cache-Control";
  }
  if (!cache_said) head += "Cache-Control: no-store\r\n";
  if (!response.content_type.empty()) {
    head += fmt::format("Content-Type: {}\r\n", response.content_type);
  }
  if (framing == Framing::Chunked) head += "Transfer-Encoding: chunked\r\n";
  const bool never_has_body = response.status == 204 || response.status == 304;
  if (framing == Framing::Length && !never_has_body) {
    head += fmt::format("Content-Length: {}\r\n", response.body.size());
  }
  head += keep_alive ? "Connection: keep-alive\r\n\r\n" : "Connection: close\r\n\r\n";
  return head;
}

}  // namespace

// One client's socket. All members but those of a running streamed answer belong to the socket
// thread; a request runs on another thread, one at a time, and meanwhile the socket thread only
// looks whether the client is still there.
class Connection final : public Exchange, public std::enable_shared_from_this<Connection> {
  using Duration = std::chrono::steady_clock::duration;

 public:
  Connection(asio::generic::stream_protocol::socket socket, const Peer& peer, ConnectionHost& host)
      : stream_(std::move(socket)), peer_(peer), host_(host) {
    host_.open.insert(this);
    if (counts_per_address()) ++host_.per_address[client_network(peer_.address)];
    host_.counters.connections_open.set(host_.open.size());
  }
  ~Connection() override = default;

  // Socket thread.
  void read_request();
  void close();
  void send_event(const std::string& text);

  // The thread that runs the request.
  void start(Response head) override;
  bool write(std::string_view piece) override;
  void break_off() override { broken_off_ = true; }
  const query::Cancel& gone() const override { return *gone_; }
  ConnectionHost& host() { return host_; }
  void finish(std::optional<Response> response);

 private:
  bool counts_per_address() const { return !peer_.unix_socket && !peer_.loopback; }
  void on_read(error_code error);
  void refuse(error_code error);
  void hand_over(Request request);
  void watch_client();
  void send(std::string text, bool keep_alive);
  void send_rest();
  void linger();
  void end_in_reset(bool does);
  bool flush(bool last);
  void begin_events(const Response& head);
  void watch_event_client();

  beast::basic_stream<asio::generic::stream_protocol> stream_;
  const Peer peer_;
  ConnectionHost& host_;
  beast::flat_buffer buffer_{std::size_t{64} * 1024};
  std::optional<http::request_parser<http::string_body>> parser_;
  bool first_request_ = true;
  bool keep_alive_ = false;
  bool head_only_ = false;
  bool http_1_0_ = false;
  bool closed_ = false;
  bool watching_ = false;
  bool ends_in_reset_ = false;
  std::size_t lingered_octets_ = 0;
  std::string outgoing_;  // the answer that send() is sending, and how much of it has gone
  std::size_t outgoing_sent_ = 0;
  std::optional<query::Cancel> gone_;  // one per request
  bool running_ = false;

  // Of an event stream: the event that is on its way, and when the stream ends.
  std::string event_;
  std::chrono::steady_clock::time_point events_end_;

  // Of the streamed answer that runs; touched by its thread, and by the socket thread only between
  // a flush() and its end.
  bool streaming_ = false;
  bool chunked_ = false;
  bool broken_off_ = false;
  Duration waited_{};  // for the client to take what was flushed
  std::string unsent_head_;
  std::string piece_;
};

void Connection::read_request() {
  parser_.emplace();
  parser_->header_limit(host_.options.header_octets_max);
  parser_->body_limit(host_.options.body_octets_max);
  const bool waits_idle = !first_request_ && buffer_.size() == 0;
  first_request_ = false;
  if (!waits_idle) {
    stream_.expires_after(host_.options.request_timeout);
    http::async_read(
        stream_, buffer_, *parser_,
        [self = shared_from_this()](error_code error, std::size_t) { self->on_read(error); });
    return;
  }
  stream_.expires_after(host_.options.idle_timeout);
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](error_code error, std::size_t octets) {
                            self->buffer_.commit(octets);
                            if (error) return self->on_read(error);
                            self->read_request();
                          });
}

void Connection::on_read(error_code error) {
  if (closed_) return;
  if (error) return refuse(error);
  host_.counters.requests.add();
  stream_.expires_never();
  auto message = parser_->release();
  http_1_0_ = message.version() < 11;
  keep_alive_ = message.keep_alive();
  head_only_ = message.method() == http::verb::head;
  if (head_only_) message.method(http::verb::get);
  hand_over(request_of(std::move(message), peer_));
}

// What came is not a request that we take: says why where that can still be read.
void Connection::refuse(error_code error) {
  if (error == beast::error::timeout) {
    host_.counters.timed_out.add();
    return close();
  }
  const error_code end = http::error::end_of_stream;
  if (error == end || error.category() != end.category()) return close();

  head_only_ = false;
  Response response;
  if (error == http::error::body_limit) {
    host_.counters.too_large.add();
    response = error_response(
        413,
        {"body", fmt::format("expected at most {} octets", host_.options.body_octets_max), ""});
  } else if (error == http::error::header_limit || error == http::error::buffer_overflow) {
    host_.counters.too_large.add();
    response = error_response(
        431,
        {"header", fmt::format("expected at most {} octets", host_.options.header_octets_max), ""});
  } else {
    host_.counters.malformed.add();
    response = error_response(
        400, {"request", fmt::format("expected an HTTP/1.1 request: {}", error.message()), ""});
  }
  const std::string head = head_text(response, Framing::Length, false);
  send(head + response.body, false);
}

void Connection::hand_over(Request request) {
  gone_.emplace();
  streaming_ = false;
  broken_off_ = false;
  const Lane lane = host_.api.lane(request);
  Job job{shared_from_this(), std::move(request)};
  if (host_.jobs(lane).try_push(job)) {
    running_ = true;
    return watch_client();
  }

  host_.counters.busy.add();
  Response response = error_response(
      503, {"server", fmt::format("{} requests wait already", host_.options.waiting_max),
            "ask again in a moment"});
  response.headers.emplace_back("Retry-After", "2");
  send(head_text(response, Framing::Length, keep_alive_) + response.body, keep_alive_);
}

// Sets gone_ when the client closes while its request runs. One wait at a time; one that outlives
// its request serves the next.
void Connection::watch_client() {
  if (watching_) return;
  watching_ = true;
  stream_.socket().async_wait(
      asio::socket_base::wait_read, [self = shared_from_this()](error_code error) {
        self->watching_ = false;
        if (error || self->closed_) return;
        char octet = 0;
        const auto count =
            ::recv(self->stream_.socket().native_handle(), &octet, 1, MSG_PEEK | MSG_DONTWAIT);
        if (!self->running_) return;
        if (count == 0 || (count < 0 && errno != EAGAIN)) self->gone_->set();
      });
}

void Connection::send(std::string text, bool keep_alive) {
  if (closed_) return;
  keep_alive_ = keep_alive;
  outgoing_ = std::move(text);
  outgoing_sent_ = 0;
  send_rest();
}

// In pieces, so that a long answer over a slow line has the time it needs.
void Connection::send_rest() {
  stream_.expires_after(host_.options.write_timeout);
  const auto piece =
      asio::buffer(asio::buffer(outgoing_) + outgoing_sent_, host_.options.piece_octets);
  asio::async_write(stream_, piece,
                    [self = shared_from_this()](error_code error, std::size_t sent) {
                      if (error == beast::error::timeout) self->host_.counters.timed_out.add();
                      if (error) return self->close();
                      self->outgoing_sent_ += sent;
                      if (self->outgoing_sent_ < self->outgoing_.size()) return self->send_rest();
                      self->outgoing_ = {};
                      if (self->keep_alive_) return self->read_request();
                      self->linger();
                    });
}

// Closing while unread octets lie in the socket would reset the connection and may destroy the
// answer on its way: says that nothing more comes, then reads a bounded rest.
void Connection::linger() {
  constexpr std::size_t kLingerOctetsMax = std::size_t{1} << 20;
  error_code ignored;
  if (lingered_octets_ == 0) {
    stream_.expires_after(std::chrono::seconds(1));
    stream_.socket().shutdown(asio::socket_base::shutdown_send, ignored);
  }
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(std::size_t{16} * 1024),
                          [self = shared_from_this()](error_code error, std::size_t octets) {
                            self->lingered_octets_ += octets;
                            if (error || self->lingered_octets_ > kLingerOctetsMax) {
                              return self->close();
                            }
                            self->linger();
                          });
}

// An answer over HTTP/1.0 that is not whole must not end like one that is: while some of it is to
// come, whatever closes the socket (a timeout does so by itself) resets the connection.
void Connection::end_in_reset(bool does) {
  if (std::exchange(ends_in_reset_, does) == does) return;
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::linger(does, 0), ignored);
}

void Connection::close() {
  if (std::exchange(closed_, true)) return;
  if (gone_) gone_->set();
  stream_.close();
  host_.open.erase(this);
  host_.counters.connections_open.set(host_.open.size());
  host_.event_streams.erase(this);
  host_.counters.event_streams_open.set(host_.event_streams.size());
  if (!counts_per_address()) return;
  const auto count = host_.per_address.find(client_network(peer_.address));
  CHECK(count != host_.per_address.end());
  if (--count->second == 0) host_.per_address.erase(count);
}

void Connection::start(Response head) {
  CHECK(!streaming_);
  streaming_ = true;
  waited_ = {};
  chunked_ = !http_1_0_;
  if (!chunked_) keep_alive_ = false;
  unsent_head_ = head_text(head, chunked_ ? Framing::Chunked : Framing::UntilClose, keep_alive_);
  piece_ = std::move(head.body);
}

bool Connection::write(std::string_view piece) {
  CHECK(streaming_);
  if (head_only_) return false;
  piece_ += piece;
  return piece_.size() < host_.options.piece_octets ? !gone_->is_set() : flush(false);
}

// Sends the collected piece from the socket thread and waits until the kernel has taken it. A
// streamed answer holds a thread and what it reads from, so that its waits are bounded in sum, too.
bool Connection::flush(bool last) {
  std::string text = std::exchange(unsent_head_, {});
  if (!piece_.empty() && !head_only_) {
    text += chunked_ ? fmt::format("{:x}\r\n{}\r\n", piece_.size(), piece_) : piece_;
  }
  if (last && chunked_ && !head_only_) text += "0\r\n\r\n";
  piece_.clear();

  const Duration left = std::max(host_.options.answer_wait_max - waited_, Duration::zero());
  const bool is_last_wait = left < host_.options.write_timeout;
  const auto began = std::chrono::steady_clock::now();
  std::binary_semaphore done(0);
  bool taken = false;
  asio::post(stream_.get_executor(), [&, this] {
    if (closed_) return done.release();
    end_in_reset(!chunked_ && !head_only_);
    stream_.expires_after(is_last_wait ? left : Duration(host_.options.write_timeout));
    asio::async_write(stream_, asio::buffer(text),
                      [&, self = shared_from_this()](error_code error, std::size_t) {
                        if (error == beast::error::timeout) {
                          auto& counters = host_.counters;
                          (is_last_wait ? counters.slow_readers : counters.timed_out).add();
                        }
                        if (error) close();
                        if (!closed_) stream_.expires_never();
                        if (last && !error) end_in_reset(false);
                        taken = !error;
                        done.release();
                      });
  });
  done.acquire();
  waited_ += std::chrono::steady_clock::now() - began;
  return taken;
}

void Connection::finish(std::optional<Response> response) {
  if (response && response->events_follow && !head_only_) {
    asio::post(stream_.get_executor(), [self = shared_from_this(), head = std::move(*response)] {
      self->running_ = false;
      self->begin_events(head);
    });
    return;
  }
  std::string text;
  bool keep_alive = keep_alive_;
  if (response) {
    text = head_text(*response, Framing::Length, keep_alive);
    if (!head_only_) text += response->body;
  } else {
    CHECK(streaming_);
    // A broken off answer ends without its last chunk, or where it has none, in a reset.
    if (!flush(!broken_off_)) return;
    keep_alive = keep_alive && !broken_off_;
  }
  asio::post(stream_.get_executor(),
             [self = shared_from_this(), text = std::move(text), keep_alive]() mutable {
               self->running_ = false;
               if (self->ends_in_reset_) return self->close();
               self->send(std::move(text), keep_alive);
             });
}

// From here on the socket thread alone serves the client, and no thread waits for it.
void Connection::begin_events(const Response& head) {
  if (closed_) return;
  if (host_.event_streams.size() >= host_.options.event_streams_max) {
    host_.counters.event_streams_refused.add();
    Response refused = error_response(
        503,
        {"events", fmt::format("{} event streams are open already", host_.event_streams.size()),
         "ask again in a minute"});
    refused.headers.emplace_back("Retry-After", "60");
    send(head_text(refused, Framing::Length, keep_alive_) + refused.body, keep_alive_);
    return;
  }
  host_.event_streams.insert(this);
  host_.counters.event_streams_open.set(host_.event_streams.size());
  events_end_ = std::chrono::steady_clock::now() + host_.options.event_stream_age_max;
  // What lies unread in the kernel is old: it shall be little.
  error_code ignored;
  stream_.socket().set_option(asio::socket_base::send_buffer_size(8 * 1024), ignored);
  stream_.expires_never();
  watch_event_client();
  send_event(head_text(head, Framing::UntilClose, false) + head.body + host_.api.event_text());
}

// The client has nothing more to say: its end is what is waited for.
void Connection::watch_event_client() {
  buffer_.clear();
  stream_.async_read_some(buffer_.prepare(4096),
                          [self = shared_from_this()](error_code error, std::size_t) {
                            if (error) return self->close();
                            self->watch_event_client();
                          });
}

void Connection::send_event(const std::string& text) {
  if (closed_) return;
  if (std::chrono::steady_clock::now() >= events_end_) return close();
  if (!event_.empty()) return host_.counters.events_skipped.add();
  event_ = text;
  stream_.expires_after(host_.options.write_timeout);
  asio::async_write(stream_, asio::buffer(event_),
                    [self = shared_from_this()](error_code error, std::size_t) {
                      if (error == beast::error::timeout) self->host_.counters.timed_out.add();
                      if (error) return self->close();
                      self->event_.clear();
                    });
}

void send_events(ConnectionHost& host) {
  if (host.event_streams.empty()) return;
  const std::string text = host.api.event_text();
  const std::vector<Connection*> streams(host.event_streams.begin(), host.event_streams.end());
  for (Connection* stream : streams) stream->send_event(text);
}

void open_connection(asio::generic::stream_protocol::socket socket, const Peer& peer,
                     ConnectionHost& host) {
  const auto of_address = host.per_address.find(client_network(peer.address));
  const bool address_full = of_address != host.per_address.end() &&
                            of_address->second >= host.options.connections_per_address_max;
  if (host.open.size() >= host.options.connections_max || address_full) {
    host.counters.connections_refused.add();
    return;  // the socket closes itself
  }
  host.counters.connections.add();
  std::make_shared<Connection>(std::move(socket), peer, host)->read_request();
}

void close_connection(Connection& connection) {
  connection.close();
}

void run_job(const Job& job) {
  job.connection->finish(job.connection->host().api.answer(job.request, *job.connection));
}

}  // namespace serve
