#include "collect/receive/receiver.h"

#include <fmt/format.h>
#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <functional>
#include <utility>

#include "base/check.h"

namespace collect {
namespace {

constexpr int kWaitMs = 100;
// Waking for each datagram would cost more than the datagram: after a small burst the sockets
// gather for a moment. Where the kernel granted a small buffer (the usual 208 KiB holds 26 ms of
// 100,000 flows/s) the moment is shorter.
constexpr std::size_t kBurstWorthWaking = ReceiveSlots::kSlots / 2;
constexpr int kGatherMs = 5;
constexpr int kGatherSmallBufferMs = 1;
constexpr std::uint32_t kLargeBufferOctets = 4 << 20;
constexpr std::int64_t kViewEveryMs = 500;
// Calls of one port in a row before the next one's turn.
constexpr int kRoundsPerPort = 8;
// At the end, what waits in the sockets is taken for this long: a sender that never pauses must
// not keep the process alive.
constexpr std::int64_t kDrainMs = 2'000;
// What waits in a port that is to go is taken for this long: the others wait meanwhile.
constexpr std::int64_t kLeaveMs = 200;
constexpr std::int64_t kClockBehindMs = 2'000;
constexpr std::size_t kRefusedOctetsShown = 32;

std::int64_t steady_ms() {
  const auto since_boot = std::chrono::steady_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::milliseconds>(since_boot).count();
}

// Copies the datagrams' payloads, which lie in slots that the next call overwrites.
std::unique_ptr<Burst> make_burst(std::span<const Datagram> datagrams, std::uint64_t segment) {
  auto burst = std::make_unique<Burst>();
  burst->segment = segment;
  burst->datagrams.assign(datagrams.begin(), datagrams.end());
  for (const Datagram& datagram : datagrams) burst->octets += datagram.payload.size();
  std::shared_ptr<std::byte[]> memory(new std::byte[burst->octets]);
  std::byte* at = memory.get();
  for (Datagram& datagram : burst->datagrams) {
    std::ranges::copy(datagram.payload, at);
    datagram.payload = {at, datagram.payload.size()};
    at += datagram.payload.size();
  }
  burst->memory = std::move(memory);
  return burst;
}

std::string hexadecimal(std::span<const std::byte> octets) {
  std::string text;
  for (const std::byte octet : octets) text += fmt::format("{:02x}", static_cast<unsigned>(octet));
  return text;
}

// A descriptor that becomes readable when a stop is requested.
class StopEvent {
 public:
  explicit StopEvent(std::stop_token stop)
      : event_{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)},
        callback_(std::move(stop), [this] { ::eventfd_write(event_.descriptor, 1); }) {
    CHECK(event_.descriptor >= 0);
  }
  StopEvent(const StopEvent&) = delete;
  StopEvent& operator=(const StopEvent&) = delete;
  int descriptor() const { return event_.descriptor; }

 private:
  struct Event {
    int descriptor;
    ~Event() { ::close(descriptor); }
  };
  Event event_;  // closed after the callback is gone, which may be running on another thread
  std::stop_callback<std::function<void()>> callback_;
};

}  // namespace

Receiver::Receiver(Options options, Journal& journal, std::vector<Worker*> workers,
                   const ReplayStatus& replay)
    : options_(std::move(options)),
      admission_(options_.senders),
      journal_(journal),
      workers_(std::move(workers)),
      replay_(replay),
      last_received_ns_(options_.last_received_ns),
      by_worker_(workers_.size()),
      has_room_(workers_.size()) {
  for (const state::Endpoint& endpoint : options_.listen) {
    ports_.emplace_back(endpoint, options_.buffer_octets);
  }
}

std::vector<base::IoError> Receiver::open_ports() {
  std::vector<base::IoError> errors;
  for (UdpPort& port : ports_) {
    if (auto opened = port.open(); !opened) errors.push_back(std::move(opened.error()));
  }
  look_at_clocks();
  next_retry_ms_ = steady_ms_ + options_.bind_retry_ms;
  publish_view();
  return errors;
}

std::vector<flow::PortView> Receiver::ports() const {
  std::vector<flow::PortView> views;
  for (const UdpPort& port : ports_) views.push_back(port.view());
  return views;
}

void Receiver::change(std::vector<state::Endpoint> listen, Admission::Senders senders) {
  wanted_.publish(std::make_shared<const Intake>(Intake{std::move(listen), std::move(senders)}));
}

void Receiver::take_change() {
  auto wanted = wanted_.get();
  if (wanted == taken_) return;
  taken_ = std::move(wanted);
  admission_ = Admission(taken_->senders);
  const auto is_wanted = [&](const UdpPort& port) {
    return std::ranges::find(taken_->listen, port.endpoint()) != taken_->listen.end();
  };
  std::vector<UdpPort> kept;
  for (UdpPort& port : ports_) {
    if (is_wanted(port)) {
      kept.push_back(std::move(port));
      continue;
    }
    take_leave_of(port);
  }
  ports_ = std::move(kept);
  for (const state::Endpoint& endpoint : taken_->listen) {
    if (std::ranges::find(ports_, endpoint, &UdpPort::endpoint) != ports_.end()) continue;
    UdpPort& port = ports_.emplace_back(endpoint, options_.buffer_octets);
    if (auto opened = port.open(); !opened) {
      spdlog::warn("{}; tried again every {} ms", base::to_text(opened.error()),
                   options_.bind_retry_ms);
    } else {
      spdlog::info("UDP {}: listening", port.view().address);
    }
  }
  publish_view();
}

// Every datagram that came until the socket is closed is either taken or counted as dropped.
void Receiver::take_leave_of(UdpPort& port) {
  if (port.is_bound()) {
    port.let_no_more_in();
    const std::int64_t until_ms = steady_ms() + kLeaveMs;
    while (take_from(port) > 0 && steady_ms_ < until_ms) {
      pass_barrier_if_due();
      look_at_clocks();
    }
  }
  const flow::PortView taken = port.view();
  former_ports_.datagrams += taken.datagrams;
  former_ports_.octets += taken.octets;
  former_ports_.truncated += taken.truncated;
  if (port.is_bound()) {
    while (!port.receive(slots_, now_ns_).empty()) continue;
    port.count_drops();
  }
  const flow::PortView all = port.view();
  former_ports_.kernel_drops += all.kernel_drops + all.datagrams - taken.datagrams;
  spdlog::info("UDP {}: not listened on any more", all.address);
}

void Receiver::run(const std::stop_token& stop) {
  const StopEvent stop_event(stop);
  while (!stop.stop_requested()) {
    wait(stop_event.descriptor());
    look_at_clocks();
    take_change();
    const std::size_t taken = take_from_all();
    if (taken > 0 && taken < kBurstWorthWaking) gather(stop_event.descriptor());
    retry_ports();
    pass_barrier_if_due();
    if (steady_ms_ >= next_view_ms_) publish_view();
  }
  drain_ports();
  pass_barrier();
  for (Worker* worker : workers_) worker->inbox().close_live();
  publish_view();
}

void Receiver::look_at_clocks() {
  now_ns_ = base::SystemClock().now_ns();
  steady_ms_ = steady_ms();
}

void Receiver::wait(int stop_event) {
  std::vector<pollfd> events{{stop_event, POLLIN, 0}};
  for (const UdpPort& port : ports_) {
    if (port.is_bound()) events.push_back({port.descriptor(), POLLIN, 0});
  }
  ::poll(events.data(), events.size(), kWaitMs);
}

void Receiver::gather(int stop_event) const {
  const bool is_large = std::ranges::all_of(ports_, [](const UdpPort& port) {
    return !port.is_bound() || port.buffer_octets() >= kLargeBufferOctets;
  });
  pollfd stop{stop_event, POLLIN, 0};
  ::poll(&stop, 1, is_large ? kGatherMs : kGatherSmallBufferMs);
}

std::size_t Receiver::take_from_all() {
  std::size_t taken = 0;
  for (UdpPort& port : ports_) taken += empty(port);
  return taken;
}

std::size_t Receiver::empty(UdpPort& port) {
  std::size_t taken = 0;
  for (int round = 0; round < kRoundsPerPort; ++round) {
    const std::size_t burst = take_from(port);
    taken += burst;
    if (burst < ReceiveSlots::kSlots) break;
  }
  return taken;
}

std::size_t Receiver::take_from(UdpPort& port) {
  if (!port.is_bound()) return 0;
  const auto received = port.receive(slots_, now_ns_);
  if (!received.empty()) {
    sort_out(received);
    send_to_workers();
  }
  return received.size();
}

void Receiver::sort_out(std::span<const Datagram> received) {
  accepted_.clear();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    by_worker_[i].clear();
    has_room_[i] = workers_[i]->inbox().has_room();
  }
  for (const Datagram& datagram : received) {
    if (const auto refusal = admission_.refusal_of(datagram)) {
      refuse(datagram, *refusal);
      continue;
    }
    const std::size_t worker = worker_of(datagram.exporter, workers_.size());
    if (!has_room_[worker]) {
      ++worker_channel_full_;
      continue;
    }
    last_received_ns_ = std::max(last_received_ns_, datagram.received_ns);
    accepted_.push_back(datagram);
    accepted_.back().received_ns = last_received_ns_;
    by_worker_[worker].push_back(accepted_.back());
  }
}

void Receiver::refuse(const Datagram& datagram, Refusal refusal) {
  bool is_for_sender = false;
  switch (refusal) {
    case Refusal::Sender:
      is_for_sender = true;
      refused_senders_.add(datagram.exporter, datagram.local_port,
                           datagram.received_ns / base::kNsPerMs);
      break;
    case Refusal::Version:
      ++unknown_versions_;
      break;
  }
  auto& last = is_for_sender ? last_refused_sender_ : last_unknown_;
  const auto shown = datagram.payload.first(std::min(datagram.payload.size(), kRefusedOctetsShown));
  if (!last) last = LastRefused{};
  last->datagram = datagram;
  last->datagram.payload = {};
  last->refusal = refusal;
  last->first_octets.assign(shown.begin(), shown.end());
  log_.line(steady_ms_, [&](std::uint64_t held_back) {
    spdlog::warn(
        "refused a datagram from {} port {}: {}; it begins {} ({} more since the last such "
        "line)",
        flow::to_text(datagram.exporter), datagram.exporter_port, to_text(refusal),
        hexadecimal(shown), held_back);
  });
}

void Receiver::send_to_workers() {
  if (accepted_.empty()) return;
  if (journal_.segment_octets() == 0) segment_begun_ms_ = steady_ms_;
  if (auto appended = journal_.append(accepted_); !appended) {
    journal_refused_ += accepted_.size();
    const auto problem = base::to_text(appended.error());
    if (problem != journal_problem_) spdlog::error("journal: {}; datagrams are lost", problem);
    journal_problem_ = problem;
    return;
  }
  if (!journal_problem_.empty()) spdlog::info("journal: datagrams are taken again");
  journal_problem_.clear();
  for (std::size_t i = 0; i < workers_.size(); ++i) {
    if (by_worker_[i].empty()) continue;
    workers_[i]->inbox().push_live(make_burst(by_worker_[i], journal_.segment()));
  }
}

void Receiver::drain_ports() {
  const std::int64_t until_ms = steady_ms() + kDrainMs;
  bool is_empty = false;
  while (!is_empty && steady_ms_ < until_ms) {
    look_at_clocks();
    is_empty = true;
    for (UdpPort& port : ports_) is_empty = take_from(port) == 0 && is_empty;
    pass_barrier_if_due();
  }
}

void Receiver::retry_ports() {
  if (steady_ms_ < next_retry_ms_) return;
  next_retry_ms_ = steady_ms_ + options_.bind_retry_ms;
  for (UdpPort& port : ports_) {
    if (port.is_bound() || !port.open()) continue;
    spdlog::info("UDP {} is free now: listening", port.view().address);
  }
}

void Receiver::pass_barrier_if_due() {
  if (journal_.segment_octets() == 0) return;
  const bool is_old = steady_ms_ - segment_begun_ms_ >= kBarrierAgeMs;
  const bool is_large = journal_.segment_octets() >= journal_.segment_limit_octets();
  if (is_old || is_large || rows_made() - rows_at_barrier_ >= kBarrierRows) pass_barrier();
}

void Receiver::pass_barrier() {
  const std::uint64_t closed = journal_.close_segment();
  rows_at_barrier_ = rows_made();
  for (Worker* worker : workers_) worker->inbox().push_live(Barrier{closed, {}});
}

std::uint64_t Receiver::rows_made() const {
  std::uint64_t rows = 0;
  for (const Worker* worker : workers_) rows += worker->rows();
  return rows;
}

// Times of receipt stand still while the clock is behind those of the store: someone must know.
void Receiver::watch_clock() {
  const std::int64_t behind_ms = (last_received_ns_ - now_ns_) / base::kNsPerMs;
  if (behind_ms < kClockBehindMs) return;
  clock_log_.line(steady_ms_, [&](std::uint64_t) {
    spdlog::warn(
        "the clock is {} s behind the newest datagram of the store; until it has caught up "
        "all datagrams count as received then",
        behind_ms / base::kMsPerSecond);
  });
}

flow::RefusedDatagram Receiver::view_of(const std::optional<LastRefused>& refused) {
  if (!refused) return {};
  return {.received = refused->datagram.received_ns / base::kNsPerMs,
          .sender = refused->datagram.exporter,
          .port = refused->datagram.local_port,
          .reason = std::string(to_text(refused->refusal)),
          .first_octets = hexadecimal(refused->first_octets)};
}

void Receiver::publish_view() {
  watch_clock();
  next_view_ms_ = steady_ms_ + kViewEveryMs;
  auto view = std::make_shared<flow::ReceiveView>();
  view->ports = ports();
  view->former_ports = former_ports_;
  view->refused_senders = refused_senders_.datagrams();
  view->refused_by_sender = refused_senders_.view();
  view->unknown_versions = unknown_versions_;
  view->worker_channel_full = worker_channel_full_;
  view->journal_refused = journal_refused_;
  view->journal_problem = journal_problem_;
  view->segments_waiting = journal_.segments_waiting();
  view->set_aside = *replay_.set_aside.get();
  view->segments_set_aside = view->set_aside.size();
  view->replaying = replay_.is_running;
  view->last_refused_sender = view_of(last_refused_sender_);
  view->last_unknown = view_of(last_unknown_);
  const auto time_of = [](const std::optional<LastRefused>& refused) {
    return refused ? refused->datagram.received_ns : 0;
  };
  view->last_refused = time_of(last_refused_sender_) > time_of(last_unknown_)
                           ? view->last_refused_sender
                           : view->last_unknown;
  view_.publish(std::move(view));
}

}  // namespace collect
