#include "know/place_links.h"

#include <algorithm>

namespace know {
namespace {

constexpr std::string_view kAddressPlace = "{address}";
constexpr std::string_view kAsPlace = "{as}";
constexpr std::size_t kUrlOctetsMax = 500;

constexpr std::string_view kDefaultLinks =
    R"(# Where more is known of an address: NAME, a blank, a web address.
# {address} and {as} stand for the host's; lines that begin with # say nothing.
RIPEstat https://stat.ripe.net/resource/{address}
RDAP https://rdap.org/ip/{address}
Whois https://who.is/whois-ip/ip-address/{address}
AS https://stat.ripe.net/resource/AS{as}
)";

bool holds(std::string_view text, std::string_view piece) {
  return text.find(piece) != std::string_view::npos;
}

// Why it is no template; empty: it is one.
std::string refusal_of_url(std::string_view url) {
  if (!url.starts_with("https://") && !url.starts_with("http://")) {
    return "expected a web address that begins with https:// or http://";
  }
  if (url.size() > kUrlOctetsMax) return "the web address is longer than 500 octets";
  const auto is_odd = [](char c) { return c <= ' ' || c >= 0x7f || c == '"' || c == '<'; };
  if (std::ranges::any_of(url, is_odd)) return "the web address has characters it cannot have";
  if (!holds(url, kAddressPlace) && !holds(url, kAsPlace)) {
    return "expected {address} or {as} in the web address";
  }
  return {};
}

void fill_in(std::string& url, std::string_view place, std::string_view value) {
  for (std::size_t at = url.find(place); at != std::string::npos; at = url.find(place, at)) {
    url.replace(at, place.size(), value);
    at += value.size();
  }
}

}  // namespace

std::string_view default_links() {
  return kDefaultLinks;
}

LinkTemplates parse_links(std::string_view text) {
  LinkTemplates templates;
  for_each_line(text, [&](std::uint32_t number, std::string_view line) {
    line = trimmed(line);
    if (line.empty() || line.front() == '#') return;
    const std::size_t blank = line.find_last_of(" \t");
    const std::string_view name =
        blank == std::string_view::npos ? std::string_view() : trimmed(line.substr(0, blank));
    const std::string_view url = line.substr(blank == std::string_view::npos ? 0 : blank + 1);
    std::string reason =
        name.empty() ? "expected a name, a blank and a web address" : refusal_of_name(name);
    if (reason.empty()) reason = refusal_of_url(url);
    if (reason.empty() && templates.links.size() == kLinksMax) {
      reason = "there are 20 links already";
    }
    if (!reason.empty()) return templates.warnings.add(number, line, std::move(reason));
    templates.links.push_back({std::string(name), std::string(url)});
  });
  return templates;
}

std::vector<PlaceLink> links_of(const std::vector<PlaceLink>& templates,
                                const flow::Address& address, std::uint32_t as) {
  std::vector<PlaceLink> links;
  for (PlaceLink link : templates) {
    if (as == 0 && holds(link.url, kAsPlace)) continue;
    fill_in(link.url, kAddressPlace, flow::to_text(address));
    fill_in(link.url, kAsPlace, std::to_string(as));
    links.push_back(std::move(link));
  }
  return links;
}

}  // namespace know
