#include "serve/diagnosis.h"

#include <fmt/format.h>
#include <fmt/ranges.h>

#include <algorithm>
#include <cstdlib>

#include "base/check.h"
#include "serve/name_findings.h"
#include "serve/place_findings.h"
#include "serve/site_findings.h"

namespace serve {
namespace {

using flow::ExporterView;
using flow::NotCounted;

// What was refused is told of for this long.
constexpr std::int64_t kRefusedShownMs = 10 * base::kMsPerMinute;
// A router that has flows sends them at least each half hour, most each minute.
constexpr std::int64_t kSilentMs = 10 * base::kMsPerMinute;
// Routers send templates before data, but options templates may come first.
constexpr std::int64_t kOptionsOnlyMs = 2 * base::kMsPerMinute;
constexpr std::int64_t kSkewShownMs = base::kMsPerMinute;
constexpr std::int64_t kHalfHourMs = 30 * base::kMsPerMinute;
// One in this many lost is worth a word.
constexpr std::uint64_t kLossShown = 1'000;

std::string counted(std::uint64_t count, std::string_view one, std::string_view many) {
  return fmt::format("{} {}", count, count == 1 ? one : many);
}

// "3 h 59 min", "2 min", "61 s"
std::string duration_text(std::int64_t ms) {
  const std::int64_t minutes = (ms + base::kMsPerMinute / 2) / base::kMsPerMinute;
  if (minutes < 2) return fmt::format("{} s", ms / base::kMsPerSecond);
  if (minutes < 60) return fmt::format("{} min", minutes);
  const std::int64_t hours = minutes / 60;
  if (hours < 48) return fmt::format("{} h {} min", hours, minutes % 60);
  return fmt::format("{} days", hours / 24);
}

// The number behind the last colon of "[::]:2055".
std::uint16_t port_of(const flow::PortView& port) {
  const std::size_t colon = port.address.rfind(':');
  if (colon == std::string::npos) return 0;
  return static_cast<std::uint16_t>(std::strtoul(port.address.c_str() + colon + 1, nullptr, 10));
}

bool has_field(const flow::TemplateView& view, std::string_view name) {
  std::string_view rest = view.fields;
  while (!rest.empty()) {
    const std::size_t end = rest.find(' ');
    if (rest.substr(0, end) == name) return true;
    rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  }
  return false;
}

bool has_any(const flow::TemplateView& view, std::initializer_list<std::string_view> names) {
  return std::ranges::any_of(names, [&](std::string_view name) { return has_field(view, name); });
}

// NAT and firewall events are no flows: they have no volume to tell.
bool is_of_flows(const flow::TemplateView& view) {
  return !view.is_options && !has_any(view, {"natEvent", "firewallEvent"});
}

bool has_flow_template(const ExporterView& view) {
  return std::ranges::any_of(view.templates, [](const auto& one) { return is_of_flows(*one); });
}

bool has_options(const ExporterView& view) {
  return view.since_start.options > 0 ||
         std::ranges::any_of(view.templates, [](const auto& one) { return one->is_options; });
}

std::uint64_t with_templates(const ExporterView& view) {
  return view.datagrams_by_version[1] + view.datagrams_by_version[2];
}

std::vector<std::string> missing_fields(const flow::TemplateView& view) {
  std::vector<std::string> missing;
  if (!has_any(view, {"sourceIPv4Address", "sourceIPv6Address"}))
    missing.push_back("source address");
  if (!has_any(view, {"destinationIPv4Address", "destinationIPv6Address"})) {
    missing.push_back("destination address");
  }
  if (!has_any(view, {"octetDeltaCount", "postOctetDeltaCount", "octetTotalCount",
                      "initiatorOctets", "responderOctets"})) {
    missing.push_back("bytes");
  }
  return missing;
}

// The template says that a sampler chose the packets, and nothing tells its rate.
bool hints_at_sampling(const flow::TemplateView& view) {
  return has_any(view, {"samplerId", "selectorId"}) &&
         !has_any(view, {"samplingInterval", "samplerRandomInterval", "samplingPacketInterval",
                         "samplingPopulation"});
}

bool is_options_only(const ExporterView& view, base::UnixMs now) {
  return with_templates(view) > 0 && view.datagrams_by_version[0] == 0 && has_options(view) &&
         !has_flow_template(view) && view.pending_sets == 0 &&
         now - view.first_seen >= kOptionsOnlyMs;
}

std::uint64_t malformed_of(const flow::LedgerCounts& counts) {
  std::uint64_t sum = 0;
  for (const flow::NotCountedSpec& spec : flow::kNotCounted) {
    if (spec.reason >= NotCounted::HeaderTruncated && spec.reason <= NotCounted::ScopeInvalid) {
      sum += counts[spec.reason];
    }
  }
  return sum;
}

SenderLights lights_of(const ExporterView& view, base::UnixMs now) {
  SenderLights lights{.exporter = view.exporter,
                      .datagrams = view.since_start.datagrams,
                      .flows = view.since_start.flows,
                      .last_seen = view.last_seen};
  if (lights.datagrams == 0) return lights;
  lights.packets = now - view.last_seen < kSilentMs ? Light::Good : Light::Trouble;

  const flow::LedgerCounts& counts = view.since_start;
  const bool understood = counts.flows + counts.options + counts.templates + counts.events > 0 ||
                          counts[NotCounted::NoTemplatePending] > 0 || view.pending_sets > 0;
  if (understood) {
    lights.understood = Light::Good;
  } else if (malformed_of(counts) > 0) {
    lights.understood = Light::Trouble;
  }

  const bool needs_none = view.datagrams_by_version[0] > 0;
  const bool is_short = std::ranges::any_of(view.templates, [](const auto& one) {
    return is_of_flows(*one) && !missing_fields(*one).empty();
  });
  if (is_short || is_options_only(view, now)) {
    lights.template_known = Light::Trouble;
  } else if (needs_none || has_flow_template(view)) {
    lights.template_known = Light::Good;
  }

  if (counts.flows > 0) {
    lights.stored = Light::Good;
  } else if (counts[NotCounted::StoreRefused] > 0) {
    lights.stored = Light::Trouble;
  }
  return lights;
}

class Findings {
 public:
  explicit Findings(const DiagnosisFacts& facts) : facts_(facts) {}

  void add_ports();
  void add_refused();
  void add_exporter(const ExporterView& view);
  void add_host_losses();
  std::vector<Finding> take();

 private:
  std::string silence_hint(std::uint16_t port) const;
  void add_templates(const ExporterView& view, const std::string& name);
  void add_fields(const ExporterView& view, const std::string& name);
  void add_sampling(const ExporterView& view, const std::string& name);
  void add_clock(const ExporterView& view, const std::string& name);
  void add_loss(const ExporterView& view, const std::string& name);

  const DiagnosisFacts& facts_;
  std::vector<Finding> all_;
};

void Findings::add_ports() {
  std::vector<std::uint16_t> bound;
  std::uint64_t datagrams = 0;
  for (const flow::PortView& port : facts_.receive.ports) {
    datagrams += port.datagrams;
    if (port.bound) {
      bound.push_back(port_of(port));
      continue;
    }
    const std::uint16_t number = port_of(port);
    all_.push_back({FindingState::PortTaken,
                    FindingLevel::Trouble,
                    port.holder.empty()
                        ? fmt::format("UDP {} cannot be had: {}.", number, port.problem)
                        : fmt::format("UDP {} is used by {}.", number, port.holder),
                    "End that program, or have routers send to another port. It is tried again "
                    "every 5 seconds.",
                    {},
                    number});
  }
  // What the journal still held came in an earlier run.
  const bool is_known = std::ranges::any_of(
      facts_.workers, [](const auto& worker) { return !worker->exporters.empty(); });
  if (datagrams > 0 || is_known || bound.empty()) return;
  all_.push_back({FindingState::Silence, FindingLevel::Wait,
                  fmt::format("Nothing has reached UDP {} yet.", fmt::join(bound, ", ")),
                  silence_hint(bound.front())});
}

std::string Findings::silence_hint(std::uint16_t port) const {
  if (facts_.is_address_loopback) {
    return fmt::format(
        "Weir listens on {} only, which nothing but this machine reaches. To see whether packets "
        "get here at all, run `echo test | nc -u -w1 {} {}` on this machine.",
        facts_.address, facts_.address, port);
  }
  return fmt::format(
      "Set up your router. To see whether packets get here at all, run "
      "`echo test | nc -u -w1 {} {}` on another machine{}.",
      facts_.address.empty() ? "ADDRESS" : facts_.address, port,
      facts_.address.empty() ? ", with this machine's address" : "");
}

void Findings::add_refused() {
  const flow::RefusedDatagram& unknown = facts_.receive.last_unknown;
  if (!unknown.reason.empty() && facts_.now - unknown.received < kRefusedShownMs) {
    const std::string_view guess = guess_protocol(unknown.first_octets);
    const std::string sender = facts_.called(unknown.sender);
    if (guess == "sFlow") {
      all_.push_back(
          {FindingState::SflowNotRead, FindingLevel::Note,
           fmt::format("{} sends sFlow to UDP {}; sFlow is not read yet.", sender, unknown.port),
           "If it can send NetFlow or IPFIX, choose that.", unknown.sender, unknown.port});
    } else {
      all_.push_back(
          {FindingState::NotFlowData, FindingLevel::Note,
           fmt::format(
               "What {} sends to UDP {} is no flow data: it begins {}{}.", sender, unknown.port,
               unknown.first_octets.empty() ? "with nothing" : unknown.first_octets.substr(0, 16),
               guess.empty() ? "" : fmt::format(", which looks like {}", guess)),
           guess == "text" ? "If this was your test packet, packets get here."
                           : "NetFlow v5, v9 and IPFIX are read, on any port.",
           unknown.sender, unknown.port});
    }
  }
  const flow::RefusedDatagram& refused = facts_.receive.last_refused_sender;
  if (refused.reason.empty() || facts_.now - refused.received >= kRefusedShownMs) return;
  all_.push_back(
      {FindingState::SenderRefused, FindingLevel::Note,
       fmt::format("{} sends to UDP {} and is not taken; {} refused since the start.",
                   facts_.called(refused.sender), refused.port,
                   counted(facts_.receive.refused_senders, "datagram was", "datagrams were")),
       "exporters.learn, exporters.allow and exporters.deny say who may send.", refused.sender,
       refused.port});
}

void Findings::add_exporter(const ExporterView& view) {
  const std::string name = facts_.called(view.exporter);
  if (view.since_start.datagrams > 0 && facts_.now - view.last_seen >= kSilentMs) {
    all_.push_back({FindingState::ExporterSilent, FindingLevel::Trouble,
                    fmt::format("{} has sent nothing for {}.", name,
                                duration_text(facts_.now - view.last_seen)),
                    "What came before stays. Is the router up, and does it still know this "
                    "machine's address?",
                    view.exporter});
  }
  add_templates(view, name);
  add_fields(view, name);
  add_sampling(view, name);
  add_clock(view, name);
  add_loss(view, name);
}

void Findings::add_templates(const ExporterView& view, const std::string& name) {
  if (view.pending_sets > 0) {
    const std::uint64_t given_up = view.since_start[NotCounted::NoTemplateExpired] +
                                   view.since_start[NotCounted::NoTemplateOverCap];
    all_.push_back(
        {FindingState::NoTemplate,
         given_up > 0 ? FindingLevel::Trouble : FindingLevel::Wait,
         fmt::format("Data from {} arrives, its template has not. Routers repeat it every 30 s to "
                     "30 min; {} meanwhile{}.",
                     name, counted(view.pending_sets, "set is kept", "sets are kept"),
                     given_up > 0 ? fmt::format(", {} given up", counted(given_up, "older one was",
                                                                         "older ones were"))
                                  : ""),
         "Nothing is lost while it waits. A shorter template interval on the router ends this "
         "sooner after every start.",
         view.exporter,
         {},
         static_cast<std::int64_t>(view.pending_sets)});
  }
  if (!is_options_only(view, facts_.now)) return;
  all_.push_back({FindingState::OptionsOnly, FindingLevel::Trouble,
                  fmt::format("{} exports its statistics but no flows.", name),
                  "Attach the flow monitor to an interface.", view.exporter});
}

void Findings::add_fields(const ExporterView& view, const std::string& name) {
  for (const auto& known : view.templates) {
    if (!is_of_flows(*known)) continue;
    auto missing = missing_fields(*known);
    if (missing.empty()) continue;
    const bool no_bytes = missing.back() == "bytes";
    all_.push_back(
        {FindingState::FieldsMissing,
         FindingLevel::Trouble,
         fmt::format("Template {} of {} has no {}.", known->id, name, fmt::join(missing, ", no ")),
         missing.size() == 1 && no_bytes
             ? "Its flows count as 0 bytes on every page. Add the octet counter to the "
               "router's flow record."
             : "Hosts, Sessions and what is made of them stay without these flows. Add "
               "the fields to the router's flow record.",
         view.exporter,
         {},
         {},
         std::move(missing)});
    return;  // one template of an exporter says it
  }
}

void Findings::add_sampling(const ExporterView& view, const std::string& name) {
  if (!view.sampling.empty() || facts_.sampling_is_set(view.exporter)) return;
  const bool is_hinted = std::ranges::any_of(
      view.templates, [](const auto& one) { return is_of_flows(*one) && hints_at_sampling(*one); });
  if (!is_hinted) return;
  all_.push_back({FindingState::SamplingUnknown, FindingLevel::Note,
                  fmt::format("{} names a sampler but not its rate: if it looks at 1 packet in N, "
                              "its numbers are N times too small until the rate is known.",
                              name),
                  "Have it export its sampler table, or set exporters.sampling.", view.exporter});
}

void Findings::add_clock(const ExporterView& view, const std::string& name) {
  const std::int64_t skew = view.clock_skew_ms;
  const std::int64_t size = std::abs(skew);
  if (view.since_start.datagrams == 0 || size < kSkewShownMs) return;
  const std::int64_t beside = size % kHalfHourMs;
  const bool is_zone =
      size > kHalfHourMs - 2 * base::kMsPerMinute &&
      (beside < 2 * base::kMsPerMinute || beside > kHalfHourMs - 2 * base::kMsPerMinute);
  all_.push_back({FindingState::ClockSkew,
                  size >= kHalfHourMs ? FindingLevel::Trouble : FindingLevel::Note,
                  fmt::format("The clock of {} is {} {}{}.", name, duration_text(size),
                              skew > 0 ? "behind" : "ahead", is_zone ? " (time zone?)" : ""),
                  "Its flows appear at the times it says. Give it an NTP server.",
                  view.exporter,
                  {},
                  skew});
}

void Findings::add_loss(const ExporterView& view, const std::string& name) {
  const auto found = facts_.last_hour.find(view.exporter);
  if (found == facts_.last_hour.end()) return;
  const flow::LedgerCounts& counts = found->second;
  if (counts.sequence_gap == 0 || counts.sequence_gap * kLossShown < counts.sequence_sent) return;
  const double percent = 100.0 * static_cast<double>(counts.sequence_gap) /
                         static_cast<double>(std::max<std::uint64_t>(counts.sequence_sent, 1));
  all_.push_back(
      {FindingState::LostOnTheWay,
       FindingLevel::Trouble,
       fmt::format("{:.1f} % of what {} sent in the last hour did not get here: {} of {} "
                   "by its own count.",
                   percent, name, counts.sequence_gap, counts.sequence_sent),
       "UDP is dropped by busy routers and links, or by this machine: that would be "
       "said here too.",
       view.exporter,
       {},
       static_cast<std::int64_t>(counts.sequence_gap)});
}

void Findings::add_host_losses() {
  for (const flow::PortView& port : facts_.receive.ports) {
    if (port.kernel_drops == 0) continue;
    all_.push_back({FindingState::LostHere,
                    FindingLevel::Trouble,
                    fmt::format("This machine dropped {} of UDP {} because the socket's buffer of "
                                "{} KiB was full.",
                                counted(port.kernel_drops, "datagram", "datagrams"), port_of(port),
                                port.receive_buffer_octets / 1024),
                    "sysctl -w net.core.rmem_max=16777216, then restart Weir.",
                    {},
                    port_of(port),
                    static_cast<std::int64_t>(port.kernel_drops)});
  }
  const flow::ReceiveView& receive = facts_.receive;
  if (receive.worker_channel_full > 0) {
    all_.push_back(
        {FindingState::LostHere,
         FindingLevel::Trouble,
         fmt::format("{} dropped because decoding was behind.",
                     counted(receive.worker_channel_full, "datagram was", "datagrams were")),
         "This machine is too slow for its routers, or the disk is.",
         {},
         {},
         static_cast<std::int64_t>(receive.worker_channel_full)});
  }
  if (receive.journal_problem.empty()) return;
  all_.push_back({FindingState::NotJournalled,
                  FindingLevel::Trouble,
                  fmt::format("Nothing can be written down: {}.", receive.journal_problem),
                  "Make room on the disk, or raise store.budget.",
                  {},
                  {},
                  static_cast<std::int64_t>(receive.journal_refused)});
}

std::vector<Finding> Findings::take() {
  std::ranges::stable_sort(
      all_, [](const Finding& one, const Finding& other) { return one.level > other.level; });
  return std::move(all_);
}

}  // namespace

std::string_view to_text(FindingState state) {
  switch (state) {
    case FindingState::PortTaken:
      return "port_taken";
    case FindingState::Silence:
      return "silence";
    case FindingState::NotFlowData:
      return "not_flow_data";
    case FindingState::SflowNotRead:
      return "sflow_not_read";
    case FindingState::NoTemplate:
      return "no_template";
    case FindingState::OptionsOnly:
      return "options_only";
    case FindingState::FieldsMissing:
      return "fields_missing";
    case FindingState::SamplingUnknown:
      return "sampling_unknown";
    case FindingState::ClockSkew:
      return "clock_skew";
    case FindingState::LostOnTheWay:
      return "lost_on_the_way";
    case FindingState::LostHere:
      return "lost_here";
    case FindingState::SenderRefused:
      return "sender_refused";
    case FindingState::ExporterSilent:
      return "exporter_silent";
    case FindingState::NotJournalled:
      return "not_journalled";
    case FindingState::NameServerSilent:
      return "name_server_silent";
    case FindingState::NameNotUnderstood:
      return "name_not_understood";
    case FindingState::NamesFileWrong:
      return "names_file_wrong";
    case FindingState::PlacesFileWrong:
      return "places_file_wrong";
    case FindingState::SiteLogMissing:
      return "site_log_missing";
    case FindingState::SiteLogNotUnderstood:
      return "site_log_not_understood";
    case FindingState::SiteLogSilent:
      return "site_log_silent";
    case FindingState::SitesCut:
      return "sites_cut";
  }
  CHECK(false);
}

std::string_view to_text(FindingLevel level) {
  switch (level) {
    case FindingLevel::Wait:
      return "wait";
    case FindingLevel::Note:
      return "note";
    case FindingLevel::Trouble:
      return "trouble";
  }
  CHECK(false);
}

std::string_view to_text(Light light) {
  switch (light) {
    case Light::Waiting:
      return "waiting";
    case Light::Good:
      return "good";
    case Light::Trouble:
      return "trouble";
  }
  CHECK(false);
}

std::string_view guess_protocol(std::string_view first_octets) {
  const auto octet = [&](std::size_t index) -> int {
    if (first_octets.size() < 2 * index + 2) return -1;
    return static_cast<int>(
        std::strtol(std::string(first_octets.substr(2 * index, 2)).c_str(), nullptr, 16));
  };
  if (octet(0) < 0) return "";
  if (octet(0) == 0 && octet(1) == 0 && octet(2) == 0 && octet(3) >= 2 && octet(3) <= 5) {
    return "sFlow";
  }
  if (octet(0) == 0 && (octet(1) == 1 || octet(1) == 7 || octet(1) == 8)) return "an old NetFlow";
  if (octet(0) == '<' && octet(1) >= '0' && octet(1) <= '9') return "syslog";
  if (octet(0) >> 6 == 2) return "RTP";
  if (octet(0) == 0x30 && octet(2) == 2) return "SNMP";
  bool is_text = true;
  for (std::size_t i = 0; octet(i) >= 0; ++i) {
    is_text =
        is_text && ((octet(i) >= ' ' && octet(i) < 0x7f) || (octet(i) >= 9 && octet(i) <= 13));
  }
  return is_text ? "text" : "";
}

Diagnosis diagnose(const DiagnosisFacts& facts) {
  Diagnosis diagnosis;
  Findings findings(facts);
  findings.add_ports();
  findings.add_host_losses();
  findings.add_refused();
  std::size_t exporters = 0;
  for (const auto& worker : facts.workers) {
    for (const ExporterView& view : worker->exporters) {
      if (++exporters > kDiagnosedExportersMax) continue;
      diagnosis.senders.push_back(lights_of(view, facts.now));
      findings.add_exporter(view);
    }
  }
  const flow::RefusedDatagram& unknown = facts.receive.last_unknown;
  const bool is_recent = !unknown.reason.empty() && facts.now - unknown.received < kRefusedShownMs;
  const bool is_listed = std::ranges::find(diagnosis.senders, unknown.sender,
                                           &SenderLights::exporter) != diagnosis.senders.end();
  if (is_recent && !is_listed) {
    diagnosis.senders.push_back({.exporter = unknown.sender,
                                 .datagrams = facts.receive.unknown_versions,
                                 .last_seen = unknown.received,
                                 .packets = Light::Good,
                                 .understood = Light::Trouble});
  }
  std::ranges::stable_sort(diagnosis.senders, std::ranges::greater{}, &SenderLights::last_seen);
  diagnosis.findings = findings.take();
  if (facts.names) add_name_findings(*facts.names, facts.now, diagnosis.findings);
  if (facts.places) add_place_findings(*facts.places, diagnosis.findings);
  if (facts.sites) add_site_findings(*facts.sites, facts.now, diagnosis.findings);
  return diagnosis;
}

}  // namespace serve
