#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <exception>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/clock.h"
#include "base/log.h"
#include "main/commands.h"
#include "main/data_folder.h"
#include "serve/client/http_client.h"

namespace weir {
namespace {

namespace json = boost::json;

// More than any answer that is asked for here.
constexpr std::size_t kAnswerOctetsMax = 16 << 20;
constexpr std::size_t kExportersShown = 20;

// Names come from outside: what would move a terminal's cursor is not shown.
// The text is UTF-8: U+0080 to U+009F, which some terminals obey too, are C2 and that octet.
std::string shown(std::string_view text) {
  std::string plain;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto octet = static_cast<unsigned char>(text[i]);
    const bool is_long_control =
        octet == 0xc2 && i + 1 < text.size() && static_cast<unsigned char>(text[i + 1]) < 0xa0;
    plain += is_long_control || octet < ' ' || octet == 0x7f ? '?' : text[i];
    if (is_long_control) ++i;
  }
  return plain;
}

std::int64_t number(const json::value& value) {
  return value.is_number() ? value.to_number<std::int64_t>() : 0;
}

std::string octets_text(std::int64_t octets) {
  const auto count = static_cast<double>(octets);
  if (octets >= 1'000'000'000) return fmt::format("{:.1f} GB", count / 1e9);
  return fmt::format("{:.1f} MB", count / 1e6);
}

std::string ago_text(base::UnixMs then, base::UnixMs now) {
  const std::int64_t seconds = (now - then) / base::kMsPerSecond;
  if (seconds < 120) return fmt::format("{} s ago", seconds);
  if (seconds < 7'200) return fmt::format("{} min ago", seconds / 60);
  return fmt::format("{} h ago", seconds / 3'600);
}

// An answer's JSON object; else why there is none.
base::Expected<json::object, base::IoError> ask_running(const std::filesystem::path& folder,
                                                        const char* target) {
  std::string body;
  const auto answer =
      serve::http_get(folder / "weir.sock", target, "", [&](std::string_view piece) {
        body += piece;
        return body.size() <= kAnswerOctetsMax;
      });
  if (!answer) return base::Unexpected(answer.error());
  boost::system::error_code failed;
  json::value value = json::parse(body, failed);
  if (answer->status >= 300 || failed || !value.is_object()) {
    return base::Unexpected(base::IoError{
        "understand", target, 0, fmt::format("the answer's status is {}", answer->status)});
  }
  return std::move(value.get_object());
}

void print_ports(const json::object& diagnosis) {
  std::string ports;
  for (const json::value& port : diagnosis.at("ports").as_array()) {
    const bool is_bound = port.at("bound").as_bool();
    ports += fmt::format(" {}{}", number(port.at("port")), is_bound ? "" : " (not bound)");
  }
  fmt::print("ports     UDP{}\n", ports);
}

// One line each, in the order of the API.
void print_exporters(const json::object& exporters, base::UnixMs now) {
  const json::array& listed = exporters.at("exporters").as_array();
  const std::size_t all =
      listed.size() + exporters.at("exporters_left_out").to_number<std::size_t>();
  fmt::print("exporters {}\n", all);
  std::size_t printed = 0;
  for (const json::value& one : listed) {
    if (++printed > kExportersShown) {
      fmt::print("  and {} more\n", all - kExportersShown);
      return;
    }
    const json::object& told = one.as_object();
    const json::object& counts = told.at("in_range").as_object();
    const json::value* name = told.if_contains("name");
    const json::value* seen = told.if_contains("last_seen");
    const std::int64_t sent = number(counts.at("sequence_sent"));
    const double lost = sent > 0 ? 100.0 * static_cast<double>(number(counts.at("sequence_gap"))) /
                                       static_cast<double>(sent)
                                 : 0;
    fmt::print("  {:<24} {:<16} {:>9.1f} flows/s  {:>6.2f} % lost  {}\n",
               shown(told.at("exporter").as_string()),
               name != nullptr ? shown(name->as_string()) : "",
               told.at("flows_per_s").to_number<double>(), lost,
               seen != nullptr ? ago_text(number(*seen), now) : "not since the start");
  }
}

// Whether something is wrong.
bool print_findings(const json::object& diagnosis) {
  bool is_wrong = false;
  for (const json::value& finding : diagnosis.at("findings").as_array()) {
    const bool is_trouble = finding.at("level").as_string() == "trouble";
    is_wrong |= is_trouble;
    fmt::print("{}  {}\n", is_trouble ? "trouble " : "note    ",
               shown(finding.at("what").as_string()));
  }
  return is_wrong;
}

int print_status(const std::filesystem::path& folder, const json::object& diagnosis) {
  const auto exporters = ask_running(folder, "/api/v1/exporters?range=-1h");
  const auto ledger = ask_running(folder, "/api/v1/ledger?range=-1h");
  if (!exporters || !ledger) {
    const base::IoError& error = !exporters ? exporters.error() : ledger.error();
    std::fprintf(stderr, "%s\n", base::to_text(error).c_str());
    return kFoundWrong;
  }
  const base::UnixMs now = number(diagnosis.at("now"));
  fmt::print("weir      runs, started {}{}\n", ago_text(number(diagnosis.at("started")), now),
             diagnosis.at("replaying").as_bool() ? "; the journal is being read again" : "");
  print_ports(diagnosis);
  const json::object& store = ledger->at("store").as_object();
  fmt::print("disk      {} of {}\n", octets_text(number(store.at("used_octets"))),
             octets_text(number(store.at("budget_octets"))));
  fmt::print("flows     {} since the start\n", number(diagnosis.at("flows")));
  print_exporters(*exporters, now);
  return print_findings(diagnosis) ? kFoundWrong : kDone;
}

int run_status(const std::string& given) {
  base::start_log("warn");
  const auto folder = find_data_folder(given);
  if (!folder) {
    std::fprintf(stderr, "%s\n", base::to_text(folder.error()).c_str());
    return kInputWrong;
  }
  const auto diagnosis = ask_running(*folder, "/api/v1/diagnosis");
  if (diagnosis) {
    try {
      return print_status(*folder, *diagnosis);
    } catch (const std::exception& wrong) {  // of boost::json: what was expected is not in it
      fmt::print(stderr, "the Weir in {} answers otherwise than this one expects: {}\n", *folder,
                 wrong.what());
      return kFoundWrong;
    }
  }
  const base::IoError& error = diagnosis.error();
  if (error.errno_value == ENOENT || error.errno_value == ECONNREFUSED) {
    fmt::print("weir      does not run in {}\n", *folder);
  } else {
    std::fprintf(stderr, "%s\n", base::to_text(error).c_str());
  }
  return kNotHad;
}

}  // namespace

void add_status(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "status", "one screen: whether Weir runs, its ports, exporters, loss and disk");
  auto data = std::make_shared<std::string>();
  command->add_option("--data", *data, "data folder; else that of ./weir.toml, else data");
  command->callback([&exit_code, data] { exit_code = run_status(*data); });
}

}  // namespace weir
