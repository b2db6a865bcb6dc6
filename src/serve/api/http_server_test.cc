#include "serve/api/http_server.h"

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <latch>

#include "serve/api/testing_server.h"
#include "serve/client/http_client.h"

namespace serve {
namespace {

using std::chrono::milliseconds;

// One text column of `rows` rows, each some 100 octets, until the sink has enough.
base::Expected<query::AnswerSummary, query::QueryError> answer_rows(std::uint64_t rows,
                                                                    query::AnswerSink& sink) {
  constexpr std::uint64_t kChunkRows = 1'000;
  sink.head({{"app", query::AnswerType::Text}});
  query::AnswerChunk chunk;
  chunk.rows = kChunkRows;
  chunk.columns.resize(1);
  chunk.columns[0].valid.assign(kChunkRows, 1);
  const std::string text(88, 'x');
  chunk.columns[0].texts.assign(kChunkRows, text);
  for (std::uint64_t sent = 0; sent < rows; sent += kChunkRows) {
    if (!sink.chunk(chunk)) {
      return base::Unexpected(query::QueryError{query::QueryError::Kind::Cancelled, ""});
    }
  }
  query::AnswerSummary summary;
  summary.totals = summary.rest = summary.bound = {0, 0, 0};
  return summary;
}

std::size_t resident_octets() {
  std::ifstream statm("/proc/self/statm");
  std::size_t pages = 0;
  std::size_t resident = 0;
  statm >> pages >> resident;
  return resident * 4096;
}

TEST(HttpServer, AnswersHealthToAnybody) {
  TestServer server;
  const Answer answer = server.get("/healthz");
  EXPECT_EQ(answer.status, 200);
  EXPECT_EQ(answer.body, "{\"status\":\"ok\",\"replaying\":false}\n");
  EXPECT_EQ(answer.header("x-content-type-options"), "nosniff");
  EXPECT_NE(answer.header("content-security-policy").find("default-src 'self'"),
            std::string_view::npos);
}

TEST(HttpServer, SaysThatItIsNotReady) {
  TestServer server;
  server.ready = false;
  const Answer answer = server.get("/healthz");
  EXPECT_EQ(answer.status, 503);
  EXPECT_EQ(answer.body, "{\"status\":\"starting\",\"replaying\":false}\n");
}

TEST(HttpServer, RefusesAPortThatIsTaken) {
  TestServer server;
  ServerOptions options;
  options.address = flow::parse_address("127.0.0.1");
  options.port = server.port();
  const auto second = HttpServer::bind(options, server.api());
  ASSERT_FALSE(second);
  EXPECT_EQ(second.error().operation, "bind");
  EXPECT_EQ(second.error().errno_value, EADDRINUSE);
}

TEST(HttpServer, AnswersOnAllAddressesWhenNoneIsNamed) {
  TestServer server([](ServerOptions& options) { options.address = std::nullopt; });
  RawClient other = RawClient::connect(server.port(), "127.8.8.8");
  ASSERT_TRUE(other.connected());
  other.send(request_text("GET", "/healthz"));
  EXPECT_EQ(other.read_answer().status, 200);
}

TEST(HttpServer, KeepsAConnectionForFurtherRequests) {
  TestServer server;
  RawClient client = server.client();
  for (int i = 0; i < 3; ++i) {
    client.send(request_text("GET", "/healthz"));
    const Answer answer = client.read_answer();
    EXPECT_EQ(answer.status, 200);
    EXPECT_EQ(answer.header("connection"), "keep-alive");
  }
  EXPECT_EQ(server.counters().connections.get(), 1u);
  EXPECT_EQ(server.counters().requests.get(), 3u);
}

TEST(HttpServer, AnswersPipelinedRequestsInTheirOrder) {
  TestServer server;
  RawClient client = server.client();
  client.send(request_text("GET", "/healthz") + request_text("GET", "/nothing") +
              request_text("GET", "/healthz", {{"Connection", "close"}}));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_EQ(client.read_answer().status, 404);
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(HttpServer, AnswersHeadWithoutABody) {
  TestServer server;
  RawClient client = server.client();
  client.send(request_text("HEAD", "/healthz") + request_text("GET", "/healthz"));
  const std::string head = client.read(15);
  EXPECT_EQ(head, "HTTP/1.1 200 OK");
  std::string rest;
  while (!rest.ends_with("\r\n\r\n")) {
    const std::string octet = client.read(1);
    ASSERT_FALSE(octet.empty());
    rest += octet;
  }
  EXPECT_EQ(client.read_answer().body, "{\"status\":\"ok\",\"replaying\":false}\n");
}

TEST(HttpServer, TakesClientsOfHttp10) {
  TestServer server;
  const NamedText token = server.token();
  server.store.on_query = [](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
    return answer_rows(5'000, sink);
  };
  RawClient client = server.client();
  client.send("GET /api/v1/query?format=ndjson HTTP/1.0\r\nHost: localhost\r\n" + token.first +
              ": " + token.second + "\r\n\r\n");
  const std::string all = client.read(100'000'000);
  EXPECT_EQ(all.find("chunked"), std::string::npos);
  EXPECT_TRUE(all.ends_with("x\"}\n"));
  EXPECT_EQ(std::count(all.begin(), all.end(), '{'), 5'000);
  EXPECT_FALSE(client.was_reset());
}

// Without chunks the connection's end is the answer's: an orderly one would say that it is whole.
TEST(HttpServer, ResetsAnAnswerOverHttp10ThatBreaksOff) {
  TestServer server([](ServerOptions& options) { options.write_timeout = milliseconds(100); });
  const NamedText token = server.token();
  std::uint64_t rows = 10'000;
  server.store.on_query =
      [&](const query::Plan&, query::AnswerSink& sink,
          const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
    static_cast<void>(answer_rows(rows, sink));
    return base::Unexpected(query::QueryError{query::QueryError::Kind::Failed, "a part is gone"});
  };
  const auto ask = [&] {
    RawClient client = server.client();
    client.send("GET /api/v1/query?format=ndjson HTTP/1.0\r\nHost: localhost\r\n" + token.first +
                ": " + token.second + "\r\n\r\n");
    return client;
  };
  RawClient client = ask();
  EXPECT_NE(client.read(100'000'000).find("x\"}\n"), std::string::npos);
  EXPECT_TRUE(client.was_reset());

  rows = 1'000'000'000;
  const auto before = server.counters().timed_out.get();
  RawClient sleeper = ask();
  EXPECT_TRUE(becomes_true([&] { return server.counters().timed_out.get() > before; }));
  EXPECT_TRUE(sleeper.closed_by_server());
  EXPECT_TRUE(sleeper.was_reset());
}

TEST(HttpServer, RefusesWhatIsNotHttp) {
  TestServer server;
  RawClient client = server.client();
  client.send("\x16\x03\x01\x02 a TLS greeting, say\r\n\r\n");
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 400);
  EXPECT_NE(answer.body.find("expected an HTTP/1.1 request"), std::string::npos);
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(server.counters().malformed.get(), 1u);
}

TEST(HttpServer, RefusesALyingLength) {
  TestServer server;
  for (const char* length : {"-1", "1e3", "99999999999999999999999", "5, 6"}) {
    RawClient client = server.client();
    client.send(std::string("POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\n"
                            "Content-Length: ") +
                length + "\r\n\r\nhello");
    EXPECT_EQ(client.read_answer().status, 400) << length;
  }
  EXPECT_EQ(server.counters().malformed.get(), 4u);
}

TEST(HttpServer, RefusesAHeaderOverItsCap) {
  TestServer server;
  RawClient client = server.client();
  client.send("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Long: " + std::string(20'000, 'x') +
              "\r\n\r\n");
  EXPECT_EQ(client.read_answer().status, 431);
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_EQ(server.counters().too_large.get(), 1u);
}

TEST(HttpServer, RefusesABodyOverItsCap) {
  TestServer server;
  const Answer said = server.post("/api/v1/session", std::string(70'000, 'x'));
  EXPECT_EQ(said.status, 413);
  RawClient client = server.client();
  client.send(
      "POST /api/v1/session HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n\r\n");
  std::string chunk = "4000\r\n" + std::string(0x4000, 'x') + "\r\n";
  for (int i = 0; i < 5; ++i) client.send(chunk);
  EXPECT_EQ(client.read_answer().status, 413);
  EXPECT_EQ(server.counters().too_large.get(), 2u);
}

TEST(HttpServer, ClosesOnAClientThatSendsItsRequestSlowly) {
  TestServer server([](ServerOptions& options) { options.request_timeout = milliseconds(50); });
  RawClient client = server.client();
  client.send("GET /healthz HTTP/1.1\r\nHost: loc");
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(becomes_true([&] { return server.counters().timed_out.get() == 1; }));
  EXPECT_TRUE(becomes_true([&] { return server.counters().connections_open.get() == 0; }));
}

TEST(HttpServer, ClosesAnIdleConnection) {
  TestServer server([](ServerOptions& options) { options.idle_timeout = milliseconds(50); });
  RawClient client = server.client();
  client.send(request_text("GET", "/healthz"));
  EXPECT_EQ(client.read_answer().status, 200);
  EXPECT_TRUE(client.closed_by_server());
  EXPECT_TRUE(becomes_true([&] { return server.counters().timed_out.get() == 1; }));
}

TEST(HttpServer, RefusesConnectionsOverItsCap) {
  TestServer server([](ServerOptions& options) { options.connections_max = 2; });
  RawClient first = server.client();
  RawClient second = server.client();
  EXPECT_TRUE(becomes_true([&] { return server.counters().connections_open.get() == 2; }));
  RawClient third = server.client();
  EXPECT_TRUE(third.closed_by_server());
  EXPECT_EQ(server.counters().connections_refused.get(), 1u);
  first.close();
  EXPECT_TRUE(becomes_true([&] { return server.counters().connections_open.get() == 1; }));
  EXPECT_EQ(server.get("/healthz").status, 200);
}

TEST(HttpServer, SaysBusyWhenALaneIsFullAndStillAnswersHealth) {
  TestServer server([](ServerOptions& options) {
    options.long_threads = 1;
    options.waiting_max = 1;
  });
  const NamedText token = server.token();
  std::latch started(1);
  std::latch may_end(1);
  server.store.on_query = [&](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
    if (!started.try_wait()) started.count_down();
    may_end.wait();
    return answer_rows(1'000, sink);
  };
  RawClient running = server.client();
  RawClient waiting = server.client();
  running.send(request_text("GET", "/api/v1/query?format=csv", {token}));
  started.wait();
  waiting.send(request_text("GET", "/api/v1/query?format=csv", {token}));
  EXPECT_TRUE(becomes_true([&] { return server.counters().requests.get() == 2; }));

  const Answer refused = server.get("/api/v1/query", {token});
  EXPECT_EQ(refused.status, 503);
  EXPECT_EQ(refused.header("retry-after"), "2");
  EXPECT_EQ(server.counters().busy.get(), 1u);
  EXPECT_EQ(server.get("/healthz").status, 200);
  may_end.count_down();
  EXPECT_TRUE(running.read_answer().complete);
  EXPECT_TRUE(waiting.read_answer().complete);
}

TEST(HttpServer, StreamsALongAnswerInConstantMemory) {
#ifdef __SANITIZE_ADDRESS__
  GTEST_SKIP() << "AddressSanitizer keeps freed memory";
#endif
  TestServer server;
  const NamedText token = server.token();
  constexpr std::uint64_t kRows = 2'000'000;  // some 190 MB
  constexpr std::size_t kPieceOctets = 1'000'000;
  server.store.on_query = [](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
    return answer_rows(kRows, sink);
  };
  RawClient client = server.client();
  client.send(request_text("GET", "/api/v1/query?format=ndjson", {token, {"Connection", "close"}}));
  std::string piece = client.read(kPieceOctets);
  EXPECT_NE(piece.find("Transfer-Encoding: chunked"), std::string::npos);

  const std::size_t before = resident_octets();
  std::size_t most = before;
  std::uint64_t octets = piece.size();
  while (piece.size() == kPieceOctets) {
    piece = client.read(kPieceOctets);
    octets += piece.size();
    most = std::max(most, resident_octets());
  }
  EXPECT_TRUE(piece.ends_with("\r\n0\r\n\r\n"));
  EXPECT_GT(octets, kRows * 90);
  EXPECT_LT(most - before, std::size_t{16} << 20);
}

TEST(HttpServer, CancelsAQueryWhoseClientGoesBeforeItsFirstRow) {
  TestServer server;
  const NamedText token = server.token();
  std::latch started(1);
  std::atomic<bool> cancelled = false;
  server.store.on_query =
      [&](const query::Plan&, query::AnswerSink&,
          const query::Cancel& cancel) -> base::Expected<query::AnswerSummary, query::QueryError> {
    started.count_down();
    cancelled = becomes_true([&] { return cancel.is_set(); });
    return base::Unexpected(query::QueryError{query::QueryError::Kind::Cancelled, ""});
  };
  RawClient client = server.client();
  client.send(request_text("GET", "/api/v1/query", {token}));
  started.wait();
  client.close();
  EXPECT_TRUE(becomes_true([&] { return cancelled.load(); }));
  EXPECT_TRUE(becomes_true([&] { return server.counters().connections_open.get() == 0; }));
}

TEST(HttpServer, CancelsAQueryWhoseClientGoesInTheMiddle) {
  TestServer server;
  const NamedText token = server.token();
  std::atomic<bool> ended = false;
  server.store.on_query = [&](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
    auto result = answer_rows(1'000'000'000, sink);
    ended = !result;
    return result;
  };
  RawClient client = server.client();
  client.send(request_text("GET", "/api/v1/query?format=csv", {token}));
  EXPECT_EQ(client.read(1'000'000).size(), 1'000'000u);
  client.close();
  EXPECT_TRUE(becomes_true([&] { return ended.load(); }));
  EXPECT_EQ(server.get("/healthz").status, 200);
}

TEST(HttpServer, GivesUpOnAReaderThatTakesNothing) {
  TestServer server([](ServerOptions& options) { options.write_timeout = milliseconds(100); });
  const NamedText token = server.token();
  std::atomic<bool> ended = false;
  server.store.on_query = [&](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
    auto result = answer_rows(1'000'000'000, sink);
    ended = !result;
    return result;
  };
  RawClient client = server.client();
  client.send(request_text("GET", "/api/v1/query?format=csv", {token}));
  EXPECT_TRUE(becomes_true([&] { return ended.load(); }));
  EXPECT_EQ(server.counters().timed_out.get(), 1u);
}

TEST(HttpServer, GivesUpOnAReaderThatTakesEachPieceButTheWholeTooSlowly) {
  TestServer server([](ServerOptions& options) {
    options.write_timeout = milliseconds(10'000);
    options.answer_wait_max = milliseconds(300);
  });
  const NamedText token = server.token();
  std::atomic<bool> ended = false;
  server.store.on_query = [&](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
    auto result = answer_rows(1'000'000'000, sink);
    ended = !result;
    return result;
  };
  RawClient client = server.client();
  client.send(request_text("GET", "/api/v1/query?format=csv", {token}));
  EXPECT_EQ(client.read(1'000'000).size(), 1'000'000u);
  EXPECT_TRUE(becomes_true([&] { return ended.load(); }));
  EXPECT_EQ(server.counters().slow_readers.get(), 1u);
  EXPECT_EQ(server.counters().timed_out.get(), 0u);
}

TEST(HttpServer, ShowsThatAnAnswerBrokeOff) {
  TestServer server;
  const NamedText token = server.token();
  server.store.on_query =
      [](const query::Plan&, query::AnswerSink& sink,
         const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
    static_cast<void>(answer_rows(10'000, sink));
    return base::Unexpected(query::QueryError{query::QueryError::Kind::Failed, "a part is gone"});
  };
  RawClient client = server.client();
  client.send(request_text("GET", "/api/v1/query", {token}));
  const Answer answer = client.read_answer();
  EXPECT_EQ(answer.status, 200);
  EXPECT_FALSE(answer.complete);
  EXPECT_TRUE(client.closed_by_server());
}

TEST(HttpServer, EndsWhileAQueryRuns) {
  std::latch started(1);
  std::optional<RawClient> client;
  {
    TestServer server;
    const NamedText token = server.token();
    server.store.on_query = [&](const query::Plan&, query::AnswerSink& sink, const query::Cancel&) {
      started.count_down();
      return answer_rows(1'000'000'000, sink);
    };
    client.emplace(server.client());
    client->send(request_text("GET", "/api/v1/query?format=csv", {token}));
    started.wait();
  }
  EXPECT_TRUE(client->closed_by_server());
}

TEST(HttpServer, MakesItsUnixSocketForItsOwnUserAloneAndRemovesIt) {
  std::filesystem::path path;
  {
    TestServer server;
    path = server.unix_socket();
    struct stat found {};
    ASSERT_EQ(stat(path.c_str(), &found), 0);
    EXPECT_EQ(found.st_mode & 0777, 0600u);
    EXPECT_TRUE(S_ISSOCK(found.st_mode));
    EXPECT_EQ(server.ask_unix("GET", "/healthz").status, 200);
  }
  EXPECT_FALSE(std::filesystem::exists(path));
}

TEST(HttpServer, TakesOverAUnixSocketThatAKilledProcessLeft) {
  std::filesystem::path left;
  TestServer server([&](ServerOptions& options) {
    left = options.unix_socket;
    std::ofstream(left) << "left";
  });
  EXPECT_EQ(server.ask_unix("GET", "/healthz").status, 200);
}

TEST(HttpServer, MakesItsUnixSocketInAFolderWithALongName) {
  const std::filesystem::path folder = std::filesystem::path(testing::TempDir()) /
                                       (std::string(150, 'x') + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  {
    TestServer server([&](ServerOptions& options) { options.unix_socket = folder / "weir.sock"; });
    EXPECT_TRUE(std::filesystem::is_socket(folder / "weir.sock"));
    std::string body;
    const auto answer = http_get(folder / "weir.sock", "/healthz", "", [&](std::string_view piece) {
      body += piece;
      return true;
    });
    ASSERT_TRUE(answer) << base::to_text(answer.error());
    EXPECT_EQ(answer->status, 200);
    EXPECT_EQ(body, "{\"status\":\"ok\",\"replaying\":false}\n");
  }
  std::filesystem::remove_all(folder);
}

}  // namespace
}  // namespace serve
