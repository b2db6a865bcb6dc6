#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <cstdio>
#include <memory>
#include <string>

#include "base/clock.h"
#include "main/commands.h"
#include "main/demo_run.h"

namespace weir {
namespace {

struct DemoOptions {
  std::uint64_t seed = 1;
  base::UnixMs from = 0;   // 0: a day before
  base::UnixMs until = 0;  // 0: now
  std::string pcap;
  std::string totals;
};

int make_demo(const DemoOptions& options) {
  const base::UnixMs now = base::SystemClock().now_ms();
  demo::Settings settings = demo_settings(options.seed, now);
  if (options.from != 0) settings.begin = options.from;
  const base::UnixMs until = options.until != 0 ? options.until : now;
  if (settings.begin % base::kMsPerHour != 0) {
    return complain("demo", kInputWrong, "--from: expected a full hour, in Unix milliseconds");
  }
  if (until < settings.begin || until - settings.begin > 31 * base::kMsPerDay) {
    return complain("demo", kInputWrong, "--until: expected a time up to 31 days after --from");
  }
  demo::Network network(settings);
  if (options.pcap.empty()) {
    network.advance(until, [](base::UnixMs, wire::ByteView) {});
  } else if (auto written = write_demo_capture(options.pcap, network, until); !written) {
    return complain("demo", kNotHad, base::to_text(written.error()));
  }
  if (!options.totals.empty()) {
    std::FILE* out = std::fopen(options.totals.c_str(), "we");
    const std::string json = network.totals_json();
    const bool is_written =
        out != nullptr && std::fwrite(json.data(), 1, json.size(), out) == json.size();
    if (out == nullptr || std::fclose(out) != 0 || !is_written) {
      return complain("demo", kNotHad, options.totals + " could not be written");
    }
  }
  fmt::print("{} datagrams, {} to {} (Unix ms), seed {}\n\n{}", network.datagrams(), settings.begin,
             network.at(), settings.seed, network.truth().to_table(settings.zone_offset_ms));
  return kDone;
}

}  // namespace

void add_demo(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DemoOptions>();
  CLI::App* command = app.add_subcommand(
      "demo", "what the demo network of `weir serve --demo` says: its totals, or a capture of it");
  command->add_option("--seed", options->seed, "the same seed makes the same flows (1)");
  command->add_option("--from", options->from,
                      "the full hour, in Unix milliseconds, that it begins with (24 hours ago)");
  command->add_option("--until", options->until, "Unix milliseconds (now)");
  command->add_option("--pcap", options->pcap, "write its NetFlow v9 to this capture file");
  command->add_option("--totals", options->totals, "write its totals as JSON to this file");
  command->callback([options, &exit_code] { exit_code = make_demo(*options); });
}

}  // namespace weir
