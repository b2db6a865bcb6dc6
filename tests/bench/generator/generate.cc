// weir-generate: sends NetFlow or IPFIX whose totals are known, or writes it to a capture file.

#include <fcntl.h>
#include <fmt/format.h>
#include <poll.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <limits>
#include <map>
#include <string>
#include <thread>

#include "base/clock.h"
#include "load.h"

namespace {

using generator::Load;

constexpr int kDone = 0;
constexpr int kInputWrong = 2;
constexpr int kNotHad = 3;
constexpr std::size_t kExportersMax = 1'000;
constexpr auto kTick = std::chrono::milliseconds(1);
// A sender that was held up does not make up for it in one burst.
constexpr std::int64_t kTicksCaughtUpAtOnce = 20;

volatile std::sig_atomic_t stop_asked = 0;

struct Options {
  generator::ExporterSettings exporter;
  std::string to = "127.0.0.1:2055";
  std::string pcap;
  std::string totals;
  std::size_t exporters = 1;
  std::size_t first_exporter = 0;
  std::uint64_t seed = 1;
  std::int64_t rate = 10'000;  // flows a second
  std::int64_t flows = 0;
  std::int64_t seconds = 0;
  std::int64_t at = 0;  // pcap: Unix seconds of the first datagram
  bool control = false;

  std::int64_t flows_wanted() const {
    if (control) return 0;
    return flows > 0 ? flows : rate * seconds;
  }
};

void declare(CLI::App& app, Options& options) {
  const std::map<std::string, generator::Protocol> protocols = {
      {"v5", generator::Protocol::NetFlow5},
      {"v9", generator::Protocol::NetFlow9},
      {"ipfix", generator::Protocol::Ipfix}};
  app.add_option("--protocol", options.exporter.protocol, "v5, v9 or ipfix")
      ->transform(CLI::Transformer(protocols));
  app.add_option("--to", options.to, "the collector's ADDRESS:PORT");
  app.add_option("--pcap", options.pcap, "write this capture file instead of sending");
  app.add_option("--at", options.at, "capture: Unix time of its first datagram, in seconds");
  app.add_option("--totals", options.totals, "write the totals to this file, not standard output");
  app.add_option("--exporters", options.exporters, "exporters, each with its own 127.0.x.y")
      ->check(CLI::Range(std::size_t{1}, kExportersMax));
  app.add_option("--first-exporter", options.first_exporter, "leave so many addresses to others")
      ->check(CLI::Range(std::size_t{0}, kExportersMax));
  app.add_option("--templates", options.exporter.templates, "templates of each exporter and family")
      ->check(CLI::Range(1, 1'000));
  app.add_option("--ipv6", options.exporter.ipv6_percent, "per cent of the datagrams that say IPv6")
      ->check(CLI::Range(0, 100));
  app.add_option("--sampling", options.exporter.sampling_rate, "announce sampling of 1 in N")
      ->check(CLI::Range(1, 16'383));
  app.add_option("--templates-every", options.exporter.templates_every,
                 "datagrams between two sendings of the templates")
      ->check(CLI::Range(1, 1'000'000));
  app.add_option("--seed", options.seed, "the same seed makes the same flows");
  app.add_option("--rate", options.rate, "flows a second, all exporters together")
      ->check(CLI::Range(1, 10'000'000));
  app.add_option("--flows", options.flows, "stop after so many flows");
  app.add_option("--seconds", options.seconds, "stop after so many seconds' flows");
  app.add_flag("--control", options.control,
               "obey standard input: 'send N' sends N more flows and answers with the sums when "
               "done, 'sums' answers at once; end of input ends");
}

flow::Address exporter_address(std::size_t index) {
  constexpr std::uint32_t kPerNet = 250;
  const auto number = static_cast<std::uint32_t>(index);
  return flow::Address::v4(0x7f00'0000 + ((number / kPerNet + 1) << 8) + number % kPerNet + 1);
}

base::Expected<std::vector<Load::Sender>, base::IoError> open_senders(
    const Options& options, const generator::Endpoint& target) {
  std::shared_ptr<generator::PcapFile> file;
  if (!options.pcap.empty()) {
    auto created = generator::PcapFile::create(options.pcap);
    if (!created) return base::Unexpected(created.error());
    file = *created;
  }
  std::vector<Load::Sender> senders;
  for (std::size_t i = 0; i < options.exporters; ++i) {
    const flow::Address address = exporter_address(options.first_exporter + i);
    if (file) {
      senders.push_back({address, std::make_unique<generator::PcapOutlet>(file, address, target)});
      continue;
    }
    auto outlet = generator::UdpOutlet::open(address, target);
    if (!outlet) return base::Unexpected(outlet.error());
    senders.push_back({address, std::move(*outlet)});
  }
  return senders;
}

// Lines of standard input, as far as they have come.
class Commands {
 public:
  // False at the end of input.
  bool read() {
    pollfd input{STDIN_FILENO, POLLIN, 0};
    while (::poll(&input, 1, 0) > 0) {
      char octets[256];
      const ssize_t count = ::read(STDIN_FILENO, octets, sizeof(octets));
      if (count <= 0) return false;
      text_.append(octets, static_cast<std::size_t>(count));
    }
    return true;
  }
  bool next(std::string& line) {
    const std::size_t end = text_.find('\n');
    if (end == std::string::npos) return false;
    line = text_.substr(0, end);
    text_.erase(0, end + 1);
    return true;
  }

 private:
  std::string text_;
};

// A line for whoever controls us; `when` is "now", or "sent" once all that was asked for is.
void print_sums(const Load& load, std::string_view when) {
  fmt::print("{{\"when\":\"{}\",\"sums\":{}}}\n", when, load.totals().sums_as_json());
  std::fflush(stdout);
}

// Sends at the rate until what was asked for is sent, input ends or a signal comes.
class Run {
 public:
  Run(const Options& options, Load& load) : options_(options), load_(load) {
    target_ = options.flows_wanted();
  }

  void in_real_time() {
    const base::SystemClock clock;
    auto tick = std::chrono::steady_clock::now();
    while (stop_asked == 0 && (!options_.control || obey())) {
      advance(clock.now_ms());
      if (!options_.control && load_.flows_made() >= target_) break;
      tick =
          std::max(tick + kTick, std::chrono::steady_clock::now() - kTicksCaughtUpAtOnce * kTick);
      std::this_thread::sleep_until(tick);
    }
  }

  // As fast as it goes, in made-up time.
  void into_capture(base::UnixMs now) {
    for (; stop_asked == 0 && load_.flows_made() < target_; ++now) advance(now);
  }

 private:
  // One tick: what the rate allows, and the last datagram of what was asked for though not full.
  void advance(base::UnixMs now) {
    if (load_.flows_made() >= target_) return;
    credit_millis_ += options_.rate;
    const std::int64_t due = std::min(target_, credit_millis_ / base::kMsPerSecond);
    load_.send_until(due, due == target_, now);
    if (load_.flows_made() < target_) return;
    credit_millis_ = target_ * base::kMsPerSecond;
    if (options_.control) print_sums(load_, "sent");
  }

  bool obey() {
    const bool more = commands_.read();
    std::string line;
    while (commands_.next(line)) {
      if (line.rfind("send ", 0) == 0) {
        target_ += std::strtoll(line.c_str() + 5, nullptr, 10);
      } else {
        print_sums(load_, "now");
      }
    }
    return more;
  }

  const Options& options_;
  Load& load_;
  Commands commands_;
  std::int64_t target_ = 0;         // flows since the start
  std::int64_t credit_millis_ = 0;  // thousandths of a flow that the rate has allowed
};

bool write_totals(const std::string& path, const std::string& json) {
  std::FILE* out = path.empty() ? stdout : std::fopen(path.c_str(), "we");
  if (out == nullptr) return false;
  const bool written =
      std::fwrite(json.data(), json.size(), 1, out) == 1 && std::fputc('\n', out) != EOF;
  return (out == stdout ? std::fflush(out) : std::fclose(out)) == 0 && written;
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  CLI::App app{"Sends flows whose totals are known, and prints the totals"};
  declare(app, options);
  CLI11_PARSE(app, argc, argv);

  const auto target = generator::parse_endpoint(options.to);
  if (!target) {
    fmt::print(stderr, "{}\n", base::to_text(target.error()));
    return kInputWrong;
  }
  auto senders = open_senders(options, *target);
  if (!senders) {
    fmt::print(stderr, "{}\n", base::to_text(senders.error()));
    return kNotHad;
  }
  for (const int signal : {SIGINT, SIGTERM}) std::signal(signal, [](int) { stop_asked = 1; });

  const base::UnixMs now =
      options.at > 0 ? options.at * base::kMsPerSecond : base::SystemClock().now_ms();
  Load load(options.seed, options.exporter, std::move(*senders), now);
  Run run(options, load);
  if (options.pcap.empty()) {
    run.in_real_time();
  } else {
    run.into_capture(now);
  }
  if (!write_totals(options.totals, load.totals().to_json())) {
    fmt::print(stderr, "write {}: failed\n", options.totals);
    return kNotHad;
  }
  return kDone;
}
