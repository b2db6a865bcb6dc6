#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <set>

#include "serve/api/routes.h"
#include "serve/api/testing_server.h"

namespace serve {
namespace {

namespace json = boost::json;

json::object described(const TestServer& server) {
  const Answer answer = server.ask_unix("GET", "/api/v1/openapi.json");
  EXPECT_EQ(answer.status, 200);
  return json::parse(answer.body).get_object();
}

std::string operation_of(Method method) {
  std::string name(to_text(method));
  for (char& letter : name) letter = static_cast<char>(std::tolower(letter));
  return name;
}

// What keeps a value from fitting its schema, as the subset of JSON Schema that we use has it; each
// with its place.
class Misfits {
 public:
  explicit Misfits(const json::object& document) : document_(document) {}

  std::vector<std::string> of(const json::value& value, const json::object& schema,
                              const std::string& place = "$") {
    found_.clear();
    check(value, schema, place);
    return found_;
  }

 private:
  void check(const json::value& value, const json::object& schema, const std::string& place) {
    if (const json::value* reference = schema.if_contains("$ref")) {
      const std::string pointer = std::string(reference->get_string()).substr(1);
      boost::system::error_code error;
      const json::value* target = document_.find_pointer(pointer, error);
      if (target == nullptr) {
        found_.push_back(place + ": no such schema: " + pointer);
        return;
      }
      return check(value, target->get_object(), place);
    }
    check_type(value, schema, place);
    if (value.is_object()) check_members(value.get_object(), schema, place);
    if (!value.is_array()) return;
    for (std::size_t i = 0; i < value.get_array().size(); ++i) {
      check(value.get_array()[i], schema.at("items").get_object(),
            place + "[" + std::to_string(i) + "]");
    }
  }

  void check_type(const json::value& value, const json::object& schema, const std::string& place) {
    const json::value& type = schema.at("type");
    std::set<std::string> types;
    if (type.is_string()) {
      types.emplace(type.get_string());
    } else {
      for (const json::value& one : type.get_array()) types.emplace(one.get_string());
    }
    if (!types.contains(type_of(value))) {
      found_.push_back(place + ": " + json::serialize(type) + " expected, " + type_of(value));
    }
    const json::value* choices = schema.if_contains("enum");
    if (choices == nullptr) return;
    const json::array& allowed = choices->get_array();
    if (std::find(allowed.begin(), allowed.end(), value) == allowed.end()) {
      found_.push_back(place + ": not one of " + json::serialize(allowed));
    }
  }

  static std::string type_of(const json::value& value) {
    if (value.is_object()) return "object";
    if (value.is_array()) return "array";
    if (value.is_string()) return "string";
    if (value.is_bool()) return "boolean";
    if (value.is_null()) return "null";
    return value.is_double() ? "number" : "integer";
  }

  void check_members(const json::object& object, const json::object& schema,
                     const std::string& place) {
    const json::value* properties = schema.if_contains("properties");
    if (properties == nullptr) return;
    for (const auto& member : object) {
      const std::string name(member.key());
      const json::value* known = properties->get_object().if_contains(name);
      if (known == nullptr) {
        found_.push_back(place + "." + name + ": not described");
      } else {
        check(member.value(), known->get_object(), place + "." + name);
      }
    }
    const json::value* required = schema.if_contains("required");
    if (required == nullptr) return;
    for (const json::value& name : required->get_array()) {
      if (!object.contains(name.get_string())) {
        found_.push_back(place + "." + std::string(name.get_string()) + ": missing");
      }
    }
  }

  const json::value document_;
  std::vector<std::string> found_;
};

// What went through interfaces, and which ends are behind them.
query::AnswerSummary answer_of_interfaces(const query::Plan& plan, query::AnswerSink& sink) {
  const flow::Address router = *flow::parse_address("192.0.2.1");
  const query::AnswerValues number{.valid = {1}, .numbers = {3}, .addresses = {}, .texts = {}};
  const query::AnswerValues zero{.valid = {1}, .numbers = {0}, .addresses = {}, .texts = {}};
  const query::AnswerValues exporter{
      .valid = {1}, .numbers = {}, .addresses = {router}, .texts = {}};
  const auto text = [](std::string_view word) {
    return query::AnswerValues{.valid = {1}, .numbers = {}, .addresses = {}, .texts = {word}};
  };
  const bool is_behind = plan.by.size() == 4;
  sink.head({});
  if (is_behind) {
    sink.chunk({1, {exporter, number, zero, text("R2L"), number}});
  } else {
    sink.chunk({1, {exporter, number, text("in"), number, number, number}});
  }
  query::AnswerSummary summary;
  summary.totals = summary.rest = summary.bound = std::vector<std::int64_t>(plan.metrics.size());
  return summary;
}

// A server whose ledger, exporters and query answers have something of everything.
void fill(TestServer& server) {
  const base::UnixMs minute = base::floor_to(server.clock.now_ms(), base::kMsPerMinute);
  const flow::Address router = *flow::parse_address("192.0.2.1");
  flow::LedgerRow row{router, minute, {}};
  row.counts.records = row.counts.flows = 7;
  row.counts[flow::NotCounted::NoTemplatePending] = 3;
  server.store.committed = {row};
  server.store.listed_parts.emplace_back().set_aside = true;

  flow::ExporterView view;
  view.exporter = router;
  flow::TemplateView known;
  known.fields = "octetDeltaCount";
  view.templates = {std::make_shared<const flow::TemplateView>(known)};
  view.sampling.emplace_back();
  flow::WorkerView worker;
  worker.exporters = {view};
  worker.uncommitted = {row, {*flow::parse_address("2001:db8::1"), minute, {}}};
  server.workers = {worker};
  server.interfaces().tell(know::InterfaceOrigin::Options, router, {{1, {"wan", "", 0}}}, false,
                           minute - base::kMsPerDay);
  server.interfaces().tell(know::InterfaceOrigin::Snmp, router, {{3, {"wan", "x", 1'000}}}, true,
                           minute);
  server.store.on_query =
      [](const query::Plan& plan, query::AnswerSink& sink,
         const query::Cancel&) -> base::Expected<query::AnswerSummary, query::QueryError> {
    if (plan.step_ms != 0) return query::AnswerSummary{};  // how many flows, for conversations
    if (plan.by.size() > 2) return answer_of_interfaces(plan, sink);
    sink.head({{"src", query::AnswerType::Address}, {"bytes", query::AnswerType::Number}});
    query::AnswerChunk chunk;
    chunk.rows = 1;
    chunk.columns.resize(2);
    chunk.columns[0].valid = chunk.columns[1].valid = {1};
    chunk.columns[0].addresses = {*flow::parse_address("2001:db8::1")};
    chunk.columns[1].numbers = {5};
    sink.chunk(chunk);
    query::AnswerSummary summary;
    summary.totals = summary.rest = summary.bound = {0, 0, 0};
    return summary;
  };
}

TEST(OpenApi, DescribesEveryRouteOfTheTableAndNoOther) {
  const TestServer server;
  const json::object document = described(server);
  std::size_t operations = 0;
  for (const auto& path : document.at("paths").get_object()) {
    operations += path.value().get_object().size();
  }
  EXPECT_EQ(operations, routes().size());
  for (const Route& route : routes()) {
    const json::object& operation =
        document.at("paths").at(route.path).at(operation_of(route.method)).get_object();
    const bool in_path = route.path.find('{') != std::string_view::npos;
    EXPECT_EQ(operation.at("parameters").get_array().size(),
              route.parameters.size() + (in_path ? 1 : 0))
        << route.path;
    EXPECT_EQ(operation.contains("requestBody"), !route.body_schema.empty()) << route.path;
    for (const AnswerSpec& answer : route.answers) {
      EXPECT_TRUE(operation.at("responses").get_object().contains(std::to_string(answer.status)))
          << route.path << " " << answer.status;
    }
  }
}

TEST(OpenApi, RefersOnlyToSchemasThatAreThereAndUsesAll) {
  const TestServer server;
  const json::object document = described(server);
  const std::string text = json::serialize(document);
  constexpr std::string_view kStart = "\"#/components/schemas/";
  std::set<std::string> used;
  for (std::size_t at = text.find(kStart); at != std::string::npos;
       at = text.find(kStart, at + 1)) {
    const std::size_t start = at + kStart.size();
    used.insert(text.substr(start, text.find('"', start) - start));
  }
  std::set<std::string> there;
  for (const auto& schema : document.at("components").at("schemas").get_object()) {
    there.emplace(schema.key());
  }
  EXPECT_EQ(used, there);
}

TEST(OpenApi, DescribesWhatIsAnswered) {
  TestServer server;
  fill(server);
  const json::object document = described(server);
  Misfits misfits(document);
  for (const Route& route : routes()) {
    if (route.method != Method::Get || route.path == "/metrics") continue;
    if (route.path == "/api/v1/events") continue;  // never ends: events_test.cc
    std::string target = testing_target(route);
    if (route.path == "/api/v1/filter") target += "?text=host:10.0.0.5+(port:1|port:2)+-app:dns";
    if (route.path == "/api/v1/setup") target += "?code=" + *server.api().setup_code();
    const Answer answer = server.ask_unix("GET", target);
    ASSERT_EQ(answer.status, 200) << target << answer.body;
    const json::value& content = document.at("paths")
                                     .at(route.path)
                                     .at("get")
                                     .at("responses")
                                     .at("200")
                                     .at("content")
                                     .at("application/json");
    EXPECT_EQ(misfits.of(json::parse(answer.body), content.at("schema").get_object()),
              std::vector<std::string>{})
        << target << answer.body;
  }
}

TEST(OpenApi, DescribesWhatIsAnsweredToChangesAndErrors) {
  TestServer server;
  const json::object document = described(server);
  Misfits misfits(document);
  const NamedText token = server.token();
  const auto expect = [&](const Answer& answer, int status, const char* schema) {
    EXPECT_EQ(answer.status, status) << answer.body;
    EXPECT_EQ(misfits.of(json::parse(answer.body),
                         document.at("components").at("schemas").at(schema).get_object()),
              std::vector<std::string>{})
        << answer.body;
  };
  expect(server.post("/api/v1/setup", R"({"code":")" + *server.api().setup_code() +
                                          R"(","name":"ada","password":"correct horse"})"),
         201, "Session");
  expect(server.post("/api/v1/session", R"({"name":"ada","password":"correct horse"})"), 200,
         "Session");
  expect(server.post("/api/v1/tokens", R"({"name":"t"})", {token}), 201, "Token");
  expect(server.get("/api/v1/query"), 401, "Error");
  expect(server.get("/api/v1/query?filter=port:x", {token}), 400, "Error");
  expect(server.get("/nothing"), 404, "Error");
  expect(server.ask("DELETE", "/api/v1/query"), 405, "Error");
}

}  // namespace
}  // namespace serve
