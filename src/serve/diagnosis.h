#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "flow/exporter_view.h"
#include "know/name_keeper.h"
#include "know/place_files.h"
#include "know/site_keeper.h"

// Is collecting sound, and if not, what would a person have to do? Computed from what the stages
// show of themselves and from the ledger, so that browser, command line and tests hear one word.
namespace serve {

// The states a set-up can be in, by the names that docs/operating.md lists.
enum class FindingState : std::uint8_t {
  PortTaken,        // S1
  Silence,          // S2
  NotFlowData,      // S5
  SflowNotRead,     // S6
  NoTemplate,       // S7
  OptionsOnly,      // S8
  FieldsMissing,    // S9
  SamplingUnknown,  // S10
  ClockSkew,        // S11
  LostOnTheWay,     // S12
  LostHere,         // S12
  SenderRefused,
  ExporterSilent,
  NotJournalled,
  NameServerSilent,
  NameNotUnderstood,
  NamesFileWrong,
  PlacesFileWrong,
  SiteLogMissing,
  SiteLogNotUnderstood,
  SiteLogSilent,
  SitesCut,
};
// "port_taken", …
std::string_view to_text(FindingState state);

// How much it matters: nothing to do but wait; worth knowing; flows are missing or wrong.
enum class FindingLevel : std::uint8_t { Wait, Note, Trouble };
std::string_view to_text(FindingLevel level);

struct Finding {
  FindingState state;
  FindingLevel level;
  std::string what;  // a sentence
  std::string hint;  // what to do about it; may be empty
  std::optional<flow::Address> exporter = {};
  std::optional<std::uint16_t> port = {};
  // The number that the sentence speaks of: sets that wait, milliseconds of skew, what was lost.
  std::optional<std::int64_t> count = {};
  std::vector<std::string> missing = {};  // fields, of FieldsMissing
};

// One of the four lights of a sender.
enum class Light : std::uint8_t { Waiting, Good, Trouble };
std::string_view to_text(Light light);

struct SenderLights {
  flow::Address exporter;
  std::uint64_t datagrams = 0;
  std::uint64_t flows = 0;
  base::UnixMs last_seen = 0;
  Light packets = Light::Waiting;
  Light understood = Light::Waiting;
  Light template_known = Light::Waiting;
  Light stored = Light::Waiting;
};

struct DiagnosisFacts {
  base::UnixMs now = 0;
  const flow::ReceiveView& receive;
  const std::vector<std::shared_ptr<const flow::WorkerView>>& workers;
  // The ledger's sums of the last hour.
  const std::map<flow::Address, flow::LedgerCounts>& last_hour;
  // What to call an exporter: its name, or its address.
  std::function<std::string(const flow::Address&)> called;
  // Whose sampling a person has set.
  std::function<bool(const flow::Address&)> sampling_is_set;
  // Of this machine, as exporters should be told it; empty: not known.
  std::string address = {};
  bool is_address_loopback = false;  // it is the only one that is listened on
  // Null: there are none.
  std::shared_ptr<const know::NameSourcesView> names = {};
  std::shared_ptr<const know::PlaceNotes> places = {};
  std::shared_ptr<const know::SiteSourcesView> sites = {};
};

struct Diagnosis {
  std::vector<SenderLights> senders;  // those that sent last first
  std::vector<Finding> findings;      // troubles first
};

// More exporters have no findings of their own: a stranger can make many.
inline constexpr std::size_t kDiagnosedExportersMax = 200;

Diagnosis diagnose(const DiagnosisFacts& facts);

// What the first octets of a datagram, in hexadecimal, look like: "RTP", "syslog", …; empty:
// nothing known.
std::string_view guess_protocol(std::string_view first_octets);

}  // namespace serve
