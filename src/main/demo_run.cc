#include "main/demo_run.h"

#include <fmt/format.h>
#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <ctime>
#include <mutex>
#include <vector>

#include "base/log.h"
#include "collect/journal/segment_folder.h"
#include "collect/journal/segment_format.h"
#include "store/embedded/folder_lock.h"

namespace weir {
namespace {

constexpr const char* kMarker = "weir-demo.txt";
constexpr const char* kMarkerText =
    "`weir serve --demo` made this folder and empties it at its next start. Nothing in it is "
    "true.\n";
constexpr const char* kTotals = "totals.json";
// What a data folder of Weir's holds: nothing else is ever removed.
constexpr const char* kOurs[] = {"flows",         "rollups",   "set_aside",    "spill",
                                 "journal",       "state.db",  "state.db-wal", "state.db-shm",
                                 "settings.toml", "weir.sock", kTotals};
constexpr std::uint32_t kRouterAddress = 0x7f00'0001;
constexpr std::uint16_t kRouterPort = 2055;
constexpr int kPastHours = 24;

base::Expected<void, base::IoError> write_file(const std::filesystem::path& path,
                                               std::span<const std::byte> octets) {
  std::FILE* out = std::fopen(path.c_str(), "wbe");
  if (out == nullptr) return base::Unexpected(base::IoError{"create", path, errno, ""});
  const bool is_written = std::fwrite(octets.data(), 1, octets.size(), out) == octets.size();
  if (std::fclose(out) != 0 || !is_written) {
    return base::Unexpected(base::IoError{"write", path, errno, ""});
  }
  return {};
}

base::UserError to_user(const base::IoError& error) {
  return {"", base::to_text(error), ""};
}

std::int64_t zone_offset_ms(base::UnixMs now) {
  const std::time_t seconds = now / base::kMsPerSecond;
  std::tm local{};
  ::localtime_r(&seconds, &local);
  return local.tm_gmtoff * base::kMsPerSecond;
}

void empty_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  for (const char* name : kOurs) std::filesystem::remove_all(folder / name, ignored);
}

}  // namespace

bool is_demo_folder(const std::filesystem::path& folder) {
  std::error_code ignored;
  return std::filesystem::exists(folder / kMarker, ignored);
}

demo::Settings demo_settings(std::uint64_t seed, base::UnixMs now) {
  return {.seed = seed,
          .begin = base::floor_to(now, base::kMsPerHour) - kPastHours * base::kMsPerHour,
          .zone_offset_ms = zone_offset_ms(now)};
}

base::Expected<void, base::IoError> write_demo_capture(const std::filesystem::path& file,
                                                       demo::Network& network, base::UnixMs until) {
  std::vector<std::byte> octets;
  wire::ByteWriter out(octets);
  collect::put_segment_header(out);
  network.advance(until, [&](base::UnixMs now, wire::ByteView payload) {
    collect::put_record_header(out, {.exporter = flow::Address::v4(kRouterAddress),
                                     .exporter_port = kRouterPort,
                                     .local_port = kRouterPort,
                                     .received_ns = now * base::kNsPerMs,
                                     .payload = payload});
    out.put(payload);
  });
  return write_file(file, octets);
}

base::Expected<std::unique_ptr<DemoRun>, base::UserError> DemoRun::open(
    const std::filesystem::path& folder, std::uint64_t seed) {
  std::error_code error;
  const bool is_new =
      !std::filesystem::exists(folder, error) ||
      (std::filesystem::is_directory(folder, error) && std::filesystem::is_empty(folder, error));
  if (!is_new && !is_demo_folder(folder)) {
    return base::Unexpected(base::UserError{
        "--data",
        fmt::format("expected a new folder or an earlier demo's, {} is neither", folder.string()),
        "a demo never touches other data"});
  }
  std::filesystem::create_directories(folder, error);
  // Held while it is emptied: another demo may be running in it.
  const auto lock = store::FolderLock::take(folder);
  if (!lock) {
    if (lock.error().errno_value != EWOULDBLOCK) {
      return base::Unexpected(to_user(lock.error()));
    }
    return base::Unexpected(base::UserError{
        "", fmt::format("{} is held by another process of Weir", folder.string()), ""});
  }
  empty_folder(folder);
  const std::string_view text = kMarkerText;
  auto marked = write_file(folder / kMarker, std::as_bytes(std::span(text)));
  const base::UnixMs now = base::SystemClock().now_ms();
  std::unique_ptr<DemoRun> demo(new DemoRun(folder, demo_settings(seed, now)));
  if (marked) marked = demo->write_past(now);
  if (marked) marked = demo->write_totals();
  if (!marked) return base::Unexpected(to_user(marked.error()));
  return demo;
}

DemoRun::~DemoRun() = default;

// An hour each, as barriers cut a journal, so that no part holds a whole day.
base::Expected<void, base::IoError> DemoRun::write_past(base::UnixMs now) {
  const auto journal = folder_ / "journal";
  std::error_code error;
  std::filesystem::create_directories(journal, error);
  std::uint64_t segment = 0;
  for (base::UnixMs hour = network_.settings().begin; hour < now; hour += base::kMsPerHour) {
    const auto path = collect::segment_path(journal, ++segment);
    auto written = write_demo_capture(path, network_, std::min(hour + base::kMsPerHour, now));
    if (!written) return written;
  }
  return {};
}

base::Expected<void, base::IoError> DemoRun::write_totals() const {
  const std::string json = network_.totals_json();
  return write_file(folder_ / kTotals, std::as_bytes(std::span(json)));
}

state::Settings DemoRun::settings(std::optional<state::Endpoint> http) const {
  const flow::Address loopback = flow::Address::v4(kRouterAddress);
  state::Settings settings;
  settings.data = folder_;
  settings.http = http.value_or(state::Endpoint{loopback, settings.http.port});
  settings.listen = {{loopback, 0}};
  settings.local_networks = {demo::household_network()};
  settings.exporters.learn = false;
  settings.exporters.allow = {{loopback, 128}};
  settings.exporters.names[loopback] = "Home router";
  settings.exporters.networks.clear();
  return settings;
}

base::Expected<void, base::IoError> DemoRun::start(std::uint16_t udp_port) {
  auto sender = UdpSender::open({flow::Address::v4(kRouterAddress), udp_port});
  if (!sender) return base::Unexpected(std::move(sender.error()));
  sender_.emplace(std::move(*sender));
  speaking_ = std::jthread([this](const std::stop_token& stop) { run(stop); });
  ::pthread_setname_np(speaking_.native_handle(), "weir-demo");
  return {};
}

void DemoRun::run(const std::stop_token& stop) {
  std::mutex mutex;  // guards nothing: the wait below wants one
  std::condition_variable_any woken;
  const base::SystemClock clock;
  while (!stop.stop_requested()) {
    network_.advance(clock.now_ms(), [this](base::UnixMs, wire::ByteView datagram) {
      if (!sender_->send(datagram)) spdlog::warn("demo: a datagram could not be sent");
    });
    const auto next_ms = network_.at() + demo::Network::kStepMs - clock.now_ms();
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, std::chrono::milliseconds(std::max<std::int64_t>(next_ms, 1)),
                   [] { return false; });
  }
}

void DemoRun::stop() {
  speaking_.request_stop();
  if (speaking_.joinable()) speaking_.join();
  if (is_left_) return;
  if (auto written = write_totals(); !written) {
    spdlog::warn("demo: {}", base::to_text(written.error()));
  }
}

void DemoRun::leave() {
  if (!is_left_.exchange(true)) ::kill(::getpid(), SIGTERM);
}

void DemoRun::remove() const {
  empty_folder(folder_);
  std::error_code ignored;
  std::filesystem::remove(folder_ / kMarker, ignored);
  std::filesystem::remove(folder_, ignored);  // only when nobody put anything else there
}

std::string DemoRun::introduction() const {
  const demo::Settings& settings = network_.settings();
  return fmt::format(
      "This is a demo: a household of {} devices that does not exist, {} flows of the last day and "
      "live from now on. Nobody needs to log in, nobody can change anything. What it should show "
      "is "
      "in {} (`weir demo --seed {} --from {}` computes it again).\n",
      demo::devices().size(), network_.truth().all().flows, (folder_ / kTotals).string(),
      settings.seed, settings.begin);
}

}  // namespace weir
