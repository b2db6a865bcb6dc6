#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/result.h"
#include "flow/address.h"
#include "state/settings.h"

namespace know {

// A row of an agent's table of interfaces (RFC 2863). Texts are a stranger's, made fit to be shown.
struct SnmpInterface {
  std::uint32_t index = 0;
  std::string name;   // ifName, else ifDescr
  std::string alias;  // ifAlias
  std::uint64_t speed_bits_per_s = 0;
  // ifHCInOctets, ifHCOutOctets; absent: the agent has none for it.
  std::optional<std::uint64_t> in_octets;
  std::optional<std::uint64_t> out_octets;
};

// What one walk through an agent's tables brought.
struct SnmpWalk {
  std::uint64_t uptime_ms = 0;  // of the agent: less than before when it has restarted
  base::UnixMs read = 0;        // when the counters were read
  std::vector<SnmpInterface> interfaces;
  bool is_cut = false;  // it has more than kSnmpInterfacesMax
};

constexpr std::size_t kSnmpInterfacesMax = 2'048;  // of one agent
constexpr std::int64_t kSnmpTimeoutMs = 1'000;     // of one question, asked twice
constexpr std::int64_t kSnmpWalkMaxMs = 20'000;    // of all questions of a walk

// Asks the agent, and waits for it: kSnmpTimeoutMs twice when it says nothing at all. The error is
// a sentence for people, without secrets. `stopped`: looked at between two questions.
base::Expected<SnmpWalk, std::string> walk_interfaces(const flow::Address& exporter,
                                                      const state::SnmpSetting& setting,
                                                      const base::Clock& clock,
                                                      const std::function<bool()>& stopped);

}  // namespace know
