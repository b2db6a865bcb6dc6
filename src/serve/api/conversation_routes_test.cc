#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>

#include "serve/api/testing_server.h"
#include "store/embedded/store_fixture_test.h"

namespace serve {
namespace {

namespace json = boost::json;
using flow::Column;
using store::kNoon;
using testing::HasSubstr;
using testing::StartsWith;

class ConversationRoutes : public store::StoreTest {
 protected:
  ConversationRoutes() {
    open();
    server_.emplace([](ServerOptions&) {}, store_.get());
    server_->clock.forward_ms(kNoon + 5'000 - server_->clock.now_ms());
    append({half("192.168.1.7", 50'000, "198.51.100.1", 443, 100),
            half("198.51.100.1", 443, "192.168.1.7", 50'000, 9'000)});
  }

  static flow::FlowRecord half(const char* src, std::uint16_t src_port, const char* dst,
                               std::uint16_t dst_port, std::int64_t bytes) {
    auto flow = store::a_flow(src, dst, bytes);
    flow.protocol = 17;
    flow.src_port = src_port;
    flow.dst_port = dst_port;
    flow.present |=
        flow::bit(Column::protocol) | flow::bit(Column::src_port) | flow::bit(Column::dst_port);
    return flow;
  }

  Answer ask(const std::string& parameters) {
    return server_->ask_unix("GET", "/api/v1/conversations" + parameters);
  }

  std::optional<TestServer> server_;
};

TEST_F(ConversationRoutes, BothDirectionsAreOneRow) {
  const Answer answer = ask("?range=-1h");
  ASSERT_EQ(answer.status, 200) << answer.body;
  const auto told = json::parse(answer.body);
  EXPECT_EQ(
      json::serialize(told.at("sessions")),
      R"([{"client":"192.168.1.7","server":"198.51.100.1","protocol":17,"start":1795435190000)"
      R"(,"last":1795435200000,"active":true,"sent_bytes":100,"received_bytes":9000)"
      R"(,"sent_packets":2,"received_packets":91,"flows":2,"exporter":"192.0.2.1")"
      R"(,"client_port":50000,"server_port":443,"app":"https","sent_bits_per_s":80)"
      R"(,"received_bits_per_s":7200}])");
  EXPECT_EQ(told.at("found").as_int64(), 1);
  EXPECT_EQ(told.at("active").as_int64(), 1);
  EXPECT_EQ(told.at("flows_read").as_int64(), 2);
  EXPECT_TRUE(told.at("whole").as_bool());
}

TEST_F(ConversationRoutes, LearnedTimeoutsTellWhatIsActive) {
  flow::ExporterView view;
  view.exporter = *flow::parse_address("192.0.2.1");
  view.active_timeout_ms = 60'000;
  view.inactive_timeout_ms = 15'000;
  server_->workers.emplace_back().exporters = {view};
  server_->clock.forward_ms(70'900);  // 74.9 s after it was reported
  EXPECT_EQ(json::parse(ask("?state=active").body).at("sessions").as_array().size(), 1u);
  server_->clock.forward_ms(100);
  const auto told = json::parse(ask("").body);
  EXPECT_EQ(told.at("active").as_int64(), 0);
  EXPECT_EQ(told.at("sessions").at(0).at("ended_by").as_string(), "silence");
  EXPECT_TRUE(json::parse(ask("?state=active").body).at("sessions").as_array().empty());
}

TEST_F(ConversationRoutes, AreCsvToo) {
  const Answer answer = ask("?format=csv");
  EXPECT_THAT(answer.header("content-type"), StartsWith("text/csv"));
  EXPECT_EQ(answer.body,
            "client,client_port,server,server_port,protocol,app,start,last,active,ended_by,"
            "sent_bytes,received_bytes,sent_packets,received_packets,flows,exporter,client_name,"
            "server_name\n"
            "192.168.1.7,50000,198.51.100.1,443,17,https,1795435190000,1795435200000,true,,"
            "100,9000,2,91,2,192.0.2.1,,\n");
}

TEST_F(ConversationRoutes, WhatIsWrongIsSaid) {
  for (const char* wrong : {"?state=ended", "?top=0", "?top=x", "?top=10001", "?format=table",
                            "?filter=port:x", "?range=x", "?by=src"}) {
    EXPECT_EQ(ask(wrong).status, 400) << wrong;
  }
  EXPECT_THAT(ask("?top=0").body, HasSubstr("expected a whole number from 1 to 10000, '0' came"));
  EXPECT_EQ(server_->get("/api/v1/conversations").status, 401);
}

}  // namespace
}  // namespace serve
