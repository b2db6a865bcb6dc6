#include "know/user_tables.h"

#include <fmt/format.h>

#include <algorithm>
#include <utility>

#include "base/letters.h"
#include "base/log.h"
#include "know/table_file.h"
#include "state/replace_file.h"

namespace know {
namespace {

// Why a text of this kind says nothing at all; empty: it says something, or is empty on purpose.
std::string refusal_of_services(std::string_view text) {
  const ServicesFile file = parse_services(text);
  if (!file.lines.empty() || file.warnings.empty()) return {};
  return fmt::format("no line of it is a service; {}", to_text(file.warnings.listed().front()));
}

std::string refusal_of_protocols(std::string_view text) {
  const ProtocolsList list = parse_protocols(text, ServiceNames());
  if (!list.entries.empty() || list.warnings.empty()) return {};
  return fmt::format("no line of it is an entry; {}", to_text(list.warnings.listed().front()));
}

std::string refusal_of(UserTables::Which which, std::string_view text) {
  return which == UserTables::Which::Services ? refusal_of_services(text)
                                              : refusal_of_protocols(text);
}

void log_warnings(const std::filesystem::path& path, const Warnings& warnings) {
  constexpr std::size_t kLogged = 20;
  const auto& listed = warnings.listed();
  for (std::size_t i = 0; i < std::min(listed.size(), kLogged); ++i) {
    spdlog::warn("{}:{}", path.string(), to_text(listed[i]));
  }
  if (listed.size() > kLogged) {
    spdlog::warn("{}: {} more warnings", path.string(),
                 listed.size() - kLogged + warnings.left_out());
  }
}

}  // namespace

Services Tables::applications() const {
  static const ProtocolsList none;
  return Services(services, has_list ? protocols : none);
}

Tables read_tables(std::string services, std::string protocols) {
  Tables tables;
  tables.services = parse_services(services);
  tables.names = ServiceNames(tables.services);
  for (const auto& [name, ports] : tables.names.all()) {
    auto& folded = tables.folded_names[base::lower(name)];
    folded.insert(folded.end(), ports.begin(), ports.end());
  }
  tables.protocols = parse_protocols(protocols, tables.names);
  tables.has_list = !tables.protocols.entries.empty();
  if (!tables.has_list) {
    auto warnings = std::move(tables.protocols.warnings);
    tables.protocols = parse_protocols(default_protocols(), tables.names);
    tables.protocols.warnings = std::move(warnings);
  }
  tables.services_file.text = std::move(services);
  tables.protocols_file.text = std::move(protocols);
  return tables;
}

Tables load_tables(const TablePaths& paths) {
  return read_tables(read_table(paths.services_file()).value_or(""),
                     read_table(paths.protocols_file()).value_or(""));
}

UserTables::UserTables(const TablePaths& paths, std::function<void(const Tables&)> published)
    : published_(std::move(published)),
      services_(paths.services_file(), paths.services.empty()),
      protocols_(paths.protocols_file(), paths.protocols.empty()) {
  const std::lock_guard lock(mutex_);
  for (const Which which : {Which::Services, Which::Protocols}) reread(which);
  publish();
}

// True: something is other than before. The text stays where the file cannot be used.
bool UserTables::reread(Which which) {
  Watched& one = watched(which);
  const TableFile before = one.file;
  one.file.problem.clear();
  if (!one.on_disk.exists() && one.file.is_ours) {
    one.file.text.clear();
    return one.file.text != before.text || !before.problem.empty();
  }
  auto text = read_table(one.file.path);
  if (!text) {
    one.file.problem = std::move(text.error());
  } else if (std::string refusal = refusal_of(which, *text); !refusal.empty()) {
    one.file.problem = fmt::format("{}: {}", one.file.path.string(), refusal);
  } else {
    one.file.text = std::move(*text);
  }
  if (!one.file.problem.empty() && one.file.problem != before.problem) {
    spdlog::warn("{}; what held before still does", one.file.problem);
  }
  return one.file.text != before.text || one.file.problem != before.problem;
}

void UserTables::publish() {
  Tables tables = read_tables(services_.file.text, protocols_.file.text);
  tables.services_file = services_.file;
  tables.protocols_file = protocols_.file;
  log_warnings(services_.file.path, tables.services.warnings);
  log_warnings(protocols_.file.path, tables.protocols.warnings);
  auto now = std::make_shared<const Tables>(std::move(tables));
  now_.publish(now);
  if (published_) published_(*now);
}

void UserTables::look() {
  const std::lock_guard lock(mutex_);
  bool is_new = false;
  for (const Which which : {Which::Services, Which::Protocols}) {
    if (watched(which).on_disk.look()) is_new = reread(which) || is_new;
  }
  if (is_new) publish();
}

base::Expected<void, UserTables::ChangeError> UserTables::write(Which which,
                                                                const std::string& text) {
  const std::lock_guard lock(mutex_);
  Watched& one = watched(which);
  if (!one.file.is_ours) {
    return base::Unexpected(ChangeError{
        base::UserError{which == Which::Services ? "services.file" : "protocols.file",
                        fmt::format("weir.toml says that {} is the file", one.file.path.string()),
                        "edit that file: what changes in it holds a second later"}});
  }
  std::string refusal =
      text.size() > kTableOctetsMax
          ? fmt::format("expected at most {} octets, came {}", kTableOctetsMax, text.size())
      : text.find('\0') != std::string::npos ? std::string("expected text, came an octet of 0")
                                             : refusal_of(which, text);
  if (!refusal.empty()) {
    return base::Unexpected(ChangeError{base::UserError{"text", std::move(refusal), ""}});
  }
  if (auto written = state::replace_file(one.file.path, text); !written) {
    return base::Unexpected(ChangeError{std::move(written.error())});
  }
  one.on_disk.is_read();
  one.file.text = text;
  one.file.problem.clear();
  publish();
  return {};
}

}  // namespace know
