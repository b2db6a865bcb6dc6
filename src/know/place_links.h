#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "flow/address.h"
#include "know/text_table.h"

namespace know {

// Where more is known of an address: pages that a person may open. Nobody goes there by himself.
struct PlaceLink {
  std::string name;
  std::string url;

  bool operator==(const PlaceLink&) const = default;
};

// The user's templates, a line each: a name, a blank, a web address in which {address} and {as}
// stand for those of the host. Lines of `#` say nothing.
struct LinkTemplates {
  std::vector<PlaceLink> links;
  Warnings warnings;
};
LinkTemplates parse_links(std::string_view text);

// As many as a page has room for; what is beyond is a warning.
constexpr std::size_t kLinksMax = 20;

// The file as it is when the user has none, with what it is about.
std::string_view default_links();

// Those that can be filled in: of an address whose AS (0) is not known, not those of ASes.
std::vector<PlaceLink> links_of(const std::vector<PlaceLink>& templates,
                                const flow::Address& address, std::uint32_t as);

}  // namespace know
