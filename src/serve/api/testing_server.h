#pragma once

#include <atomic>
#include <filesystem>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <thread>
#include <vector>

#include "base/clock.h"
#include "serve/api/api.h"
#include "serve/api/http_server.h"
#include "serve/api/routes.h"

// For tests alone: a whole server on loopback, and a client that can misbehave.
namespace serve {

// Stands in for the engine: answers what it is told to, nothing unless told.
class ScriptedStore final : public store::Store {
 public:
  void append(std::unique_ptr<flow::Batch>) override {}
  base::Expected<void, base::IoError> commit(const store::Commit&) override { return {}; }
  base::Expected<bool, base::IoError> merge_small_parts(base::UnixMs, const Meanwhile&) override {
    return false;
  }
  base::Expected<query::AnswerSummary, query::QueryError> query(
      const query::Plan& plan, query::AnswerSink& sink, const query::Cancel& cancel) override {
    if (on_query) return on_query(plan, sink, cancel);
    sink.head({});
    return query::AnswerSummary{};
  }
  base::Expected<LedgerRows, query::QueryError> ledger(query::TimeRange range) const override;
  base::Expected<LedgerRows, query::QueryError> ledger_sums(query::TimeRange range) const override;
  std::vector<flow::LedgerRow> refused() const override { return refused_rows; }
  std::vector<store::Part> parts() const override { return listed_parts; }
  store::StoreStatus status() const override { return told_status; }

  std::function<base::Expected<query::AnswerSummary, query::QueryError>(
      const query::Plan&, query::AnswerSink&, const query::Cancel&)>
      on_query;
  std::vector<flow::LedgerRow> committed;
  bool is_ledger_unreadable = false;
  std::vector<flow::LedgerRow> refused_rows;
  std::vector<store::Part> listed_parts;
  store::StoreStatus told_status;
};

// A clock that stands until it is moved.
class HeldClock final : public base::Clock {
 public:
  base::UnixNs now_ns() const override { return now_ns_; }
  void forward_ms(std::int64_t ms) { now_ns_ += ms * base::kNsPerMs; }

 private:
  std::atomic<base::UnixNs> now_ns_{1'795'000'000'000 * base::kNsPerMs};
};

struct Answer {
  int status = 0;  // 0: the connection ended without one
  std::vector<NamedText> headers;
  std::string body;
  bool complete = false;  // the body came whole, as its framing says

  std::string_view header(std::string_view name) const;  // in lower case
};

// A connection to a server, on which anything may be sent.
class RawClient {
 public:
  static RawClient connect(std::uint16_t port, const char* address = "127.0.0.1");
  static RawClient connect(const std::filesystem::path& unix_socket);
  RawClient(RawClient&& other) noexcept;
  RawClient& operator=(RawClient&&) = delete;
  ~RawClient();

  bool connected() const { return socket_ >= 0; }
  // False: the server has closed.
  bool send(std::string_view octets) const;
  void shut_down_sending() const;
  // The next answer, read to its end.
  Answer read_answer();
  // Up to `octets`; fewer only at the end of the connection.
  std::string read(std::size_t octets);
  // Waits until the server closes; false: it did not within ten seconds.
  bool closed_by_server();
  // The connection ended in a reset, not in an orderly end.
  bool was_reset() const { return was_reset_; }
  void close();

 private:
  explicit RawClient(int socket) : socket_(socket) {}
  bool fill();

  int socket_;
  bool was_reset_ = false;
  std::string unread_;
};

// The route's path with an address, or a number that nothing has, for its {…}.
std::string testing_target(const Route& route);

// A request to write: everything but Host is as given.
std::string request_text(std::string_view method, std::string_view target,
                         const std::vector<NamedText>& headers = {}, std::string_view body = {});

class TestServer {
 public:
  // Answers from `engine`, or from the scripted `store` below when there is none.
  explicit TestServer(const std::function<void(ServerOptions&)>& change = {},
                      store::Store* engine = nullptr, std::span<const Asset> assets = {},
                      std::function<void()> leave_demo = {});
  ~TestServer();

  Answer ask(std::string_view method, std::string_view target,
             const std::vector<NamedText>& headers = {}, std::string_view body = {}) const;
  Answer get(std::string_view target, const std::vector<NamedText>& headers = {}) const {
    return ask("GET", target, headers);
  }
  Answer post(std::string_view target, std::string_view body,
              std::vector<NamedText> headers = {}) const;
  Answer ask_unix(std::string_view method, std::string_view target) const;
  RawClient client() const { return RawClient::connect(port()); }

  // "Authorization: Bearer …" of a fresh token.
  NamedText token(state::Role role = state::Role::Admin);
  // Makes the admin "ada" with password "correct horse" when there is none.
  void create_admin();
  // Logs "ada" in: her cookie, and her csrf header.
  std::pair<NamedText, NamedText> log_in();

  std::uint16_t port() const { return server_->port(); }
  Api& api() { return *api_; }
  const ServerCounters& counters() const { return server_->counters(); }
  std::filesystem::path unix_socket() const { return folder_ / "weir.sock"; }

  std::atomic<bool> ready{true};
  ScriptedStore store;
  HeldClock clock;
  flow::ReceiveView receive;              // set before the first request
  std::vector<flow::WorkerView> workers;  // the same
  state::Users& users() { return *users_; }
  state::LiveSettings& live_settings() { return *settings_; }
  know::NameStore& names() { return *names_; }
  know::InterfaceStore& interfaces() { return *interfaces_; }
  know::InterfaceCounters& interface_counters() { return *interface_counters_; }
  base::Snapshot<know::LocalNetworks> networks;
  const std::filesystem::path& folder() const { return folder_; }

 private:
  std::filesystem::path folder_;
  std::optional<state::Users> users_;
  std::unique_ptr<state::LiveSettings> settings_;
  std::unique_ptr<know::NameStore> names_;
  std::unique_ptr<know::InterfaceStore> interfaces_;
  std::unique_ptr<know::InterfaceCounters> interface_counters_;
  std::optional<know::UserTables> tables_;
  std::optional<know::PlaceFiles> places_;
  std::optional<Questions> questions_;
  std::unique_ptr<Api> api_;
  std::unique_ptr<HttpServer> server_;
  std::jthread thread_;
  int tokens_ = 0;
};

// Waits until `condition` holds; false: it did not within ten seconds. For what another thread is
// about to do and nothing tells.
bool becomes_true(const std::function<bool()>& condition);

}  // namespace serve
