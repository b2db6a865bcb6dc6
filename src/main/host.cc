#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <boost/json.hpp>
#include <cerrno>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "know/name_store.h"
#include "main/commands.h"
#include "main/data_folder.h"
#include "query/time_text.h"
#include "serve/client/http_client.h"

namespace weir {
namespace {

namespace json = boost::json;

constexpr std::size_t kAnswerOctetsMax = std::size_t{1} << 20;

int refuse_host(int exit_code, const std::string& text) {
  std::fprintf(stderr, "%s\n", text.c_str());
  return exit_code;
}

std::string age_text(std::int64_t ms) {
  if (ms < 2 * base::kMsPerMinute) return fmt::format("{} s", ms / base::kMsPerSecond);
  if (ms < 2 * base::kMsPerHour) return fmt::format("{} min", ms / base::kMsPerMinute);
  if (ms < 2 * base::kMsPerDay) return fmt::format("{} h", ms / base::kMsPerHour);
  return fmt::format("{} days", ms / base::kMsPerDay);
}

// "  nas.lan  dns  since 2026-11-23T21:00:00Z, said 3 h ago".
void print_record(const know::NameRecord& record, base::UnixMs now) {
  std::string text = fmt::format("  {:<32} {:<6}  since {}, said {} ago", record.name,
                                 to_text(record.origin), query::utc_text(record.since),
                                 age_text(std::max<std::int64_t>(now - record.confirmed, 0)));
  if (record.until) text += fmt::format("; ended {}", query::utc_text(*record.until));
  fmt::print("{}\n", text);
}

int print_host(const flow::Address& address, const std::vector<know::NameRecord>& records) {
  const bool is_called = !records.empty() && !records.front().until;
  fmt::print("{}  {}\n", flow::to_text(address),
             is_called
                 ? fmt::format("{} ({})", records.front().name, to_text(records.front().origin))
                 : "has no name");
  const base::UnixMs now = base::SystemClock().now_ms();
  for (const know::NameRecord& record : records) print_record(record, now);
  return kDone;
}

// What a running Weir says; empty: it says something else than is expected.
std::optional<std::vector<know::NameRecord>> records_of(const std::string& body) {
  std::vector<know::NameRecord> records;
  try {
    const json::value told = json::parse(body);
    for (const json::value& one : told.at("names").as_array()) {
      const auto origin = know::parse_name_origin(std::string_view(one.at("origin").as_string()));
      if (!origin) return std::nullopt;
      know::NameRecord record{.origin = *origin,
                              .name = std::string(one.at("name").as_string()),
                              .since = one.at("since").to_number<base::UnixMs>(),
                              .confirmed = one.at("confirmed").to_number<base::UnixMs>(),
                              .until = {}};
      if (const json::value* until = one.as_object().if_contains("until")) {
        record.until = until->to_number<base::UnixMs>();
      }
      records.push_back(std::move(record));
    }
  } catch (const std::exception&) {  // of boost::json: what was expected is not in it
    return std::nullopt;
  }
  return records;
}

int read_stored(const std::filesystem::path& folder, const flow::Address& address) {
  auto stored = know::read_names(folder / "state.db");
  if (!stored) return refuse_host(kNotHad, base::to_text(stored.error()));
  return print_host(address, stored->records[address]);
}

int show_host(const std::string& text, const std::string& data) {
  base::start_log("warn");
  const auto address = flow::parse_address(text);
  if (!address) {
    return refuse_host(kInputWrong,
                       fmt::format("address: expected one such as 192.168.1.5, came {}", text));
  }
  const auto folder = find_data_folder(data);
  if (!folder) return refuse_host(kInputWrong, base::to_text(folder.error()));
  std::string body;
  const auto answer = serve::http_get(std::filesystem::path(*folder) / "weir.sock",
                                      fmt::format("/api/v1/hosts/{}", flow::to_text(*address)), "",
                                      [&](std::string_view piece) {
                                        body += piece;
                                        return body.size() <= kAnswerOctetsMax;
                                      });
  if (!answer) {
    const int problem = answer.error().errno_value;
    if (problem == ENOENT || problem == ECONNREFUSED) return read_stored(*folder, *address);
    return refuse_host(kNotHad, base::to_text(answer.error()));
  }
  const auto records = answer->status < 300 ? records_of(body) : std::nullopt;
  if (!records) {
    return refuse_host(kFoundWrong, fmt::format("the Weir in {} answers otherwise than this one "
                                                "expects (status {})",
                                                *folder, answer->status));
  }
  return print_host(*address, *records);
}

}  // namespace

void add_host(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "host", "what an address is and was called, who said it and when (docs/names.md)");
  auto address = std::make_shared<std::string>();
  auto data = std::make_shared<std::string>();
  command->add_option("address", *address, "the address")->required();
  command->add_option("--data", *data, "data folder; else that of ./weir.toml, else data");
  command->callback([&exit_code, address, data] { exit_code = show_host(*address, *data); });
}

}  // namespace weir
