#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "base/snapshot.h"
#include "know/interface_counters.h"
#include "know/interface_store.h"
#include "know/snmp_client.h"

namespace know {

enum class SnmpState : std::uint8_t {
  Waiting,  // not asked yet
  Good,
  Trouble,  // the last time it did not answer, or not well
  Paused,   // so often that it is asked seldom
};
// "waiting", "good", "trouble", "paused".
std::string_view to_text(SnmpState state);

// One agent, for people.
struct SnmpAgentView {
  flow::Address exporter;
  bool is_v3 = false;
  SnmpState state = SnmpState::Waiting;
  std::string problem;         // why it did not answer; empty: it did
  base::UnixMs answered = 0;   // last; 0: never since the start
  base::UnixMs next = 0;       // when it is asked again
  std::size_t interfaces = 0;  // it told of the last time
  bool is_cut = false;         // it has more
};

// Asks the agents of the settings for names, speeds and counters, one after the other, on a thread
// of its own: nothing else waits for them. One that fails is asked again later and later, so that
// those behind it wait for it seldom.
class SnmpPoller {
 public:
  static constexpr std::size_t kAgentsMax = 64;
  static constexpr std::size_t kPausedAfter = 3;  // failures in a row
  static constexpr std::int64_t kPauseMaxMs = 15 * base::kMsPerMinute;
  static constexpr std::int64_t kTidyMs = base::kMsPerHour;

  using Settings = std::function<std::shared_ptr<const state::Settings>()>;
  using Walk = std::function<base::Expected<SnmpWalk, std::string>(
      const flow::Address&, const state::SnmpSetting&, const std::function<bool()>& stopped)>;

  // All outlive this; functions are called by the poller's thread.
  SnmpPoller(InterfaceStore& store, InterfaceCounters& counters, const base::Clock& clock,
             Settings settings, Walk walk)
      : store_(store),
        counters_(counters),
        clock_(clock),
        settings_(std::move(settings)),
        walk_(std::move(walk)) {
    view_.publish(std::make_shared<const std::vector<SnmpAgentView>>());
  }

  void run(const std::stop_token& stop);
  // Asks those whose time has come.
  void poll(const std::function<bool()>& stopped);
  std::shared_ptr<const std::vector<SnmpAgentView>> view() const { return view_.get(); }

 private:
  struct Agent {
    state::SnmpSetting setting;
    SnmpAgentView view;
    std::size_t failures = 0;  // in a row
  };

  void take_settings();
  void ask(Agent& agent, std::int64_t interval_ms, const std::function<bool()>& stopped);
  void publish();

  InterfaceStore& store_;
  InterfaceCounters& counters_;
  const base::Clock& clock_;
  const Settings settings_;
  const Walk walk_;
  std::shared_ptr<const state::Settings> taken_;
  std::map<flow::Address, Agent> agents_;
  base::UnixMs tidied_ = 0;
  base::Snapshot<std::vector<SnmpAgentView>> view_;
};

}  // namespace know
