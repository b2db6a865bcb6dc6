#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "serve/api/http.h"

// The browser part: files that were built and compressed long before, held in the program.
namespace serve {

// What may be chosen from for one file. An empty encoding is not there: it would not be smaller.
struct Asset {
  std::string_view path;  // "/assets/index-D3adB33f.js"
  std::string_view content_type;
  std::string_view hash;  // of the file as it is
  std::string_view plain;
  std::string_view gzip;
  std::string_view brotli;
};

// Made by the build (cmake/Web.cmake); empty when Weir was built without its pages.
std::span<const Asset> web_assets();

// The file at the request's path, or index.html where the path is a page's: the browser part knows
// its pages and reads the path itself. Empty: neither, nothing of ours is there.
//
// index.html is asked for anew each time (by ETag); what lies below /assets/ has its hash in its
// name and may be kept for ever.
std::optional<Response> find_page(std::span<const Asset> assets, const Request& request);

// Whether an Accept-Encoding header takes the coding.
bool accepts_coding(std::string_view header, std::string_view coding);

}  // namespace serve
