#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <chrono>
#include <cmath>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "main/commands.h"
#include "main/export_captures.h"
#include "main/udp_sender.h"
#include "wire/export/retime.h"

namespace weir {
namespace {

using SteadyClock = std::chrono::steady_clock;

constexpr std::int64_t kNsPerSecond = 1'000'000'000;
// Exporters that are told apart on one loopback: each has an address and a socket of its own.
constexpr std::size_t kExportersMax = 1'000;
constexpr std::uint32_t kLoopback = 0x7f00'0000;
constexpr std::uint32_t kFirstOwnLoopback = 0x7f01'0001;  // 127.1.0.1

struct ReplayOptions {
  std::string file;
  std::string to;
  std::string exporter;   // empty: all
  std::int64_t rate = 0;  // flows a second; 0: by `speed`
  double speed = 1;
  bool now = false;
};

// What a first pass over the captures tells.
struct Survey {
  std::map<flow::Address, std::size_t> exporters;  // and their numbers
  std::uint64_t datagrams = 0;
  std::uint64_t flows = 0;
  base::UnixNs first_ns = std::numeric_limits<base::UnixNs>::max();
  base::UnixNs last_ns = std::numeric_limits<base::UnixNs>::min();
  ExportCaptures::Besides besides;

  base::UnixNs span_ns() const { return last_ns - first_ns; }
};

Survey look_through(const ExportCaptures& captures, std::optional<flow::Address> only,
                    wire::Retimer& retimer) {
  Survey survey;
  survey.besides = captures.pass([&](const CapturedExport& each) {
    if (only && each.exporter != *only) return true;
    const auto number = survey.exporters.try_emplace(each.exporter, survey.exporters.size());
    survey.flows += retimer.look(number.first->second, each.payload).flows;
    ++survey.datagrams;
    survey.first_ns = std::min(survey.first_ns, each.time_ns);
    survey.last_ns = std::max(survey.last_ns, each.time_ns);
    return true;
  });
  retimer.begin_again();
  return survey;
}

// By how much all times move, so that they end in the present and none lies in the future when it
// is sent. Whole seconds, for headers say no less.
std::int64_t shift_seconds(const Survey& survey, const ReplayOptions& options,
                           base::UnixNs now_ns) {
  if (!options.now) return 0;
  const base::UnixNs after_last = now_ns - survey.last_ns;
  if (options.rate > 0) return base::floor_to(after_last, kNsPerSecond) / kNsPerSecond;
  const auto takes_ns =
      static_cast<std::int64_t>(static_cast<double>(survey.span_ns()) / options.speed);
  const base::UnixNs shift = std::min(now_ns - survey.first_ns, after_last + takes_ns);
  return base::floor_to(shift, kNsPerSecond) / kNsPerSecond;
}

std::string spell(std::int64_t seconds) {
  return fmt::format("{} d {:02}:{:02}:{:02}", seconds / 86'400, seconds / 3'600 % 24,
                     seconds / 60 % 60, seconds % 60);
}

// SIGINT and SIGTERM, blocked and waited for, so that a wait ends early.
class EndAsked {
 public:
  EndAsked() {
    sigemptyset(&signals_);
    sigaddset(&signals_, SIGINT);
    sigaddset(&signals_, SIGTERM);
    pthread_sigmask(SIG_BLOCK, &signals_, nullptr);
  }
  // True: somebody asked before `until`.
  bool wait_until(SteadyClock::time_point until) {
    const auto left = std::max(until - SteadyClock::now(), SteadyClock::duration::zero());
    const std::int64_t ns = std::chrono::nanoseconds(left).count();
    const timespec timeout{ns / kNsPerSecond, ns % kNsPerSecond};
    return is_asked_ = is_asked_ || ::sigtimedwait(&signals_, nullptr, &timeout) > 0;
  }

 private:
  sigset_t signals_{};
  bool is_asked_ = false;
};

// Sends everything of a survey at the pace that was asked for.
class Replayer {
 public:
  Replayer(const ReplayOptions& options, const Survey& survey, wire::Retimer& retimer)
      : options_(options), survey_(survey), retimer_(retimer) {}

  // Empty, or why there is no way to the receiver.
  std::optional<std::string> open(const state::Endpoint& to);
  void send_all(const ExportCaptures& captures, std::int64_t seconds);
  int report() const;

 private:
  bool send(const CapturedExport& each, std::int64_t seconds);
  SteadyClock::time_point due(const CapturedExport& each) const;

  const ReplayOptions& options_;
  const Survey& survey_;
  wire::Retimer& retimer_;
  std::vector<UdpSender> senders_;  // by the exporters' numbers
  EndAsked end_asked_;
  SteadyClock::time_point begun_;
  SteadyClock::time_point ended_;
  std::vector<std::byte> octets_;
  std::uint64_t sent_ = 0;
  std::uint64_t flows_ = 0;
  std::uint64_t unreadable_sets_ = 0;
  std::uint64_t failed_ = 0;
  bool is_cut_ = false;
};

std::optional<std::string> Replayer::open(const state::Endpoint& to) {
  const bool is_v4_loopback = to.address.is_v4() && (to.address.as_v4() & 0xff00'0000) == kLoopback;
  const std::size_t count = survey_.exporters.size();
  if (count > 1 && (!is_v4_loopback || count > kExportersMax)) {
    std::string some;
    for (auto one = survey_.exporters.begin(); one != survey_.exporters.end(); ++one) {
      if (some.size() > 60) {
        some += ", …";
        break;
      }
      some += fmt::format("{}{}", some.empty() ? "" : ", ", flow::to_text(one->first));
    }
    return fmt::format(
        "{} holds datagrams of {} exporters, which {} would take for one (name one with "
        "--exporter: {}; or send to 127.0.0.1, where up to {} have addresses of their own)",
        options_.file, count, state::to_text(to), some, kExportersMax);
  }
  std::vector<flow::Address> by_number(count);
  for (const auto& [exporter, number] : survey_.exporters) by_number[number] = exporter;
  for (std::uint32_t i = 0; i < count; ++i) {
    std::optional<flow::Address> source;
    if (count > 1) source = flow::Address::v4(kFirstOwnLoopback + i);
    auto sender = UdpSender::open(to, source);
    if (!sender) return base::to_text(sender.error());
    senders_.push_back(std::move(*sender));
    if (source) {
      fmt::print("{} is sent from {}\n", flow::to_text(by_number[i]), flow::to_text(*source));
    }
  }
  return std::nullopt;
}

SteadyClock::time_point Replayer::due(const CapturedExport& each) const {
  double seconds = 0;
  if (options_.rate > 0) {
    seconds = static_cast<double>(flows_) / static_cast<double>(options_.rate);
  } else {
    seconds = static_cast<double>(each.time_ns - survey_.first_ns) / 1e9 / options_.speed;
  }
  return begun_ +
         std::chrono::duration_cast<SteadyClock::duration>(std::chrono::duration<double>(seconds));
}

void Replayer::send_all(const ExportCaptures& captures, std::int64_t seconds) {
  begun_ = SteadyClock::now();
  captures.pass([&](const CapturedExport& each) { return send(each, seconds); });
  ended_ = SteadyClock::now();
}

// False: somebody asked to end.
bool Replayer::send(const CapturedExport& each, std::int64_t seconds) {
  const auto exporter = survey_.exporters.find(each.exporter);
  if (exporter == survey_.exporters.end()) return true;  // not the one that was asked for
  if (end_asked_.wait_until(due(each))) {
    is_cut_ = true;
    return false;
  }
  octets_.assign(each.payload.begin(), each.payload.end());
  const auto seen = retimer_.shift(exporter->second, octets_, seconds);
  flows_ += seen.flows;
  unreadable_sets_ += seen.unreadable_sets;
  if (senders_[exporter->second].send(octets_)) {
    ++sent_;
  } else {
    ++failed_;
  }
  return true;
}

int Replayer::report() const {
  const double seconds = std::chrono::duration<double>(ended_ - begun_).count();
  fmt::print("sent {} datagrams with {} flows in {:.1f} s{}\n", sent_, flows_, seconds,
             is_cut_ ? ", and was ended before the last" : "");
  std::uint64_t refused = 0;
  for (const UdpSender& sender : senders_) refused += sender.refused();
  int exit_code = kDone;
  if (refused > 0) {
    exit_code =
        complain("replay", kFoundWrong,
                 fmt::format("nobody listens at {}: {} datagrams refused", options_.to, refused));
  }
  if (failed_ > 0) {
    exit_code =
        complain("replay", kFoundWrong, fmt::format("{} datagrams could not be sent", failed_));
  }
  if (options_.now && unreadable_sets_ > 0) {
    exit_code =
        complain("replay", kFoundWrong,
                 fmt::format("{} sets have no template in the capture: times in their records "
                             "were not moved",
                             unreadable_sets_));
  }
  return exit_code;
}

int complain_of_capture(const std::string& file, const ExportCaptures::Besides& besides) {
  if (besides.others > 0) {
    fmt::print(stderr, "weir replay: {}: {} packets that are no export datagrams are left out\n",
               file, besides.others);
  }
  int exit_code = kDone;
  for (const std::string& fault : besides.faults)
    exit_code = complain("replay", kFoundWrong, fault);
  if (besides.given_up == 0) return exit_code;
  return complain(
      "replay", kFoundWrong,
      fmt::format("{}: {} packets whose fragments did not all come", file, besides.given_up));
}

int replay(const ReplayOptions& options) {
  const auto to = find_receiver(options.to);
  if (!to) return complain("replay", kInputWrong, base::to_text(to.error()));
  std::optional<flow::Address> only;
  if (!options.exporter.empty()) {
    only = flow::parse_address(options.exporter);
    if (!only) {
      return complain("replay", kInputWrong,
                      fmt::format("--exporter: expected an address, came '{}'", options.exporter));
    }
  }
  const auto captures = ExportCaptures::open(options.file);
  if (!captures) return complain("replay", kInputWrong, base::to_text(captures.error()));
  wire::Retimer retimer;
  const Survey survey = look_through(*captures, only, retimer);
  const int of_capture = complain_of_capture(options.file, survey.besides);
  if (survey.datagrams == 0) {
    return complain("replay", kInputWrong,
                    fmt::format("{}: no export datagrams in it{}", options.file,
                                only ? " of " + options.exporter : ""));
  }
  Replayer replayer(options, survey, retimer);
  if (const auto problem = replayer.open(*to)) return complain("replay", kInputWrong, *problem);

  const std::int64_t seconds = shift_seconds(survey, options, base::SystemClock().now_ns());
  fmt::print(
      "{}: {} datagrams with {} flows of {} exporters over {}{}\n", options.file, survey.datagrams,
      survey.flows, survey.exporters.size(), spell(survey.span_ns() / kNsPerSecond),
      options.now
          ? fmt::format("; times moved by {}{}", seconds < 0 ? "-" : "", spell(std::abs(seconds)))
          : "");
  std::fflush(stdout);
  replayer.send_all(*captures, seconds);
  return std::max(of_capture, replayer.report());
}

}  // namespace

void add_replay(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<ReplayOptions>();
  CLI::App* command =
      app.add_subcommand("replay", "send the export datagrams of a capture or a journal again");
  command
      ->add_option("FILE", options->file,
                   "a capture (pcap, pcapng) of NetFlow or IPFIX, or a data folder, whose journal "
                   "is taken")
      ->required();
  command->add_option("--to", options->to, "HOST:PORT of the collector")->required();
  auto* rate = command->add_option("--rate", options->rate, "so many flows a second")
                   ->check(CLI::Range(std::int64_t{1}, std::int64_t{100'000'000}));
  command->add_option("--speed", options->speed, "so many times as fast as they were captured (1)")
      ->check(CLI::Range(0.001, 1e9))
      ->excludes(rate);
  command->add_flag("--now", options->now,
                    "move all times so that they end in the present: headers', and records' where "
                    "they are absolute");
  command->add_option("--exporter", options->exporter, "only the datagrams of this ADDRESS");
  command->callback([options, &exit_code] { exit_code = replay(*options); });
}

}  // namespace weir
