#include "serve/name_findings.h"

#include <fmt/format.h>

#include <string>

namespace serve {
namespace {

constexpr std::int64_t kNonsenseShownMs = 10 * base::kMsPerMinute;
constexpr std::size_t kServersNamed = 5;

void add_silent(const know::NameSourcesView& names, std::vector<Finding>& findings) {
  std::string silent;
  std::size_t count = 0;
  for (const know::ServerView& server : names.servers) {
    if (server.silent_since == 0 || ++count > kServersNamed) continue;
    silent += fmt::format("{}{}", silent.empty() ? "" : ", ", flow::to_text(server.server.address));
  }
  if (count == 0) return;
  findings.push_back(
      {.state = FindingState::NameServerSilent,
       .level = FindingLevel::Note,
       .what = fmt::format("{} {} {} not answer questions for names. Names that are known stay.",
                           count == 1 ? "The name server" : "The name servers", silent,
                           count == 1 ? "does" : "do"),
       .hint = "names.resolvers names others for a network; `weir serve -n` asks none",
       .count = static_cast<std::int64_t>(count)});
}

void add_nonsense(const know::NameSourcesView& names, base::UnixMs now,
                  std::vector<Finding>& findings) {
  const know::ServerView* last = nullptr;
  std::int64_t count = 0;
  for (const know::ServerView& server : names.servers) {
    if (server.malformed == 0 || now - server.last_malformed_at > kNonsenseShownMs) continue;
    count += static_cast<std::int64_t>(server.malformed);
    if (last == nullptr || last->last_malformed_at < server.last_malformed_at) last = &server;
  }
  if (last == nullptr) return;
  findings.push_back(
      {.state = FindingState::NameNotUnderstood,
       .level = FindingLevel::Note,
       .what = fmt::format("The name server {} answers for {} with what is no host name: {}. "
                           "It is not taken; a name known before stays.",
                           flow::to_text(last->server.address),
                           flow::to_text(last->last_malformed_for), last->last_malformed),
       .hint = "",
       .count = count});
}

void add_files(const know::NameSourcesView& names, std::vector<Finding>& findings) {
  std::string what;
  for (const know::NameFileView& file : names.files) {
    if (!file.problem.empty()) {
      what += fmt::format("{}{}", what.empty() ? "" : "; ", file.problem);
    } else if (file.wrong_lines > 0) {
      what += fmt::format("{}{}, line {}: {}", what.empty() ? "" : "; ", file.path,
                          file.wrong.front().line, file.wrong.front().what);
      if (file.wrong_lines > 1) what += fmt::format(" (and {} lines more)", file.wrong_lines - 1);
    }
  }
  if (what.empty()) return;
  findings.push_back(
      {.state = FindingState::NamesFileWrong,
       .level = FindingLevel::Note,
       .what = fmt::format("A file of names is not understood: {}. The names that it "
                           "gave before stay.",
                           what),
       .hint = "names.leases and names.hosts say which files are read"});
}

}  // namespace

void add_name_findings(const know::NameSourcesView& names, base::UnixMs now,
                       std::vector<Finding>& findings) {
  add_silent(names, findings);
  add_nonsense(names, now, findings);
  add_files(names, findings);
}

}  // namespace serve
