#include "serve/api/testing_server.h"

#include <arpa/inet.h>
#include <gtest/gtest.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <map>

#include "state/secrets.h"

namespace serve {
namespace {

constexpr int kPatienceMs = 10'000;

std::string lower(std::string text) {
  for (char& letter : text) {
    if (letter >= 'A' && letter <= 'Z') letter = static_cast<char>(letter - 'A' + 'a');
  }
  return text;
}

// The socket interface takes every kind of address by this type.
const sockaddr* any(const void* address) {
  return static_cast<const sockaddr*>(address);
}

}  // namespace

base::Expected<store::Store::LedgerRows, query::QueryError> ScriptedStore::ledger(
    query::TimeRange range) const {
  if (is_ledger_unreadable) {
    return base::Unexpected(query::QueryError{query::QueryError::Kind::Failed, "the disk is gone"});
  }
  std::vector<flow::LedgerRow> rows = committed;
  std::erase_if(rows, [&](const flow::LedgerRow& row) {
    return row.minute < range.from || row.minute >= range.to;
  });
  return rows;
}

base::Expected<store::Store::LedgerRows, query::QueryError> ScriptedStore::ledger_sums(
    query::TimeRange range) const {
  const auto read = ledger(range);
  if (!read) return read;
  std::map<flow::Address, flow::LedgerCounts> sums;
  for (const flow::LedgerRow& row : *read) sums[row.exporter] += row.counts;
  std::vector<flow::LedgerRow> rows;
  for (const auto& [exporter, counts] : sums) rows.push_back({exporter, range.from, counts});
  return rows;
}

std::string_view Answer::header(std::string_view name) const {
  for (const auto& [known, value] : headers) {
    if (known == name) return value;
  }
  return {};
}

RawClient RawClient::connect(std::uint16_t port, const char* address) {
  sockaddr_in to{};
  to.sin_family = AF_INET;
  to.sin_port = htons(port);
  inet_pton(AF_INET, address, &to.sin_addr);
  const int socket = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, any(&to), sizeof(to)) == 0) return RawClient(socket);
  ::close(socket);
  return RawClient(-1);
}

RawClient RawClient::connect(const std::filesystem::path& unix_socket) {
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::strncpy(to.sun_path, unix_socket.c_str(), sizeof(to.sun_path) - 1);
  const int socket = ::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  if (::connect(socket, any(&to), sizeof(to)) == 0) return RawClient(socket);
  ::close(socket);
  return RawClient(-1);
}

RawClient::RawClient(RawClient&& other) noexcept
    : socket_(std::exchange(other.socket_, -1)),
      was_reset_(other.was_reset_),
      unread_(std::move(other.unread_)) {}

RawClient::~RawClient() {
  close();
}

void RawClient::close() {
  if (socket_ >= 0) ::close(std::exchange(socket_, -1));
}

bool RawClient::send(std::string_view octets) const {
  while (!octets.empty()) {
    const auto sent = ::send(socket_, octets.data(), octets.size(), MSG_NOSIGNAL);
    if (sent <= 0) return false;
    octets.remove_prefix(static_cast<std::size_t>(sent));
  }
  return true;
}

void RawClient::shut_down_sending() const {
  ::shutdown(socket_, SHUT_WR);
}

bool RawClient::fill() {
  pollfd waits{socket_, POLLIN, 0};
  if (::poll(&waits, 1, kPatienceMs) <= 0) return false;
  char octets[65536];
  const auto count = ::recv(socket_, octets, sizeof(octets), 0);
  was_reset_ = count < 0 && errno == ECONNRESET;
  if (count <= 0) return false;
  unread_.append(octets, static_cast<std::size_t>(count));
  return true;
}

std::string RawClient::read(std::size_t octets) {
  while (unread_.size() < octets && fill()) {
  }
  const std::size_t count = std::min(octets, unread_.size());
  std::string taken = unread_.substr(0, count);
  unread_.erase(0, count);
  return taken;
}

bool RawClient::closed_by_server() {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (std::chrono::steady_clock::now() < end) {
    unread_.clear();
    if (!fill()) return std::chrono::steady_clock::now() < end;
  }
  return false;
}

Answer RawClient::read_answer() {
  Answer answer;
  std::size_t end = std::string::npos;
  while ((end = unread_.find("\r\n\r\n")) == std::string::npos) {
    if (!fill()) return answer;
  }
  std::string head = read(end + 4);
  std::from_chars(head.data() + 9, head.data() + 12, answer.status);
  std::size_t line = head.find("\r\n") + 2;
  while (line + 2 < head.size()) {
    const std::size_t stop = head.find("\r\n", line);
    const std::size_t colon = head.find(": ", line);
    answer.headers.emplace_back(lower(head.substr(line, colon - line)),
                                head.substr(colon + 2, stop - colon - 2));
    line = stop + 2;
  }
  if (answer.header("transfer-encoding") == "chunked") {
    while (true) {
      std::size_t stop = 0;
      while ((stop = unread_.find("\r\n")) == std::string::npos) {
        if (!fill()) return answer;
      }
      const std::size_t octets = std::strtoul(read(stop + 2).c_str(), nullptr, 16);
      const std::string piece = read(octets + 2);
      if (piece.size() < octets + 2) return answer;
      answer.body += piece.substr(0, octets);
      if (octets == 0) break;
    }
    answer.complete = true;
    return answer;
  }
  const std::size_t octets =
      std::strtoul(std::string(answer.header("content-length")).c_str(), nullptr, 10);
  answer.body = read(octets);
  answer.complete = answer.body.size() == octets;
  return answer;
}

std::string request_text(std::string_view method, std::string_view target,
                         const std::vector<NamedText>& headers, std::string_view body) {
  std::string text = std::string(method) + " " + std::string(target) + " HTTP/1.1\r\n";
  const bool host_given = std::any_of(headers.begin(), headers.end(),
                                      [](const NamedText& field) { return field.first == "Host"; });
  if (!host_given) text += "Host: localhost\r\n";
  for (const auto& [name, value] : headers) text += name + ": " + value + "\r\n";
  if (!body.empty()) text += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  return text + "\r\n" + std::string(body);
}

TestServer::TestServer(const std::function<void(ServerOptions&)>& change, store::Store* engine,
                       std::span<const Asset> assets, std::function<void()> leave_demo) {
  store::Store& asked = engine == nullptr ? store : *engine;
  std::string pattern = testing::TempDir() + "weir_api_XXXXXX";
  folder_ = mkdtemp(pattern.data());
  receive.ports.emplace_back().address = "127.0.0.1:2055";
  receive.ports.back().bound = true;
  users_.emplace(std::move(*state::Users::open(folder_ / "state.db")));
  settings_ = std::move(*state::LiveSettings::open({}, {}, folder_));
  names_ = std::move(*know::NameStore::open(folder_ / "state.db", 1'000, networks));
  interfaces_ = std::move(*know::InterfaceStore::open(folder_ / "state.db"));
  interface_counters_ = std::move(*know::InterfaceCounters::open(folder_ / "state.db"));
  tables_.emplace(know::TablePaths{folder_, {}, {}}, nullptr);
  places_.emplace(know::PlacePaths{{}, {}, {}, folder_ / "links"}, [](const auto&) {});
  questions_.emplace(asked, Uncommitted{.ledger =
                                            [this] {
                                              std::vector<flow::LedgerRow> rows;
                                              for (const auto& worker : workers) {
                                                rows.insert(rows.end(), worker.uncommitted.begin(),
                                                            worker.uncommitted.end());
                                              }
                                              return rows;
                                            },
                                        .replaying = [this] { return receive.replaying; }});
  api_ = std::make_unique<Api>(
      Sources{.store = asked,
              .questions = *questions_,
              .users = *users_,
              .clock = clock,
              .settings = *settings_,
              .names = *names_,
              .interfaces = *interfaces_,
              .interface_counters = *interface_counters_,
              .networks = networks,
              .tables = *tables_,
              .places = *places_,
              .receive = [this] { return std::make_shared<const flow::ReceiveView>(receive); },
              .workers =
                  [this] {
                    std::vector<std::shared_ptr<const flow::WorkerView>> views;
                    for (const auto& worker : workers) {
                      views.push_back(std::make_shared<const flow::WorkerView>(worker));
                    }
                    return views;
                  },
              .ready = [this] { return ready.load(); },
              .host_names = {"weir.example"},
              .assets = assets,
              .leave_demo = std::move(leave_demo)});
  ServerOptions options;
  options.address = flow::parse_address("127.0.0.1");
  options.port = 0;
  options.unix_socket = unix_socket();
  if (change) change(options);
  auto bound = HttpServer::bind(options, *api_);
  EXPECT_TRUE(bound) << base::to_text(bound.error());
  server_ = std::move(*bound);
  thread_ = std::jthread([this](const std::stop_token& stop) { server_->run(stop); });
}

TestServer::~TestServer() {
  thread_.request_stop();
  thread_.join();
  std::filesystem::remove_all(folder_);
}

std::string testing_target(const Route& route) {
  std::string target(route.path);
  const std::size_t brace = target.find('{');
  if (brace == std::string::npos) return target;
  const std::size_t end = target.find('}') + 1;
  const bool is_address = target.substr(brace, end - brace) == "{address}";
  return target.replace(brace, end - brace, is_address ? "10.0.0.5" : "4711");
}

Answer TestServer::ask(std::string_view method, std::string_view target,
                       const std::vector<NamedText>& headers, std::string_view body) const {
  RawClient connection = client();
  connection.send(request_text(method, target, headers, body));
  return connection.read_answer();
}

Answer TestServer::post(std::string_view target, std::string_view body,
                        std::vector<NamedText> headers) const {
  headers.emplace_back("Content-Type", "application/json");
  return ask("POST", target, headers, body);
}

Answer TestServer::ask_unix(std::string_view method, std::string_view target) const {
  RawClient connection = RawClient::connect(unix_socket());
  connection.send(request_text(method, target));
  return connection.read_answer();
}

NamedText TestServer::token(state::Role role) {
  const auto made = users_->create_token("token" + std::to_string(++tokens_), role, clock.now_ms());
  EXPECT_TRUE(made);
  return {"Authorization", "Bearer " + made->secret};
}

void TestServer::create_admin() {
  if (!*users_->has_admin()) {
    EXPECT_TRUE(users_->create_first_admin("ada", "correct horse", clock.now_ms()));
  }
}

std::pair<NamedText, NamedText> TestServer::log_in() {
  create_admin();
  const auto session = users_->start_session("ada", clock.now_ms());
  EXPECT_TRUE(session);
  return {{"Cookie", "weir_session=" + session->secret},
          {"X-Weir-CSRF", state::csrf_token_of(session->secret)}};
}

bool becomes_true(const std::function<bool()>& condition) {
  const auto end = std::chrono::steady_clock::now() + std::chrono::milliseconds(kPatienceMs);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > end) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace serve
