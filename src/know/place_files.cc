#include "know/place_files.h"

#include <utility>

#include "base/log.h"
#include "know/table_file.h"

namespace know {

PlaceFiles::PlaceFiles(const PlacePaths& paths,
                       std::function<void(const std::shared_ptr<const Places>&)> published)
    : published_(std::move(published)),
      cities_(paths.cities),
      countries_(paths.countries),
      ases_(paths.ases),
      links_(paths.links) {
  read_places();
  read_links();
}

void PlaceFiles::look() {
  const bool countries_changed = countries_.look();
  const bool ases_changed = ases_.look();
  if (countries_changed || ases_changed) read_places();
  if (links_.look()) read_links();
}

// Both files at once: a new one is rare, and takes a tenth of a second.
void PlaceFiles::read_places() {
  std::string problem;
  auto places = std::make_shared<const Places>(countries_.path(), ases_.path(), problem);
  auto notes = std::make_shared<PlaceNotes>(*notes_.get());
  notes->problem = problem;
  notes_.publish(std::move(notes));
  if (!problem.empty()) spdlog::warn("places: {}", problem);
  if (!problem.empty() && !places_.get()->empty()) return;  // what held before still does
  places_.publish(places);
  published_(places);
}

void PlaceFiles::read_links() {
  const bool is_there = !links_.path().empty() && links_.exists();
  auto text = is_there ? read_table(links_.path()) : std::string(default_links());
  auto notes = std::make_shared<PlaceNotes>(*notes_.get());
  notes->links = links_.path();
  LinkTemplates read = parse_links(text ? *text : default_links());
  if (!text) read.warnings.add(0, links_.path().string(), text.error());
  for (const Warning& warning : read.warnings.listed()) {
    spdlog::warn("{}:{}", links_.path().string(), to_text(warning));
  }
  notes->link_warnings = std::move(read.warnings);
  notes_.publish(std::move(notes));
  templates_.publish(std::make_shared<const std::vector<PlaceLink>>(std::move(read.links)));
}

PlaceOfHost PlaceFiles::of(const flow::Address& address) const {
  const auto places = places_.get();
  PlaceOfHost place;
  const std::uint32_t country = places->country(address);
  if (country != flow::NamePool::kOther) {
    place.country = flow::NamePool::instance().text_of(country);
  }
  place.as = places->as(address);
  place.as_name = places->as_name(place.as);
  if (!cities_.empty()) {
    std::string problem;
    place.city = city_of(cities_, address, problem);
  }
  place.links = links_of(*templates_.get(), address, place.as);
  return place;
}

}  // namespace know
