#include "serve/place_findings.h"

#include <fmt/format.h>

#include <string>

namespace serve {

void add_place_findings(const know::PlaceNotes& places, std::vector<Finding>& findings) {
  std::string what = places.problem;
  const auto& links = places.link_warnings;
  if (!links.empty()) {
    what += fmt::format("{}{}, line {}", what.empty() ? "" : "; ", places.links.string(),
                        know::to_text(links.listed().front()));
    const std::uint64_t more = links.listed().size() - 1 + links.left_out();
    if (more > 0) what += fmt::format(" (and {} lines more)", more);
  }
  if (what.empty()) return;
  findings.push_back(
      {.state = FindingState::PlacesFileWrong,
       .level = FindingLevel::Note,
       .what =
           fmt::format("A file about places is not understood: {}. What held before stays.", what),
       .hint = "places.countries, places.ases and places.links say which files are read"});
}

}  // namespace serve
