#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <atomic>
#include <csignal>
#include <cstdio>
#include <filesystem>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include "base/log.h"
#include "main/commands.h"
#include "probe/capture/file_capture.h"
#include "probe/capture/interfaces.h"
#include "probe/capture/live_capture.h"
#include "probe/capture/packet_filter.h"
#include "probe/capture/privileges.h"
#include "probe/exporter/outlet.h"
#include "probe/queue.h"

// The probe: a program of its own that needs neither a store nor the pages.
namespace weir {
namespace {

constexpr std::uint16_t kEthernet = 1;
// In a file packets may be older than the first one; uptime must not fall below 0.
constexpr std::int64_t kUptimeOfFirstMs = base::kMsPerHour;
// NetFlow v5 counts octets in 32 bits.
constexpr std::uint64_t kNetflow5OctetsMax = (std::uint64_t{1} << 32) - 1;
constexpr std::uint64_t kPace = 50'000;  // flows a second that any collector takes
constexpr std::uint64_t kFileSeed = 1;   // of the sampling: the same file gives the same flows

struct Options {
  std::vector<std::string> interfaces;
  std::string file;
  std::string to;
  int netflow = 9;
  std::int64_t active_s = 60;
  std::int64_t inactive_s = 15;
  std::uint32_t sampling = 1;
  std::string filter;
  std::uint64_t rate = kPace;
  std::size_t flows = 262'144;
  int ring_mib = 16;
  bool is_not_promiscuous = false;
  std::string user = "nobody";
};

int complain(int exit_code, const std::string& what) {
  fmt::print(stderr, "weir-probe: {}\n", what);
  return exit_code;
}

int list() {
  const auto interfaces = probe::list_interfaces();
  if (!interfaces) return complain(kNotHad, to_text(interfaces.error()));
  for (const probe::Interface& each : *interfaces) {
    fmt::print("{:<16} ifIndex {:<4} {:<5} {}\n", each.name, each.index, each.is_up ? "up" : "down",
               fmt::join(each.addresses, " "));
  }
  return kDone;
}

// What all queues of one run share, and what is made for each.
class Probe {
 public:
  explicit Probe(Options options) : options_(std::move(options)) {}

  // Empty: it may run.
  std::optional<int> open();
  int run();

 private:
  std::optional<int> open_file();
  std::optional<int> add_file_queue();
  std::optional<int> open_interfaces();
  base::Expected<std::unique_ptr<probe::Outlet>, base::UserError> outlet();
  probe::MeterSettings meter_settings() const;
  std::optional<int> add_queue(std::uint32_t index, const std::string& name, base::UnixMs boot);
  bool is_to_file() const { return options_.to.ends_with(".pcap"); }
  void start(std::size_t queue, const std::stop_token& stopped);
  void print_reports() const;
  int finish();

  Options options_;
  std::shared_ptr<probe::DatagramFile> datagrams_;
  std::optional<probe::FileCapture> file_;
  std::vector<probe::LiveSettings> live_settings_;
  std::vector<std::unique_ptr<probe::LiveCapture>> captures_;
  std::vector<std::unique_ptr<probe::Queue>> queues_;
  std::atomic<std::uint64_t> pace_ = 0;  // flows sent a second; 0: no limit
};

std::optional<int> Probe::open() {
  if (!options_.filter.empty() && options_.file.empty()) {
    const auto compiled = probe::PacketFilter::compile(options_.filter, kEthernet);
    if (!compiled) return complain(kInputWrong, to_text(compiled.error()));
  }
  // Before anything is written: what is wrong with the input costs no output.
  if (!options_.file.empty()) {
    if (const auto failed = open_file()) return failed;
  }
  if (is_to_file()) {
    auto created = probe::DatagramFile::create(options_.to);
    if (!created) return complain(kNotHad, to_text(created.error()));
    datagrams_ = std::move(*created);
  }
  const auto failed = file_ ? add_file_queue() : open_interfaces();
  if (failed || !probe::is_root() || file_) return failed;
  if (const auto kept = probe::keep_only_capturing(options_.user); !kept) {
    return complain(kNotHad, to_text(kept.error()));
  }
  return std::nullopt;
}

std::optional<int> Probe::open_file() {
  auto opened = probe::FileCapture::open(options_.file, options_.filter);
  if (!opened) return complain(kInputWrong, to_text(opened.error()));
  std::error_code is_new;
  if (is_to_file() && std::filesystem::equivalent(options_.file, options_.to, is_new)) {
    return complain(kInputWrong, "--to: expected another file than the one that is read");
  }
  file_.emplace(std::move(*opened));
  return std::nullopt;
}

std::optional<int> Probe::add_file_queue() {
  pace_ = options_.rate;
  const base::UnixMs first_ms = file_->first_time_ns().value_or(0) / base::kNsPerMs;
  const std::string name = std::filesystem::path(options_.file).filename();
  return add_queue(1, name, base::floor_to(first_ms, base::kMsPerSecond) - kUptimeOfFirstMs);
}

std::optional<int> Probe::open_interfaces() {
  const base::UnixMs now = base::SystemClock().now_ms();
  for (const std::string& name : options_.interfaces) {
    probe::LiveSettings settings{.interface_name = name,
                                 .filter = options_.filter,
                                 .is_promiscuous = !options_.is_not_promiscuous,
                                 .ring_octets = options_.ring_mib << 20};
    auto opened = probe::LiveCapture::open(settings);
    if (!opened) return complain(kNotHad, to_text(opened.error()));
    captures_.push_back(std::move(*opened));
    live_settings_.push_back(std::move(settings));
    const auto failed = add_queue(probe::interface_index(name), name,
                                  base::floor_to(now, base::kMsPerSecond) - base::kMsPerSecond);
    if (failed) return failed;
  }
  return std::nullopt;
}

base::Expected<std::unique_ptr<probe::Outlet>, base::UserError> Probe::outlet() {
  if (datagrams_) return std::make_unique<probe::FileOutlet>(datagrams_);
  auto opened = probe::UdpOutlet::open(options_.to);
  if (!opened) return base::Unexpected(opened.error());
  return std::make_unique<probe::PacedOutlet>(std::move(*opened), pace_);
}

probe::MeterSettings Probe::meter_settings() const {
  std::random_device random;
  const std::uint64_t seed = std::uint64_t{random()} << 32 | random();
  probe::MeterSettings settings;
  settings.sampling_rate = options_.sampling;
  settings.seed = options_.file.empty() ? seed : kFileSeed;
  settings.table.flows_max = options_.flows;
  settings.table.active_ms = options_.active_s * base::kMsPerSecond;
  settings.table.inactive_ms = options_.inactive_s * base::kMsPerSecond;
  if (options_.netflow == 5) settings.table.octets_max = kNetflow5OctetsMax;
  settings.table.seed = seed;
  return settings;
}

std::optional<int> Probe::add_queue(std::uint32_t index, const std::string& name,
                                    base::UnixMs boot) {
  auto made = outlet();
  if (!made) return complain(kInputWrong, to_text(made.error()));
  const probe::ExporterSettings exporter{
      .version = static_cast<probe::ExportVersion>(options_.netflow),
      .interface_index = index,
      .interface_name = name,
      .sampling_rate = options_.sampling,
      .boot = boot};
  queues_.push_back(std::make_unique<probe::Queue>(meter_settings(), exporter, std::move(*made)));
  return std::nullopt;
}

void Probe::start(std::size_t queue, const std::stop_token& stopped) {
  if (file_) {
    queues_[queue]->run_file(std::move(*file_), stopped);
    ::kill(::getpid(), SIGUSR2);  // wakes run()
  } else {
    queues_[queue]->run_live(std::move(captures_[queue]), live_settings_[queue], stopped);
  }
}

int Probe::run() {
  sigset_t awaited;
  sigemptyset(&awaited);
  for (const int signal : {SIGINT, SIGTERM, SIGUSR1, SIGUSR2}) sigaddset(&awaited, signal);
  // Every thread inherits this: the signals wait for this one.
  pthread_sigmask(SIG_BLOCK, &awaited, nullptr);
  std::vector<std::jthread> threads;
  for (std::size_t i = 0; i < queues_.size(); ++i) {
    threads.emplace_back([this, i](const std::stop_token& stopped) { start(i, stopped); });
  }
  int signal = SIGUSR1;
  while (signal == SIGUSR1) {
    ::sigwait(&awaited, &signal);
    if (signal == SIGUSR1) print_reports();
  }
  // What is left goes at once, but not faster than a collector takes it.
  const bool is_unlimited = !options_.file.empty() && options_.rate == 0;
  if (signal != SIGUSR2 && !is_unlimited) pace_ = std::max(options_.rate, kPace);
  for (std::jthread& thread : threads) thread.request_stop();
  threads.clear();
  return finish();
}

void Probe::print_reports() const {
  for (const auto& queue : queues_) fmt::print(stderr, "{}", to_text(queue->report()));
}

int Probe::finish() {
  print_reports();
  if (datagrams_ && !datagrams_->flush()) {
    return complain(kFoundWrong, to_text(base::IoError{"write", options_.to, errno, ""}));
  }
  const bool has_found_wrong =
      std::ranges::any_of(queues_, [](const auto& queue) { return queue->has_found_wrong(); });
  return has_found_wrong ? kFoundWrong : kDone;
}

void add_options(CLI::App& app, Options& options) {
  auto* live = app.add_option("-i,--interface", options.interfaces,
                              "capture on this interface; may be repeated");
  app.add_option("-r,--read", options.file, "read this capture instead (pcap, pcapng)")
      ->excludes(live);
  app.add_option("--to", options.to,
                 "HOST:PORT of the collector, or a file ending in .pcap that takes the datagrams");
  app.add_option("--netflow", options.netflow, "version: 5, 9 or 10 (IPFIX)")
      ->check(CLI::IsMember({5, 9, 10}))
      ->capture_default_str();
  app.add_option("--active", options.active_s, "seconds after which a flow is told that goes on")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  app.add_option("--inactive", options.inactive_s, "seconds of silence after which a flow ended")
      ->check(CLI::Range(1, 86'400))
      ->capture_default_str();
  app.add_option("--sampling", options.sampling, "look at one packet in N, chosen at random")
      ->check(CLI::Range(1, 16'383))
      ->capture_default_str();
  app.add_option("--filter", options.filter, "packets to take, in pcap-filter(7)'s words");
  app.add_option("--rate", options.rate, "with -r: flows sent a second, 0 for no limit")
      ->check(CLI::Range(0, 100'000'000))
      ->capture_default_str();
  app.add_option("--flows", options.flows, "flows kept at a time, per interface")
      ->check(CLI::Range(16, 16'777'216))
      ->capture_default_str();
  app.add_option("--ring", options.ring_mib, "MiB of packets the kernel keeps, per interface")
      ->check(CLI::Range(1, 1'024))
      ->capture_default_str();
  app.add_flag("--no-promiscuous", options.is_not_promiscuous,
               "only what the interface itself would take");
  app.add_option("--user", options.user, "whom to become when started by root")
      ->capture_default_str();
}

int run(const Options& options) {
  base::start_log("info");
  if (options.to.empty()) return complain(kInputWrong, "expected --to HOST:PORT or --to FILE.pcap");
  if (options.file.empty() && options.interfaces.empty()) {
    return complain(kInputWrong,
                    "expected -i INTERFACE or -r FILE (weir-probe interfaces lists interfaces)");
  }
  Probe probe(options);
  if (const auto failed = probe.open()) return *failed;
  return probe.run();
}

}  // namespace
}  // namespace weir

int main(int argc, char** argv) {
  CLI::App app{"weir-probe watches packets and reports their flows as NetFlow or IPFIX"};
  app.set_version_flag("--version", WEIR_VERSION);
  weir::Options options;
  weir::add_options(app, options);
  const CLI::App* list = app.add_subcommand("interfaces", "list what can be captured on");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& error) {
    return app.exit(error) == 0 ? weir::kDone : weir::kInputWrong;
  }
  return list->parsed() ? weir::list() : weir::run(options);
}
