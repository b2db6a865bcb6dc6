#include "serve/api/http_server.h"

#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <bit>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ip/v6_only.hpp>
#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <cerrno>
#include <thread>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "serve/api/api.h"
#include "serve/api/connection.h"
#include "serve/api/hosts.h"
#include "serve/socket_path.h"

namespace serve {

namespace asio = boost::asio;
using boost::system::error_code;
using Tcp = asio::ip::tcp;
using Local = asio::local::stream_protocol;

namespace {

base::IoError io_error(std::string operation, std::string target, const error_code& error) {
  return {std::move(operation), std::move(target), error.value(), ""};
}

flow::Address address_of(const asio::ip::address& address) {
  if (address.is_v4()) return flow::Address::v4(address.to_v4().to_uint());
  flow::Address value;
  const auto octets = address.to_v6().to_bytes();
  for (std::size_t i = 0; i < 8; ++i) {
    value.hi = value.hi << 8 | octets[i];
    value.lo = value.lo << 8 | octets[i + 8];
  }
  return value;
}

asio::ip::address asio_address(const flow::Address& address) {
  if (address.is_v4()) return asio::ip::address_v4(address.as_v4());
  asio::ip::address_v6::bytes_type octets;
  for (std::size_t i = 0; i < 8; ++i) {
    octets[i] = static_cast<unsigned char>(address.hi >> (56 - 8 * i));
    octets[i + 8] = static_cast<unsigned char>(address.lo >> (56 - 8 * i));
  }
  return asio::ip::address_v6(octets);
}

// Whether the process at the other end runs as our own user or as root.
bool peer_is_trusted(int socket) {
  ucred peer{};
  socklen_t size = sizeof(peer);
  if (::getsockopt(socket, SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0) return false;
  return peer.uid == ::geteuid() || peer.uid == 0;
}

error_code bind_tcp(Tcp::acceptor& acceptor, const Tcp::endpoint& endpoint) {
  error_code error;
  if (acceptor.open(endpoint.protocol(), error)) return error;
  if (acceptor.set_option(asio::socket_base::reuse_address(true), error)) return error;
  if (endpoint.address().is_v6()) {
    acceptor.set_option(asio::ip::v6_only(!endpoint.address().is_unspecified()), error);
    if (error) return error;
  }
  if (acceptor.bind(endpoint, error)) return error;
  return acceptor.listen(asio::socket_base::max_listen_connections, error);
}

// A socket left by a process that was killed is removed: who binds holds the folder's lock. The
// mode is set before the name appears.
error_code bind_unix(Local::acceptor& acceptor, const std::filesystem::path& path,
                     const std::string& short_path) {
  error_code error;
  std::error_code ignored;
  std::filesystem::remove(path, ignored);
  if (acceptor.open(Local{}, error)) return error;
  if (::fchmod(acceptor.native_handle(), S_IRUSR | S_IWUSR) != 0) {
    return {errno, boost::system::system_category()};
  }
  if (acceptor.bind(Local::endpoint(short_path), error)) return error;
  return acceptor.listen(asio::socket_base::max_listen_connections, error);
}

}  // namespace

struct HttpServer::Impl {
  Impl(const ServerOptions& options, Api& api) : host(options, api, api.server_counters()) {}

  base::Expected<void, base::IoError> bind();
  template <class Acceptor, class Accepted>
  void accept(Acceptor& acceptor, asio::steady_timer& pause, Accepted accepted);
  void accept_tcp();
  void accept_unix();
  void tick();
  void stop();

  asio::io_context io{1};
  bool stopping = false;
  ConnectionHost host;
  Tcp::acceptor tcp{io};
  Local::acceptor local{io};
  asio::steady_timer tcp_pause{io};
  asio::steady_timer local_pause{io};
  asio::steady_timer next_event{io};
};

base::Expected<void, base::IoError> HttpServer::Impl::bind() {
  const ServerOptions& options = host.options;
  std::vector<asio::ip::address> wanted;
  if (options.address) {
    wanted = {asio_address(*options.address)};
  } else {
    wanted = {asio::ip::address_v6::any(), asio::ip::address_v4::any()};
  }
  error_code error;
  for (const auto& address : wanted) {
    error_code ignored;
    tcp.close(ignored);
    error = bind_tcp(tcp, {address, options.port});
    // A machine without IPv6 still has all its IPv4 addresses; any other failure is the answer.
    if (error != asio::error::address_family_not_supported) break;
  }
  if (error) {
    const auto shown = wanted.front().is_unspecified() ? "*" : wanted.front().to_string();
    return base::Unexpected(
        io_error("bind", fmt::format("HTTP {}:{}", shown, options.port), error));
  }
  if (options.unix_socket.empty()) return {};

  const auto path = SocketPath::of(options.unix_socket);
  if (!path) return base::Unexpected(path.error());
  if (const auto failed = bind_unix(local, options.unix_socket, path->text())) {
    return base::Unexpected(io_error("bind", options.unix_socket.string(), failed));
  }
  return {};
}

template <class Acceptor, class Accepted>
void HttpServer::Impl::accept(Acceptor& acceptor, asio::steady_timer& pause, Accepted accepted) {
  acceptor.async_accept([this, &acceptor, &pause, accepted](error_code error, auto socket) {
    if (error == asio::error::operation_aborted || !acceptor.is_open()) return;
    if (!error) {
      accepted(std::move(socket));
      return accept(acceptor, pause, accepted);
    }
    // Out of descriptors, or the client left already: not a reason to spin.
    pause.expires_after(std::chrono::milliseconds(50));
    pause.async_wait([this, &acceptor, &pause, accepted](error_code cancelled) {
      if (!cancelled) accept(acceptor, pause, accepted);
    });
  });
}

void HttpServer::Impl::accept_tcp() {
  accept(tcp, tcp_pause, [this](Tcp::socket socket) {
    error_code error;
    const auto remote = socket.remote_endpoint(error);
    const auto reached = socket.local_endpoint(error);
    if (error) return;
    socket.set_option(Tcp::no_delay(true), error);
    Peer peer{.address = address_of(remote.address()), .local = address_of(reached.address())};
    peer.loopback = is_loopback(peer.address);
    open_connection(std::move(socket), peer, host);
  });
}

void HttpServer::Impl::accept_unix() {
  accept(local, local_pause, [this](Local::socket socket) {
    if (!peer_is_trusted(socket.native_handle())) {
      host.counters.unix_refused.add();
      return;
    }
    open_connection(std::move(socket), Peer{.unix_socket = true}, host);
  });
}

void HttpServer::Impl::tick() {
  next_event.expires_after(host.options.event_interval);
  next_event.async_wait([this](error_code) {
    if (stopping) return;
    send_events(host);
    tick();
  });
}

void HttpServer::Impl::stop() {
  error_code ignored;
  tcp.close(ignored);
  local.close(ignored);
  tcp_pause.cancel();
  local_pause.cancel();
  stopping = true;
  next_event.cancel();
  const std::vector<Connection*> open(host.open.begin(), host.open.end());
  for (Connection* connection : open) close_connection(*connection);
  host.quick_jobs.close();
  host.long_jobs.close();
  host.password_jobs.close();
}

HttpServer::HttpServer(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}
HttpServer::~HttpServer() = default;

base::Expected<std::unique_ptr<HttpServer>, base::IoError> HttpServer::bind(
    const ServerOptions& options, Api& api) {
  auto impl = std::make_unique<Impl>(options, api);
  if (auto bound = impl->bind(); !bound) return base::Unexpected(bound.error());
  return std::unique_ptr<HttpServer>(new HttpServer(std::move(impl)));
}

std::uint16_t HttpServer::port() const {
  error_code ignored;
  return impl_->tcp.local_endpoint(ignored).port();
}

const ServerCounters& HttpServer::counters() const {
  return impl_->host.counters;
}

void HttpServer::run(const std::stop_token& stop) {
  Impl& impl = *impl_;
  const ServerOptions& options = impl.host.options;
  impl.accept_tcp();
  if (impl.local.is_open()) impl.accept_unix();
  impl.tick();

  auto work = asio::make_work_guard(impl.io);
  std::jthread sockets([&] { impl.io.run(); });
  std::vector<std::jthread> runners;
  const auto run_all = [](base::Channel<Job>& jobs) {
    while (auto job = jobs.pop()) run_job(*job);
  };
  for (std::size_t i = 0; i < options.quick_threads; ++i) {
    runners.emplace_back([&] { run_all(impl.host.quick_jobs); });
  }
  for (std::size_t i = 0; i < options.long_threads; ++i) {
    runners.emplace_back([&] { run_all(impl.host.long_jobs); });
  }

  runners.emplace_back([&] { run_all(impl.host.password_jobs); });

  const std::stop_callback on_stop(stop, [&] { asio::post(impl.io, [&] { impl.stop(); }); });
  // Runners end when the channels are closed and drained; the socket thread serves them until then.
  runners.clear();
  work.reset();
  sockets.join();
  std::error_code ignored;
  if (!options.unix_socket.empty()) std::filesystem::remove(options.unix_socket, ignored);
}

}  // namespace serve
