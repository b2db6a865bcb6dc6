#include "serve/api/page_files.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/api/routes.h"
#include "serve/api/testing_server.h"
#include "store/embedded/store_fixture_test.h"

namespace serve {
namespace {

using store::kNoon;
using testing::HasSubstr;
using testing::StartsWith;

// Path and decoded parameters of what is asked; empty: no page's file.
std::string asked(const std::string& path, const std::string& query = "") {
  Request request;
  request.method = Method::Get;
  request.path = path;
  request.query = query;
  const auto file = file_of_page(request);
  if (!file) return "";
  std::string text = file->path;
  const auto parameters = Parameters::parse(file->query);
  for (const auto& [name, value] : parameters->all()) {
    text += " " + name + "=" + value;
  }
  return text;
}

TEST(PageFiles, AskWhatThePageAsks) {
  EXPECT_EQ(asked("/overview.csv"),
            "/api/v1/query by=host,dir metric=bytes range=-24h top=500 format=csv");
  EXPECT_EQ(asked("/hosts.json", "t=today&m=packets&f=app:dns"),
            "/api/v1/query by=host,dir metric=packets,flows range=today filter=app:dns top=10000 "
            "format=json");
  EXPECT_EQ(asked("/hosts.csv", "view=internet&f=port:1%7Cport:2&m=flows"),
            "/api/v1/query by=src metric=flows range=-24h filter=(port:1|port:2) dir:in top=10000 "
            "format=csv");
  EXPECT_EQ(asked("/hosts.csv", "view=internet&sort=-out"),
            "/api/v1/query by=dst metric=bytes,flows range=-24h filter=dir:out top=10000 "
            "format=csv");
  EXPECT_EQ(asked("/hosts.csv", "sort=-out"),
            "/api/v1/query by=host,dir metric=bytes,flows range=-24h top=10000 format=csv");
  EXPECT_EQ(asked("/hosts/apps.csv", "f=app:dns"),
            "/api/v1/query by=host,app,dir metric=bytes range=-24h filter=app:dns top=10000 "
            "format=csv");
  EXPECT_EQ(asked("/traffic/sites.csv", "f=evidence:dns"),
            "/api/v1/query by=site,site_evidence,dir metric=bytes,flows range=-24h "
            "filter=evidence:dns site:* top=10000 format=csv");
  EXPECT_EQ(asked("/hosts/usage.csv"),
            "/api/v1/query by=host,dir metric=bytes range=month step=day top=10000 format=csv");
  EXPECT_EQ(asked("/hosts/usage.json", "t=today&by=hour&m=flows"),
            "/api/v1/query by=host,dir metric=flows range=today step=1h top=10000 format=json");
  EXPECT_EQ(asked("/hosts/10.0.0.5.csv", "t=2026-08-13T19:00..2026-08-13T20:00"),
            "/api/v1/conversations range=2026-08-13T19:00..2026-08-13T20:00 filter=host:10.0.0.5 "
            "top=10000 format=csv");
  EXPECT_EQ(asked("/host/2001:db8::1.json"),
            "/api/v1/conversations range=-24h filter=host:2001:db8::1 top=10000 format=json");
  EXPECT_EQ(asked("/hosts/2001%3Adb8%3A%3A1.csv"),
            "/api/v1/conversations range=-24h filter=host:2001:db8::1 top=10000 format=csv");
  EXPECT_EQ(asked("/sessions.csv", "src=192.0.2.1/3"),
            "/api/v1/conversations range=-1h filter=exporter:192.0.2.1 if:3 top=10000 "
            "state=active format=csv");
  EXPECT_EQ(asked("/sessions/recent.json"),
            "/api/v1/conversations range=-1h top=10000 format=json");
  EXPECT_EQ(asked("/explore.json", "by=src,app&m=flows&sort=-bytes&unknown=1"),
            "/api/v1/query by=src,app metric=flows,bytes,packets range=-24h top=10000 format=json");
  EXPECT_EQ(asked("/explore.csv", "by="),
            "/api/v1/query metric=bytes,packets,flows range=-24h top=10000 format=csv");
  EXPECT_EQ(asked("/explore/flows.csv", "t=-1h"), "/api/v1/query flows=1 range=-1h format=csv");
  EXPECT_EQ(asked("/system/exporters.csv"), "/api/v1/exporters range=-24h format=csv");
  EXPECT_EQ(asked("/system/setup.json"), "/api/v1/diagnosis format=json");
  EXPECT_EQ(asked("/system/names.csv"), "/api/v1/protocols format=csv");
}

TEST(PageFiles, NothingElseIsAFile) {
  for (const char* path :
       {"/", "/.csv", "/hosts", "/hosts.txt", "/hostscsv", "/hosts/.csv", "/hosts/a/b.csv",
        "/setup.txt", "/api/v1/openapi.json", "/x.json", "/assets/x.csv"}) {
    EXPECT_EQ(asked(path), "") << path;
  }
  Request post;
  post.method = Method::Post;
  post.path = "/hosts.csv";
  EXPECT_FALSE(file_of_page(post));
}

TEST(PageFiles, AnIdIsOneValueOfTheFilter) {
  EXPECT_EQ(asked("/hosts/a%20host:10.0.0.1.csv"),
            "/api/v1/conversations range=-24h filter=host:\"a host:10.0.0.1\" top=10000 "
            "format=csv");
}

class PageFileAnswers : public store::StoreTest {
 protected:
  PageFileAnswers() {
    open();
    server_.emplace([](ServerOptions&) {}, store_.get());
    server_->clock.forward_ms(kNoon + 5'000 - server_->clock.now_ms());
    append({store::a_flow("192.168.1.7", "198.51.100.1", 100)});
  }
  std::optional<TestServer> server_;
};

TEST_F(PageFileAnswers, AreThoseOfTheApiBehindTheLogin) {
  const NamedText token = server_->token(state::Role::Viewer);
  EXPECT_EQ(server_->get("/hosts.csv").status, 401);
  const Answer hosts = server_->get("/hosts.csv", {token});
  EXPECT_THAT(hosts.header("content-type"), StartsWith("text/csv"));
  EXPECT_EQ(hosts.body, "host,dir,bytes,flows,host_name\n192.168.1.7,out,100,1,\n");
  EXPECT_THAT(server_->get("/hosts/192.168.1.7.csv", {token}).body,
              HasSubstr("\n192.168.1.7,,198.51.100.1,,"));
  EXPECT_THAT(server_->get("/explore.json?by=dst", {token}).body,
              HasSubstr(R"({"dst":"198.51.100.1","bytes":100)"));
  EXPECT_EQ(server_->get("/hosts.csv?f=port:x", {token}).status, 400);
  EXPECT_EQ(server_->get("/hosts.csv?f=%zz", {token}).status, 400);
  EXPECT_EQ(server_->get("/hosts.csv?m=colour", {token}).status, 400);
  EXPECT_EQ(server_->get("/setup.json", {token}).status, 200);
  EXPECT_EQ(server_->get("/system/setup.csv", {token}).body,
            "exporter,name,packets,understood,template,stored,datagrams,flows,last_seen\n");
}

TEST_F(PageFileAnswers, AnExportersNameIsNoFormula) {
  ASSERT_TRUE(server_->live_settings().change("exporters.names", [](state::Settings& all) {
    all.exporters.names = {{*flow::parse_address("192.0.2.1"), "=cmd|' /C calc'!A0"},
                           {*flow::parse_address("192.0.2.2"), "-1"}};
  }));
  flow::ExporterView view;
  view.exporter = *flow::parse_address("192.0.2.1");
  view.clock_skew_ms = -7;
  flow::ExporterView other = view;
  other.exporter = *flow::parse_address("192.0.2.2");
  server_->workers.emplace_back().exporters = {view, other};
  const std::string body = server_->ask_unix("GET", "/exporters.csv").body;
  EXPECT_THAT(body, StartsWith("exporter,name,"));
  EXPECT_THAT(body, HasSubstr("\n192.0.2.1,'=cmd|' /C calc'!A0,"));
  EXPECT_THAT(body, HasSubstr("\n192.0.2.2,'-1,"));
  EXPECT_THAT(body, HasSubstr(",-7,"));  // a number stays one
}

}  // namespace
}  // namespace serve
