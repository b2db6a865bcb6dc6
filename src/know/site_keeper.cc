#include "know/site_keeper.h"

#include <poll.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "base/log.h"

namespace know {
namespace {

// Whether this much time has passed, or the clock was set back.
bool is_over(base::UnixMs since, std::int64_t wait, base::UnixMs now) {
  return since == 0 || now - since >= wait || now < since;
}

}  // namespace

std::vector<std::string> usual_query_logs() {
  return {"/var/log/pihole/pihole.log", "/var/log/pihole.log", "/var/log/dnsmasq.log",
          "/opt/AdGuardHome/data/querylog.json"};
}

SiteKeeper::SiteKeeper(base::Snapshot<Sites>& sites, const base::Snapshot<LocalNetworks>& networks,
                       const base::Clock& clock, SiteKeeperOptions options)
    : sites_(sites),
      networks_(networks),
      clock_(clock),
      options_(std::move(options)),
      wake_(::eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)),
      table_(options_.pairs_max),
      port_log_([this](const HeardAnswer& answer) { table_.hear(answer, now_); }),
      since_(clock.now_ms()) {
  CHECK(wake_ >= 0);
  for (const std::string& path : options_.logs) add_file(path, true);
  for (const std::string& path : options_.usual_logs) add_file(path, false);
  if (options_.syslog) {
    port_.emplace(*options_.syslog, options_.senders);
    port_->open();
    if (!port_->problem().empty()) {
      spdlog::warn("sites: {}; it is tried again until it is had", port_->problem());
    }
  }
  publish(since_);  // so that AS numbers of the first flows are noted
}

SiteKeeper::~SiteKeeper() {
  ::close(wake_);
}

void SiteKeeper::add_file(const std::string& path, bool is_wanted) {
  auto log =
      std::make_unique<QueryLog>([this](const HeardAnswer& answer) { table_.hear(answer, now_); });
  auto tail = std::make_unique<LogTail>(
      path, [this, log = log.get()](std::string_view line) { log->take(line, now_); },
      [log = log.get()] { log->refuse(NotHeard::LineTooLong); });
  files_.push_back({path, is_wanted, std::move(log), std::move(tail)});
}

void SiteKeeper::run(const std::stop_token& stop) {
  const std::stop_callback wake(stop, [this] { static_cast<void>(::eventfd_write(wake_, 1)); });
  while (!stop.stop_requested()) {
    now_ = clock_.now_ms();
    look_around(now_);
    if (read_due_ != 0 && now_ >= read_due_) read_files(now_);
    if (port_) {
      port_->receive(
          *networks_.get(), now_, [this](std::string_view line) { port_log_.take(line, now_); },
          [this] { port_log_.refuse(NotHeard::LineCut); });
    }
    if (is_over(published_, kPublishMs, now_)) publish(now_);

    std::array<pollfd, 3> waits = {pollfd{wake_, POLLIN, 0}, pollfd{watch_.descriptor(), POLLIN, 0},
                                   pollfd{port_ ? port_->descriptor() : -1, POLLIN, 0}};
    ::poll(waits.data(), waits.size(), wait_ms(now_));
    if (watch_.take() && read_due_ == 0) read_due_ = clock_.now_ms() + kReadMs;
  }
}

int SiteKeeper::wait_ms(base::UnixMs now) const {
  std::int64_t wait = published_ + kPublishMs - now;
  if (read_due_ != 0) wait = std::min(wait, read_due_ - now);
  return static_cast<int>(std::clamp<std::int64_t>(wait, 0, kPublishMs));
}

// What no event tells of.
void SiteKeeper::look_around(base::UnixMs now) {
  if (!is_over(looked_, kLookMs, now)) return;
  looked_ = now;
  for (const File& file : files_) watch_.add(file.path);  // a folder may be new
  if (port_) port_->open();
  if (!files_.empty()) read_due_ = now;
  if (options_.names) table_.take_names(options_.names(now));
}

void SiteKeeper::read_files(base::UnixMs now) {
  read_due_ = 0;
  for (const File& file : files_) {
    if (file.tail->read()) read_due_ = now;
  }
}

void SiteKeeper::publish(base::UnixMs now) {
  published_ = now;
  table_.take_as_numbers();
  table_.expire(now);
  if (auto sites = table_.changed()) sites_.publish(std::move(sites));
  publish_view();
}

void SiteKeeper::publish_view() {
  auto view = std::make_shared<SiteSourcesView>();
  view->since = since_;
  for (const File& file : files_) {
    view->files.push_back({file.path, file.is_wanted, file.tail->is_there(), file.tail->problem(),
                           file.log->counts(), file.log->last_refused()});
  }
  if (port_) {
    view->syslog = {"UDP " + state::to_text(port_->endpoint()),
                    true,
                    port_->descriptor() >= 0,
                    port_->problem(),
                    port_log_.counts(),
                    port_log_.last_refused()};
    view->senders = port_->counts();
  }
  view->table = table_.counts();
  view_.publish(std::move(view));
}

}  // namespace know
