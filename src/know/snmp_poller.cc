#include "know/snmp_poller.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>

#include "base/check.h"
#include "base/log.h"

namespace know {
namespace {

constexpr std::int64_t kTurnMs = base::kMsPerSecond;

InterfaceStore::Said said_in(const SnmpWalk& walk) {
  InterfaceStore::Said said;
  for (const SnmpInterface& one : walk.interfaces) {
    said.push_back({one.index, {one.name, one.alias, one.speed_bits_per_s}});
  }
  return said;
}

}  // namespace

std::string_view to_text(SnmpState state) {
  switch (state) {
    case SnmpState::Waiting:
      return "waiting";
    case SnmpState::Good:
      return "good";
    case SnmpState::Trouble:
      return "trouble";
    case SnmpState::Paused:
      return "paused";
  }
  CHECK(false);
}

// An agent whose setting has changed starts anew.
void SnmpPoller::take_settings() {
  const auto settings = settings_();
  if (settings == taken_) return;
  taken_ = settings;
  std::map<flow::Address, Agent> wanted;
  for (const auto& [exporter, setting] : settings->exporters.snmp) {
    if (wanted.size() == kAgentsMax) break;
    const auto known = agents_.find(exporter);
    if (known != agents_.end() && known->second.setting == setting) {
      wanted.emplace(exporter, std::move(known->second));
      continue;
    }
    Agent agent{.setting = setting, .view = {}, .failures = 0};
    agent.view.exporter = exporter;
    agent.view.is_v3 = setting.is_v3();
    wanted.emplace(exporter, std::move(agent));
  }
  agents_ = std::move(wanted);
  publish();
}

void SnmpPoller::publish() {
  auto view = std::make_shared<std::vector<SnmpAgentView>>();
  for (const auto& [exporter, agent] : agents_) view->push_back(agent.view);
  view_.publish(std::move(view));
}

void SnmpPoller::ask(Agent& agent, std::int64_t interval_ms, const std::function<bool()>& stopped) {
  SnmpAgentView& view = agent.view;
  const base::UnixMs asked = clock_.now_ms();
  const auto walk = walk_(view.exporter, agent.setting, stopped);
  if (stopped()) return;
  const base::UnixMs now = clock_.now_ms();
  if (!walk) {
    if (agent.failures == 0) {
      spdlog::warn("SNMP: {}: {}", flow::to_text(view.exporter), walk.error());
    }
    const auto doublings = std::min<std::size_t>(agent.failures++, 10);
    view.problem = walk.error();
    view.state = agent.failures >= kPausedAfter ? SnmpState::Paused : SnmpState::Trouble;
    view.next = now + std::min(interval_ms << doublings, kPauseMaxMs);
    return;
  }
  agent.failures = 0;
  view.problem.clear();
  view.state = SnmpState::Good;
  view.answered = now;
  view.next = asked + interval_ms;
  view.interfaces = walk->interfaces.size();
  view.is_cut = walk->is_cut;
  store_.tell(InterfaceOrigin::Snmp, view.exporter, said_in(*walk), !walk->is_cut, now);
  if (const auto done = counters_.take(view.exporter, *walk); !done) {
    spdlog::error("counters of interfaces: {}", base::to_text(done.error()));
  }
}

void SnmpPoller::poll(const std::function<bool()>& stopped) {
  take_settings();
  const std::int64_t interval_ms = taken_->snmp_interval_s * base::kMsPerSecond;
  for (auto& [exporter, agent] : agents_) {
    if (stopped() || clock_.now_ms() < agent.view.next) continue;
    ask(agent, interval_ms, stopped);
    publish();
  }
  if (agents_.empty() || clock_.now_ms() - tidied_ < kTidyMs) return;
  tidied_ = clock_.now_ms();
  if (const auto done = counters_.tidy(tidied_); !done) {
    spdlog::error("counters of interfaces: {}", base::to_text(done.error()));
  }
}

void SnmpPoller::run(const std::stop_token& stop) {
  std::mutex mutex;  // guards nothing: the wait below wants one
  std::condition_variable_any woken;
  while (!stop.stop_requested()) {
    poll([&stop] { return stop.stop_requested(); });
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, std::chrono::milliseconds(kTurnMs), [] { return false; });
  }
}

}  // namespace know
