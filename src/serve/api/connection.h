#pragma once

#include <boost/asio/generic/stream_protocol.hpp>
#include <boost/unordered/unordered_flat_map.hpp>
#include <boost/unordered/unordered_flat_set.hpp>
#include <memory>

#include "base/channel.h"
#include "base/check.h"
#include "serve/api/api.h"
#include "serve/api/http.h"
#include "serve/api/http_server.h"

namespace serve {

class Connection;

// A request on its way from the socket thread to a thread that runs it.
struct Job {
  std::shared_ptr<Connection> connection;
  Request request;
};

// What all connections of a server share. The tables belong to the socket thread.
struct ConnectionHost {
  ConnectionHost(const ServerOptions& server_options, Api& server_api,
                 ServerCounters& server_counters)
      : options(server_options),
        api(server_api),
        counters(server_counters),
        quick_jobs(options.waiting_max),
        long_jobs(options.waiting_max),
        password_jobs(options.waiting_max) {}

  base::Channel<Job>& jobs(Lane lane) {
    switch (lane) {
      case Lane::Quick:
        return quick_jobs;
      case Lane::Long:
        return long_jobs;
      case Lane::Password:
        return password_jobs;
    }
    CHECK(false);
  }

  const ServerOptions options;
  Api& api;
  ServerCounters& counters;
  base::Channel<Job> quick_jobs;
  base::Channel<Job> long_jobs;
  base::Channel<Job> password_jobs;
  boost::unordered_flat_set<Connection*> open;
  boost::unordered_flat_set<Connection*> event_streams;  // a part of `open`
  boost::unordered_flat_map<flow::Address, std::size_t, std::hash<flow::Address>> per_address;
};

// Takes over an accepted socket, or closes and counts it when a cap is reached. Socket thread.
void open_connection(boost::asio::generic::stream_protocol::socket socket, const Peer& peer,
                     ConnectionHost& host);

// Closes the socket and cancels what runs for it. Socket thread.
void close_connection(Connection& connection);

// Sends all event streams what there is to tell now, or ends those that are old. Socket thread.
void send_events(ConnectionHost& host);

// Runs the request and sees to it that the connection goes on. Any other thread.
void run_job(const Job& job);

}  // namespace serve
