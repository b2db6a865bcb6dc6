#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <boost/json.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "know/protocols_list.h"
#include "know/table_file.h"
#include "main/commands.h"

namespace weir {
namespace {

namespace json = boost::json;

struct ProtocolsOptions {
  std::string file;
  std::string services;
  std::string format = "text";
};

// The user's services, where there are any, or why they cannot be read.
base::Expected<know::ServiceNames, std::string> service_names_of(const std::string& path) {
  if (path.empty()) return know::ServiceNames();
  const auto text = know::read_table(path);
  if (!text) return base::Unexpected(text.error());
  const auto services = know::parse_services(*text);
  for (const know::Warning& warning : services.warnings.listed()) {
    fmt::print(stderr, "{}:{}\n", path, know::to_text(warning));
  }
  return know::ServiceNames(services);
}

// The list of the file, or of ours without one.
base::Expected<know::ProtocolsList, std::string> protocols_list_of(
    const ProtocolsOptions& options) {
  const auto names = service_names_of(options.services);
  if (!names) return base::Unexpected(names.error());
  if (options.file.empty()) return know::parse_protocols(know::default_protocols(), *names);
  const auto text = know::read_table(options.file);
  if (!text) return base::Unexpected(text.error());
  return know::parse_protocols(*text, *names);
}

int check_protocols(const ProtocolsOptions& options) {
  const auto list = protocols_list_of(options);
  if (!list) return complain("protocols", kInputWrong, list.error());
  for (const know::Warning& warning : list->warnings.listed()) {
    fmt::print("{}\n", know::to_text(warning));
  }
  if (list->warnings.left_out() > 0) {
    complain("protocols", kFoundWrong,
             fmt::format("{} more warnings are left out", list->warnings.left_out()));
  }
  return list->warnings.empty() ? kDone : kFoundWrong;
}

std::string joined_items(const std::vector<std::string>& items) {
  std::string text;
  for (const std::string& item : items) text += (text.empty() ? "" : "|") + item;
  return text;
}

int list_protocols(const ProtocolsOptions& options) {
  const auto list = protocols_list_of(options);
  if (!list) return complain("protocols", kInputWrong, list.error());
  if (options.format == "text") {
    for (const know::ProtocolEntry& entry : list->entries) {
      fmt::print("{}={}\n", entry.name, joined_items(entry.items));
    }
    return kDone;
  }
  json::array entries;
  for (const know::ProtocolEntry& entry : list->entries) {
    json::array items;
    for (const std::string& item : entry.items) items.emplace_back(item);
    entries.push_back(json::object{{"name", entry.name}, {"items", std::move(items)}});
  }
  fmt::print("{}\n", json::serialize(json::object{{"protocols", std::move(entries)}}));
  return kDone;
}

}  // namespace

void add_protocols(CLI::App& app, int& exit_code) {
  CLI::App* command = app.add_subcommand(
      "protocols", "check a protocols.list, or show what it means (docs/services.md)");
  command->require_subcommand(1);
  auto options = std::make_shared<ProtocolsOptions>();
  constexpr const char* kServices = "a services file, whose names may stand in the list";

  CLI::App* check = command->add_subcommand("check", "say what is wrong, as LINE: ITEM: reason");
  check->add_option("file", options->file, "the list")->required();
  check->add_option("--services", options->services, kServices);
  check->callback([&exit_code, options] { exit_code = check_protocols(*options); });

  CLI::App* list = command->add_subcommand(
      "list", "the names in their order, each with the items that mean a port");
  list->add_option("--file", options->file, "the list; ours without one");
  list->add_option("--services", options->services, kServices);
  list->add_option("--format", options->format, "text or json (text)")
      ->check(CLI::IsMember({"text", "json"}));
  list->callback([&exit_code, options] { exit_code = list_protocols(*options); });
}

}  // namespace weir
