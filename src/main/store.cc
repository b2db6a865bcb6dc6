#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <string>

#include "main/commands.h"
#include "main/data_folder.h"
#include "query/time_text.h"
#include "store/embedded/inspect.h"

namespace weir {
namespace {

int list(const std::filesystem::path& folder) {
  const auto parts = store::read_manifest(folder);
  if (!parts) return complain("store", kNotHad, base::to_text(parts.error()));
  fmt::print("{:<10} {:>12} {:>13}  {:<20}  {:>6}  {}\n", "kind", "rows", "octets",
             "received until", "merges", "part");
  std::uint64_t flows = 0;
  std::uint64_t octets = 0;
  for (const auto& part : *parts) {
    fmt::print("{:<10} {:>12} {:>13}  {:<20}  {:>6}  {}{}\n", part.kind, part.rows, part.octets,
               query::utc_text(base::floor_to(part.max_received, base::kMsPerSecond)), part.merges,
               part.name, part.set_aside ? "  set aside: damaged" : "");
    if (part.kind == "flows" && !part.set_aside) flows += part.rows;
    octets += part.octets;
  }
  fmt::print("{} parts, {} flows, {} octets\n", parts->size(), flows, octets);
  return kDone;
}

int check(const std::filesystem::path& folder) {
  const auto report = store::check_folder(folder);
  if (!report) return complain("store", kNotHad, base::to_text(report.error()));
  for (const auto& problem : report->problems) fmt::print("{}\n", problem);
  fmt::print("{} parts read, {} octets; {} wrong\n", report->parts_read, report->octets_read,
             report->problems.size());
  return report->problems.empty() ? kDone : kFoundWrong;
}

using Look = int (*)(const std::filesystem::path& folder);

int look_at(const std::string& given, Look look) {
  const auto folder = find_data_folder(given);
  return folder ? look(*folder) : complain("store", kInputWrong, base::to_text(folder.error()));
}

}  // namespace

void add_store(CLI::App& app, int& exit_code) {
  auto* store = app.add_subcommand("store", "look at what a data folder keeps");
  store->require_subcommand(1);
  const auto add = [&](const char* name, const char* what, Look look) {
    auto* command = store->add_subcommand(name, what);
    auto data = std::make_shared<std::string>();
    command->add_option("--data", *data, "data folder; else that of ./weir.toml, else data");
    command->callback([data, look, &exit_code] { exit_code = look_at(*data, look); });
  };
  add("ls", "list the parts: kind, rows, octets, newest receipt, how often merged", list);
  add("check",
      "read every part and compare its length and checksum with the manifest's; changes nothing; "
      "ends with 1 when a part is wrong or was set aside",
      check);
}

}  // namespace weir
