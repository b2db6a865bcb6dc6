#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <boost/url.hpp>
#include <cstdio>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "know/name_store.h"
#include "main/commands.h"
#include "main/knowledge.h"
#include "main/read_folder.h"
#include "query/plan/plan.h"
#include "serve/client/http_client.h"
#include "serve/export/export.h"
#include "serve/export/named_rows.h"
#include "state/settings.h"

namespace weir {
namespace {

struct QueryOptions {
  std::vector<std::string> words;  // of the filter
  query::PlanText text;
  bool flows = false;
  bool numeric = false;  // addresses without names
  bool names = false;    // with them, of flows too
  std::string format = "table";
  std::string data;    // empty: weir.toml's
  std::string server;  // empty: the folder
  std::string token;
};

int refuse(const base::UserError& error) {
  std::fprintf(stderr, "%s\n", base::to_text(error).c_str());
  return kInputWrong;
}

int refuse(const std::string& filter, const query::PlanError& error) {
  if (error.filter.empty()) return refuse(error);
  std::fprintf(stderr, "%s\n", query::explain(filter, error.filter).c_str());
  return kInputWrong;
}

int refuse(int exit_code, const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return exit_code;
}

bool write_out(std::string_view piece) {
  return std::fwrite(piece.data(), 1, piece.size(), stdout) == piece.size();
}

// The parameters that were given, by the names that flags and API share.
std::string target_of(const QueryOptions& options) {
  boost::urls::url url("/api/v1/query");
  const auto add = [&](std::string_view name, const std::string& value) {
    if (!value.empty()) url.params().append({name, value});
  };
  add("format", options.format);
  add("filter", options.text.filter);
  add("by", options.text.by);
  add("metric", options.text.metric);
  add("range", options.text.range);
  add("step", options.text.step);
  add("top", options.text.top);
  add("flows", options.text.flows);
  add("limit", options.text.limit);
  if (options.numeric) add("names", "0");
  if (options.names) add("names", "1");
  return std::string(url.buffer());
}

// What the server said instead of an answer: {"error":{"where":…,"what":…,"hint":…}}.
std::string refusal(const serve::HttpAnswer& answer, const std::string& filter) {
  boost::system::error_code failed;
  const auto body = boost::json::parse(answer.error_body, failed);
  const auto* object = failed ? nullptr : body.if_object();
  const auto* member = object == nullptr ? nullptr : object->if_contains("error");
  const auto* error = member == nullptr ? nullptr : member->if_object();
  if (error == nullptr) return "the server answered with status " + std::to_string(answer.status);
  const auto text = [&](std::string_view name) {
    const auto* found = error->if_contains(name);
    return found != nullptr && found->is_string() ? std::string(found->get_string()) : "";
  };
  const auto octet = [&](std::string_view name) {
    const auto* found = error->if_contains(name);
    return found != nullptr && found->is_int64() ? static_cast<std::size_t>(found->get_int64()) : 0;
  };
  if (error->contains("from") && octet("to") <= filter.size() && octet("from") <= octet("to")) {
    return query::explain(filter, {{octet("from"), octet("to"), text("what"), text("hint")}});
  }
  return base::to_text(base::UserError{text("where"), text("what"), text("hint")});
}

// The exit code; empty when there is no server.
std::optional<int> ask_server(const serve::ServerPlace& place, const QueryOptions& options) {
  const auto answer = serve::http_get(place, target_of(options), options.token, write_out);
  // Whatever was written before an answer broke off is not taken back.
  const bool is_written = std::fflush(stdout) == 0;
  if (!answer) {
    const base::IoError& error = answer.error();
    const bool nobody = error.errno_value == ENOENT || error.errno_value == ECONNREFUSED;
    if (nobody && std::holds_alternative<std::filesystem::path>(place)) return std::nullopt;
    const bool was_asked = error.operation != "find" && error.operation != "connect to";
    return refuse(was_asked ? kFoundWrong : kNotHad, base::to_text(error));
  }
  if (answer->status < 300 && is_written) return kDone;
  if (!is_written) return refuse(kFoundWrong, "standard output takes no more");
  const int exit_code = answer->status < 500 ? kInputWrong : kFoundWrong;
  return refuse(exit_code, refusal(*answer, options.text.filter));
}

// ./weir.toml, if it is there; --data wins over its folder.
base::Expected<state::Settings, std::vector<base::UserError>> settings_for(
    const QueryOptions& options) {
  base::Expected<state::Settings, std::vector<base::UserError>> settings{state::Settings{}};
  std::error_code failed;
  if (std::filesystem::exists("weir.toml", failed)) settings = state::read_settings("weir.toml");
  if (settings && !options.data.empty()) settings->data = options.data;
  return settings;
}

// `names`: null for addresses alone.
int answer_from(ReadFolder& folder, const query::Plan& plan, serve::Format format,
                std::shared_ptr<const know::Names> names) {
  auto writer = serve::make_writer(format, plan, write_out);
  if (names) {
    writer = serve::with_names(std::move(writer), std::move(names), serve::name_place(format));
  }
  const auto summary = folder.questions().answer(plan, *writer, query::Cancel{});
  if (!summary) return refuse(kFoundWrong, "query: " + summary.error().detail);
  const bool is_written = writer->finish(*summary) && std::fflush(stdout) == 0;
  if (!is_written) return refuse(kFoundWrong, "standard output takes no more");
  if (format == serve::Format::Csv || format == serve::Format::Ndjson) {
    for (const std::string& remark : serve::remarks(plan, *summary)) refuse(kDone, remark);
  }
  return kDone;
}

// The question is looked at before anything is opened: what is wrong with it shows at once.
int read_folder(const state::Settings& settings, const QueryOptions& options) {
  const auto names = know::load_tables(table_paths(settings)).folded_names;
  const auto plan = query::make_plan(options.text, base::SystemClock().now_ms(), names);
  if (!plan) return refuse(options.text.filter, plan.error());
  std::error_code failed;
  if (!std::filesystem::exists(std::filesystem::path(settings.data) / "state.db", failed)) {
    if (failed) return refuse(kNotHad, settings.data + ": " + failed.message());
    return refuse(kNotHad, settings.data + ": nothing of Weir is in it (no state.db)");
  }
  auto folder = ReadFolder::open(settings.data, settings);
  if (folder) {
    const bool is_named = options.names || (!options.numeric && !plan->flows);
    const auto stored = know::read_names(std::filesystem::path(settings.data) / "state.db");
    if (!stored) return refuse(kNotHad, base::to_text(stored.error()));
    return answer_from(**folder, *plan, *serve::find_format(options.format),
                       is_named ? stored->names : nullptr);
  }
  if (folder.error().errno_value == EWOULDBLOCK) {
    return refuse(kNotHad, settings.data +
                               ": another process holds it, which does not answer "
                               "through its weir.sock");
  }
  return refuse(kNotHad, base::to_text(folder.error()));
}

int ask_folder(const QueryOptions& options) {
  const auto settings = settings_for(options);
  if (!settings) {
    for (const auto& error : settings.error()) refuse(error);
    return kInputWrong;
  }
  std::error_code failed;
  if (!std::filesystem::is_directory(settings->data, failed)) {
    if (failed && failed != std::errc::no_such_file_or_directory) {
      return refuse(kNotHad, settings->data + ": " + failed.message());
    }
    return refuse(kNotHad, "no folder " + settings->data +
                               " (--data names the folder that `weir serve` writes)");
  }
  const auto server = ask_server(std::filesystem::path(settings->data) / "weir.sock", options);
  return server ? *server : read_folder(*settings, options);
}

int ask(QueryOptions& options) {
  base::start_log("warn");
  for (const std::string& word : options.words) {
    options.text.filter += (options.text.filter.empty() ? "" : " ") + word;
  }
  if (options.flows) options.text.flows = "1";
  if (!serve::find_format(options.format)) {
    return refuse(base::UserError{
        "format", "expected table, json, csv or ndjson, came `" + options.format + "`", {}});
  }
  if (options.server.empty()) return ask_folder(options);
  const auto url = serve::parse_server_url(options.server);
  if (!url) return refuse(url.error());
  return ask_server(*url, options).value_or(kNotHad);
}

}  // namespace

void add_query(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand("query", "ask who used the network (docs/query.md)");
  auto options = std::make_shared<QueryOptions>();
  query::PlanText& text = options->text;
  command->add_option("filter", options->words,
                      "which flows; after -- where it begins with - (docs/filter.md)");
  command->add_option("--by", text.by, "columns to group by, joined by commas");
  command->add_option("--metric", text.metric, "bytes, packets, flows, raw_bytes, …");
  command->add_option("--range", text.range, "-24h, -7d..-1d, today, 2026-08-13, …")
      ->capture_default_str();
  command->add_option("--step", text.step, "one row for each 5m, 1h, … or day, week, month");
  command->add_option("--top", text.top, "how many groups; 10 if not said");
  command->add_flag("--flows", options->flows, "list flows instead of adding them up");
  command->add_option("--limit", text.limit, "how many flows; all if not said");
  auto* numeric = command->add_flag("-n,--numeric", options->numeric, "addresses without names");
  command->add_flag("--names", options->names, "addresses with names; of flows too")
      ->excludes(numeric);
  command->add_option("--format", options->format, "table, json, csv or ndjson")
      ->capture_default_str();
  auto* data = command->add_option("--data", options->data, "the folder of the data");
  command->add_option("--server", options->server, "the URL of a running server")->excludes(data);
  command->add_option("--token", options->token, "for --server: what `weir token create` printed")
      ->envname("WEIR_TOKEN");
  command->callback([&exit_code, options] { exit_code = ask(*options); });
}

}  // namespace weir
