#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>
#include <thread>

#include "base/clock.h"
#include "base/result.h"
#include "demo/network.h"
#include "main/udp_sender.h"
#include "state/settings.h"

namespace weir {

// Whether `folder` was made by a demo: nothing in it is true.
bool is_demo_folder(const std::filesystem::path& folder);

// The settings of a household that shall seem to be here: this machine's zone, the full hour a day
// before `now`.
demo::Settings demo_settings(std::uint64_t seed, base::UnixMs now);

// Writes what the network's router, at 127.0.0.1, tells up to `until` into a segment as a journal
// has it: a capture.
base::Expected<void, base::IoError> write_demo_capture(const std::filesystem::path& file,
                                                       demo::Network& network, base::UnixMs until);

// What `weir serve --demo` has besides a server: a folder made anew, in whose journal the last 24
// hours lie; then a thread on which the router goes on speaking, to a UDP port of this process.
class DemoRun {
 public:
  // Empties `folder`, which is absent, empty or an earlier demo's: any other is refused.
  static base::Expected<std::unique_ptr<DemoRun>, base::UserError> open(
      const std::filesystem::path& folder, std::uint64_t seed);
  ~DemoRun();

  // `http`: where the pages are; only for this machine unless a person said otherwise.
  state::Settings settings(std::optional<state::Endpoint> http) const;

  // The router goes on, from where the past ended.
  base::Expected<void, base::IoError> start(std::uint16_t udp_port);
  // The router falls silent, and the totals of all it said are written.
  void stop();

  // Any thread: somebody has seen enough. Ends the process' run as SIGTERM does.
  void leave();
  // After the run: removes what it wrote.
  bool is_left() const { return is_left_; }
  void remove() const;

  std::string introduction() const;

 private:
  DemoRun(std::filesystem::path folder, const demo::Settings& settings)
      : folder_(std::move(folder)), network_(settings) {}
  base::Expected<void, base::IoError> write_past(base::UnixMs now);
  base::Expected<void, base::IoError> write_totals() const;
  void run(const std::stop_token& stop);

  const std::filesystem::path folder_;
  demo::Network network_;  // the thread's, while it runs
  std::optional<UdpSender> sender_;
  std::atomic<bool> is_left_{false};
  std::jthread speaking_;
};

}  // namespace weir
