#include "serve/site_findings.h"

#include <fmt/format.h>

#include <numeric>
#include <string>

namespace serve {
namespace {

// So long after the start that a network's hosts have asked for something.
constexpr std::int64_t kSilentMs = 5 * base::kMsPerMinute;
constexpr std::uint64_t kLinesLeast = 20;  // fewer say nothing about a log
constexpr std::uint64_t kRefusedShare = 10;

void append(std::string& text, const std::string& more) {
  text += fmt::format("{}{}", text.empty() ? "" : "; ", more);
}

void add_missing_log(const know::SiteSourcesView& sites, std::vector<Finding>& findings) {
  std::string what;
  for (const know::SiteLogView& file : sites.files) {
    if (!file.problem.empty() && (file.is_wanted || file.is_there)) append(what, file.problem);
    if (file.problem.empty() && file.is_wanted && !file.is_there) {
      append(what, fmt::format("there is no {}", file.where));
    }
  }
  if (sites.syslog && !sites.syslog->problem.empty()) append(what, sites.syslog->problem);
  if (what.empty()) return;
  findings.push_back({.state = FindingState::SiteLogMissing,
                      .level = FindingLevel::Note,
                      .what = fmt::format("A query log that names sites cannot be read: {}. It is "
                                          "tried again every 10 seconds.",
                                          what),
                      .hint = "sites.logs and sites.syslog say which logs are read"});
}

// Why a log is of no use; empty: it is.
std::string nonsense_of(const know::SiteLogView& log) {
  const know::LogCounts& counts = log.counts;
  if (counts.lines < kLinesLeast) return {};
  const std::uint64_t refused =
      std::accumulate(counts.not_heard.begin(), counts.not_heard.end(), std::uint64_t{0}) -
      counts.of(know::NotHeard::NoQuestion);
  if (refused * kRefusedShare > counts.lines) {
    return fmt::format("{} of the {} lines of {} are not understood, the last: {}", refused,
                       counts.lines, log.where, log.last_refused);
  }
  if (counts.questions + counts.answers > 0) return {};
  return fmt::format("none of the {} lines of {} is a question or an answer of DNS", counts.lines,
                     log.where);
}

void add_nonsense_log(const know::SiteSourcesView& sites, std::vector<Finding>& findings) {
  std::string what;
  for (const know::SiteLogView& file : sites.files) {
    if (const std::string nonsense = nonsense_of(file); !nonsense.empty()) append(what, nonsense);
  }
  if (sites.syslog) {
    if (const std::string said = nonsense_of(*sites.syslog); !said.empty()) append(what, said);
  }
  if (what.empty()) return;
  findings.push_back({.state = FindingState::SiteLogNotUnderstood,
                      .level = FindingLevel::Note,
                      .what = fmt::format("A query log does not name sites: {}.", what),
                      .hint = "dnsmasq writes what is wanted with log-queries=extra, AdGuard Home "
                              "into querylog.json"});
}

void add_silent_log(const know::SiteSourcesView& sites, base::UnixMs now,
                    std::vector<Finding>& findings) {
  if (!sites.syslog || !sites.syslog->is_there || sites.senders.datagrams > 0) return;
  const bool is_refused = sites.senders.refused > 0;
  if (!is_refused && now - sites.since < kSilentMs) return;
  std::string what = fmt::format("No line of a query log has come to {}", sites.syslog->where);
  if (is_refused) {
    what +=
        fmt::format(" from who may send it; {} datagrams of others were refused, the last of {}",
                    sites.senders.refused, flow::to_text(sites.senders.last_refused));
  }
  findings.push_back(
      {.state = FindingState::SiteLogSilent,
       .level = FindingLevel::Note,
       .what = what + ".",
       .hint = is_refused ? "sites.senders says who may send"
                          : "have the router's dnsmasq log its queries and send its log here",
       .count = static_cast<std::int64_t>(sites.senders.refused)});
}

void add_cut_sites(const know::SiteSourcesView& sites, std::vector<Finding>& findings) {
  const std::uint64_t refused = sites.table.names_refused + sites.table.as_cut;
  if (refused == 0 && sites.table.pairs_cut == 0) return;
  std::string what;
  if (sites.table.pairs_cut > 0) {
    append(what, fmt::format("{} answers went before their time to make room for others",
                             sites.table.pairs_cut));
  }
  if (refused > 0) append(what, fmt::format("{} names found no room at all", refused));
  findings.push_back({.state = FindingState::SitesCut,
                      .level = FindingLevel::Note,
                      .what = fmt::format("Not every site has its name: {}.", what),
                      .hint = refused > 0 ? "room for names is made by a start"
                                          : "sites.max says how many answers are kept",
                      .count = static_cast<std::int64_t>(refused + sites.table.pairs_cut)});
}

}  // namespace

void add_site_findings(const know::SiteSourcesView& sites, base::UnixMs now,
                       std::vector<Finding>& findings) {
  add_missing_log(sites, findings);
  add_nonsense_log(sites, findings);
  add_silent_log(sites, now, findings);
  add_cut_sites(sites, findings);
}

}  // namespace serve
