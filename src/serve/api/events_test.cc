#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/api/testing_server.h"

namespace serve {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

// A client of the stream, its head read.
struct Stream {
  explicit Stream(const TestServer& server, const NamedText& token) : client(server.client()) {
    client.send(request_text("GET", "/api/v1/events", {token}));
    while (head.size() < 4 || !head.ends_with("\r\n\r\n")) {
      const std::string octet = client.read(1);
      if (octet.empty()) return;
      head += octet;
    }
  }
  // The next paragraph of the body; empty: the stream has ended.
  std::string next() {
    std::string text;
    while (!text.ends_with("\n\n")) {
      const std::string octet = client.read(1);
      if (octet.empty()) return {};
      text += octet;
    }
    return text;
  }

  RawClient client;
  std::string head;
};

void make_fast(ServerOptions& options) {
  options.event_interval = std::chrono::milliseconds(1);
}

TEST(Events, TellWhatCameAgainAndAgain) {
  TestServer server(make_fast);
  server.receive.ports[0].datagrams = 5;
  server.receive.ports.emplace_back().datagrams = 2;
  server.receive.former_ports.datagrams = 100;  // what was listened on before
  flow::ExporterView view;
  view.since_start.flows = 30;
  server.workers.emplace_back().exporters = {view, view};

  Stream stream(server, server.token(state::Role::Viewer));
  EXPECT_THAT(stream.head, StartsWith("HTTP/1.1 200 OK\r\n"));
  EXPECT_THAT(stream.head, HasSubstr("\r\nContent-Type: text/event-stream\r\n"));
  EXPECT_THAT(stream.head, HasSubstr("\r\nCache-Control: no-store\r\n"));
  EXPECT_EQ(stream.next(), "retry: 2000\n\n");
  for (int i = 0; i < 3; ++i) {
    const std::string event = stream.next();
    ASSERT_THAT(event, StartsWith("data: {"));
    const auto pulse = boost::json::parse(event.substr(6)).get_object();
    EXPECT_EQ(pulse.at("datagrams").as_int64(), 107);
    EXPECT_EQ(pulse.at("flows").as_int64(), 60);
    EXPECT_EQ(pulse.at("exporters").as_int64(), 2);
    EXPECT_EQ(pulse.at("now").as_int64(), server.clock.now_ms());
    EXPECT_FALSE(pulse.at("replaying").as_bool());
  }
}

TEST(Events, AreForThoseWhoAreLoggedIn) {
  const TestServer server(make_fast);
  EXPECT_EQ(server.get("/api/v1/events").status, 401);
}

TEST(Events, BeyondTheCapAreRefusedAndCountedAndAnEndedStreamMakesRoom) {
  TestServer server([](ServerOptions& options) {
    make_fast(options);
    options.event_streams_max = 1;
  });
  const NamedText token = server.token();
  {
    Stream first(server, token);
    EXPECT_EQ(first.next(), "retry: 2000\n\n");
    EXPECT_EQ(server.get("/api/v1/events", {token}).status, 503);
    EXPECT_EQ(server.counters().event_streams_refused.get(), 1u);
    EXPECT_EQ(server.counters().event_streams_open.get(), 1u);
    // The streams keep no request waiting.
    EXPECT_EQ(server.get("/healthz").status, 200);
  }
  EXPECT_TRUE(becomes_true([&] { return server.counters().event_streams_open.get() == 0; }));
  Stream next(server, token);
  EXPECT_EQ(next.next(), "retry: 2000\n\n");
}

TEST(Events, EndWhenTheStreamIsOldSoThatTheSessionIsLookedAtAgain) {
  TestServer server([](ServerOptions& options) {
    make_fast(options);
    options.event_stream_age_max = std::chrono::milliseconds(20);
  });
  Stream stream(server, server.token());
  EXPECT_EQ(stream.next(), "retry: 2000\n\n");
  EXPECT_TRUE(stream.client.closed_by_server());
}

TEST(Events, AClientThatTakesNoneMissesSomeAndIsThenDropped) {
  TestServer server([](ServerOptions& options) {
    make_fast(options);
    options.write_timeout = std::chrono::milliseconds(100);
  });
  const NamedText token = server.token();
  Stream stream(server, token);
  EXPECT_TRUE(becomes_true([&] { return server.counters().timed_out.get() == 1; }));
  EXPECT_GT(server.counters().events_skipped.get(), 0u);
  EXPECT_EQ(server.counters().event_streams_open.get(), 0u);
}

TEST(Events, AServerThatStopsEndsThem) {
  auto server = std::make_unique<TestServer>(make_fast);
  Stream stream(*server, server->token());
  EXPECT_EQ(stream.next(), "retry: 2000\n\n");
  server.reset();
  EXPECT_TRUE(stream.client.closed_by_server());
}

}  // namespace
}  // namespace serve
