#include "serve/assets/assets.h"

#include <fmt/format.h>

#include <algorithm>

namespace serve {
namespace {

constexpr std::string_view kIndex = "/index.html";
constexpr std::string_view kHashed = "/assets/";

std::string_view trim(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The first piece of `rest` before the separator; `rest` keeps what follows.
std::string_view take_piece(std::string_view& rest, char separator) {
  const std::size_t end = rest.find(separator);
  const std::string_view piece = rest.substr(0, end);
  rest = end == std::string_view::npos ? std::string_view{} : rest.substr(end + 1);
  return trim(piece);
}

// "0", "0.0", "0.000": not at all.
bool is_zero(std::string_view quality) {
  return quality.starts_with('0') && quality.find_first_not_of("0.") == std::string_view::npos;
}

const Asset* find_asset(std::span<const Asset> assets, std::string_view path) {
  const auto found = std::ranges::find(assets, path, &Asset::path);
  return found == assets.end() ? nullptr : &*found;
}

// "/", "/hosts/10.0.0.5": what a person may type or keep as a bookmark. A first segment with a dot
// asks for a file (/favicon.ico), and the API answers for itself.
bool is_page(std::string_view path) {
  if (!path.starts_with('/') || path.starts_with("/api/") || path.starts_with(kHashed)) {
    return false;
  }
  const std::string_view first = path.substr(1, path.find('/', 1) - 1);
  return first != "api" && first.find('.') == std::string_view::npos;
}

bool names_tag(std::string_view if_none_match, std::string_view tag) {
  while (!if_none_match.empty()) {
    std::string_view one = take_piece(if_none_match, ',');
    if (one.starts_with("W/")) one.remove_prefix(2);
    if (one == tag || one == "*") return true;
  }
  return false;
}

struct Chosen {
  std::string_view coding;  // empty: as it is
  std::string_view body;
};

Chosen choose(const Asset& asset, std::string_view accept_encoding) {
  if (!asset.brotli.empty() && accepts_coding(accept_encoding, "br")) return {"br", asset.brotli};
  if (!asset.gzip.empty() && accepts_coding(accept_encoding, "gzip")) return {"gzip", asset.gzip};
  return {"", asset.plain};
}

Response answer_with(const Asset& asset, const Request& request) {
  const Chosen chosen = choose(asset, request.header("accept-encoding"));
  const std::string tag =
      fmt::format("\"{}{}{}\"", asset.hash, chosen.coding.empty() ? "" : "-", chosen.coding);
  Response response{.content_type = std::string(asset.content_type)};
  response.headers = {
      {"ETag", tag},
      {"Vary", "Accept-Encoding"},
      {"Cache-Control",
       asset.path.starts_with(kHashed) ? "public, max-age=31536000, immutable" : "no-cache"}};
  if (names_tag(request.header("if-none-match"), tag)) {
    response.status = 304;
    response.content_type.clear();
    return response;
  }
  if (!chosen.coding.empty()) response.headers.emplace_back("Content-Encoding", chosen.coding);
  response.body = std::string(chosen.body);
  return response;
}

}  // namespace

bool accepts_coding(std::string_view header, std::string_view coding) {
  bool any_is_taken = false;
  while (!header.empty()) {
    std::string_view rest = take_piece(header, ',');
    const std::string_view name = take_piece(rest, ';');
    const bool refused = rest.starts_with("q=") && is_zero(rest.substr(2));
    if (name == coding) return !refused;
    if (name == "*") any_is_taken = !refused;
  }
  return any_is_taken;
}

std::optional<Response> find_page(std::span<const Asset> assets, const Request& request) {
  if (request.method != Method::Get) return std::nullopt;
  const Asset* asset = find_asset(assets, request.path);
  if (asset == nullptr && is_page(request.path)) asset = find_asset(assets, kIndex);
  if (asset == nullptr) return std::nullopt;
  return answer_with(*asset, request);
}

}  // namespace serve
