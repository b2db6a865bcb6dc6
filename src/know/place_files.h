#pragma once

#include <filesystem>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include "base/snapshot.h"
#include "flow/address.h"
#include "know/place_links.h"
#include "know/places.h"
#include "know/watched_file.h"

namespace know {

// Where the files about places are; empty: there is none.
struct PlacePaths {
  std::filesystem::path countries;
  std::filesystem::path ases;
  std::filesystem::path cities;
  std::filesystem::path links;
};

// What is known of one address, for whoever looks at it.
struct PlaceOfHost {
  std::string country;  // two letters; empty: not known
  std::string city;
  std::uint32_t as = 0;
  std::string as_name;
  std::vector<PlaceLink> links;
};

// What to tell of the files.
struct PlaceNotes {
  std::string problem;  // which of the MMDB files cannot be used and why; empty: none
  std::filesystem::path links;
  Warnings link_warnings;
};

// The files about places: read at the start, looked at now and then. An MMDB that is none leaves
// what held before. Thread-safe.
class PlaceFiles {
 public:
  // `published` is called with every new state, by the constructor too.
  PlaceFiles(const PlacePaths& paths,
             std::function<void(const std::shared_ptr<const Places>&)> published);

  // Reads what has changed. To be called by one thread at a time.
  void look();

  PlaceOfHost of(const flow::Address& address) const;
  std::shared_ptr<const PlaceNotes> notes() const { return notes_.get(); }

 private:
  void read_places();
  void read_links();

  const std::function<void(const std::shared_ptr<const Places>&)> published_;
  const std::filesystem::path cities_;
  WatchedFile countries_;
  WatchedFile ases_;
  WatchedFile links_;
  base::Snapshot<Places> places_;
  base::Snapshot<std::vector<PlaceLink>> templates_;
  base::Snapshot<PlaceNotes> notes_;
};

}  // namespace know
