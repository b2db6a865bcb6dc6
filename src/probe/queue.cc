#include "probe/queue.h"

#include <chrono>
#include <thread>

#include "base/clock.h"
#include "base/log.h"
#include "probe/capture/interfaces.h"
#include "wire/packet/link.h"

namespace probe {
namespace {

constexpr int kWaitMs = 100;
constexpr std::chrono::milliseconds kOpenBlockAtMost{2 * LiveCapture::kBlockTimeoutMs};
constexpr std::chrono::milliseconds kRestAtMost{1'000};
constexpr std::int64_t kPublishEveryMs = 500;

bool is_link_type_known(std::uint16_t link_type) {
  const auto parsed = wire::parse_link(link_type, {});
  return parsed || parsed.error() != wire::Unread::LinkTypeUnknown;
}

CaptureCounts sum(const CaptureCounts& a, const CaptureCounts& b) {
  return {.dropped_by_kernel = a.dropped_by_kernel + b.dropped_by_kernel,
          .dropped_by_interface = a.dropped_by_interface + b.dropped_by_interface,
          .times_lost = a.times_lost + b.times_lost};
}

}  // namespace

Queue::Queue(const MeterSettings& meter, const ExporterSettings& exporter,
             std::unique_ptr<Outlet> outlet)
    : name_(exporter.interface_name), meter_(meter, exporter, std::move(outlet)) {
  publish();
}

void Queue::run_file(FileCapture file, const std::stop_token& stopped) {
  const auto done = file.give_to(meter_, stopped, [this] { publish(); });
  filtered_ = done.filtered;
  if (done.fault) {
    has_found_wrong_ = true;
    spdlog::error("{}: {}; what came before is exported", name_, to_text(*done.fault));
  }
  if (done.unread > 0) {
    has_found_wrong_ = true;
    spdlog::error("{}: {} packets could not be read; the others are exported", name_, done.unread);
  }
  finish();
}

void Queue::run_live(std::unique_ptr<LiveCapture> capture, const LiveSettings& settings,
                     const std::stop_token& stopped) {
  if (!is_link_type_known(capture->link_type())) {
    spdlog::error("{}: frames of link type {} are not read, only counted", name_,
                  capture->link_type());
  }
  const base::SystemClock clock;
  base::UnixMs next_publish_ms = 0;
  while (!stopped.stop_requested()) {
    const auto given = capture->give_to(meter_, kWaitMs);
    if (!given) {
      before_ = sum(sum(before_, capture_), {.times_lost = 1});
      capture_ = {};
      spdlog::warn("{}: {}; waiting for it to return", name_, to_text(given.error()));
      capture.reset();
      capture = reopen(settings, stopped);
      if (!capture) break;
      spdlog::info("{}: it is back", name_);
    }
    const base::UnixMs now = clock.now_ms();
    meter_.tick(now);
    if (now < next_publish_ms && now > next_publish_ms - 2 * kPublishEveryMs) continue;
    next_publish_ms = now + kPublishEveryMs;
    capture_ = capture->counts();
    publish();
  }
  if (capture) {
    give_rest(*capture);
    capture_ = capture->counts();
  }
  finish();
}

// What the kernel still holds: also the packets of its newest block, which it keeps until the block
// is full or old enough. On a link that is never quiet, those that come meanwhile.
void Queue::give_rest(LiveCapture& capture) {
  const auto begin = std::chrono::steady_clock::now();
  while (true) {
    const auto given = capture.give_to(meter_, kWaitMs);
    if (!given) spdlog::debug("{}: gone at the end", name_);
    const auto passed = std::chrono::steady_clock::now() - begin;
    if (!given || passed > kRestAtMost) return;
    if (passed > kOpenBlockAtMost && *given < LiveCapture::kPacketsAtOnce) return;
  }
}

std::unique_ptr<LiveCapture> Queue::reopen(const LiveSettings& settings,
                                           const std::stop_token& stopped) {
  const base::SystemClock clock;
  while (!stopped.stop_requested()) {
    if (auto again = LiveCapture::open(settings)) {
      // 0: it went away again, or is all of them.
      const std::uint32_t index = interface_index(settings.interface_name);
      if (index != 0) meter_.return_as(index);
      return std::move(*again);
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(kWaitMs));
    meter_.tick(clock.now_ms());
    publish();
  }
  return nullptr;
}

void Queue::finish() {
  meter_.finish();
  const auto unknown = static_cast<std::size_t>(wire::Unread::LinkTypeUnknown);
  has_found_wrong_ = has_found_wrong_ || meter_.counts().unread[unknown] != 0 ||
                     meter_.exporter().counts().datagrams_not_sent != 0;
  publish();
}

void Queue::publish() {
  report_.publish(std::make_shared<const Report>(Report{.name = name_,
                                                        .meter = meter_.counts(),
                                                        .exporter = meter_.exporter().counts(),
                                                        .capture = sum(before_, capture_),
                                                        .filtered = filtered_,
                                                        .evicted = meter_.table().evicted(),
                                                        .live_flows = meter_.table().live()}));
}

}  // namespace probe
