#include "store/embedded/inspect.h"

#include <fmt/format.h>

#include <algorithm>

#include "state/state_db.h"
#include "store/embedded/checksum.h"
#include "store/embedded/manifest.h"

namespace store {
namespace {

// What is wrong with the part's file, or nothing.
std::string problem_of(const Part& part, const std::filesystem::path& folder,
                       FolderReport& report) {
  if (part.set_aside) return fmt::format("{}: set aside, {} rows lost", part.name, part.rows);
  const auto digest = digest_of(folder / part.name);
  if (!digest) return fmt::format("{}: {}", part.name, base::to_text(digest.error()));
  ++report.parts_read;
  report.octets_read += digest->octets;
  if (digest->octets != part.octets) {
    return fmt::format("{}: expected {} octets, came {}", part.name, part.octets, digest->octets);
  }
  if (digest->checksum != part.checksum) {
    return fmt::format("{}: expected checksum {:016x}, came {:016x}", part.name, part.checksum,
                       digest->checksum);
  }
  return "";
}

}  // namespace

base::Expected<std::vector<Part>, base::IoError> read_manifest(
    const std::filesystem::path& folder) {
  const auto db = state::StateDb::open_read_only(folder / "state.db");
  if (!db) return base::Unexpected(db.error());
  return Manifest(*db).parts();
}

base::Expected<FolderReport, base::IoError> check_folder(const std::filesystem::path& folder) {
  const auto parts = read_manifest(folder);
  if (!parts) return base::Unexpected(parts.error());
  FolderReport report;
  std::vector<std::pair<std::string, std::string>> suspects;  // part, problem
  for (const Part& part : *parts) {
    if (auto problem = problem_of(part, folder, report); !problem.empty()) {
      suspects.emplace_back(part.name, std::move(problem));
    }
  }
  if (suspects.empty()) return report;
  // A server may have dropped a part in the meantime: then nothing was wrong with it.
  const auto now = read_manifest(folder);
  if (!now) return base::Unexpected(now.error());
  for (auto& [name, problem] : suspects) {
    if (std::ranges::find(*now, name, &Part::name) != now->end()) {
      report.problems.push_back(std::move(problem));
    }
  }
  return report;
}

}  // namespace store
