#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <stop_token>

#include "base/counters.h"
#include "base/result.h"
#include "flow/address.h"

namespace serve {

class Api;

// Where the server listens, and the caps on everything a stranger can make it hold.
struct ServerOptions {
  std::optional<flow::Address> address;  // empty: all addresses of both families
  std::uint16_t port = 3000;             // 0: any free one, see HttpServer::port()
  std::filesystem::path unix_socket;     // made with mode 0600; empty: none

  std::size_t connections_max = 512;
  std::size_t connections_per_address_max = 64;  // loopback, where a proxy would be, excepted
  std::uint32_t header_octets_max = 16 * 1024;
  std::uint64_t body_octets_max = std::uint64_t{64} * 1024;
  std::size_t piece_octets =
      std::size_t{64} * 1024;  // of a streamed answer, held in memory per request
  std::chrono::milliseconds request_timeout{10'000};   // from the first wait to the last octet
  std::chrono::milliseconds idle_timeout{60'000};      // between two requests of a connection
  std::chrono::milliseconds write_timeout{30'000};     // for one piece to be taken
  std::chrono::milliseconds answer_wait_max{600'000};  // for all pieces of a streamed answer

  std::size_t event_streams_max = 64;  // beyond: 503
  std::chrono::milliseconds event_interval{1'000};
  // A stream ends then, and the browser asks for another: with a session that still holds.
  std::chrono::milliseconds event_stream_age_max{900'000};

  std::size_t quick_threads = 2;
  std::size_t long_threads = 4;   // queries
  std::size_t waiting_max = 256;  // requests per lane; beyond: 503
};

struct ServerCounters {
  base::Counter connections;          // accepted
  base::Counter connections_refused;  // over a cap
  base::Counter requests;
  base::Counter malformed;              // not HTTP as we read it
  base::Counter too_large;              // header or body over its cap
  base::Counter timed_out;              // slow request, idle connection or slow reader
  base::Counter slow_readers;           // kept a whole answer waiting too long
  base::Counter busy;                   // 503 because a lane was full
  base::Counter unix_refused;           // wrong credentials on the Unix socket
  base::Counter connections_open;       // now
  base::Counter event_streams_open;     // now
  base::Counter event_streams_refused;  // over the cap
  base::Counter events_skipped;         // because the client had not taken the one before
};

// The HTTP server: one thread for all sockets, a few that run requests (`quick` and `long` apart,
// so that waiting queries never keep /healthz waiting).
class HttpServer {
 public:
  // Binds; an address in use is an IoError. `api` outlives the server.
  static base::Expected<std::unique_ptr<HttpServer>, base::IoError> bind(
      const ServerOptions& options, Api& api);
  ~HttpServer();

  std::uint16_t port() const;
  const ServerCounters& counters() const;

  // Serves until a stop is asked for: then takes nothing new, cancels what runs, closes, returns.
  // Once.
  void run(const std::stop_token& stop);

 private:
  struct Impl;
  explicit HttpServer(std::unique_ptr<Impl> impl);
  std::unique_ptr<Impl> impl_;
};

}  // namespace serve
