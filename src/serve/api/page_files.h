#pragma once

#include <optional>

#include "serve/api/http.h"

namespace serve {

// Every view is a file: a page's path with .csv or .json behind it, and the page's own parameters
// (t, f, src, m, by, view), is the question whose rows the page shows. Answers the same request as
// the API knows it, to be checked and answered like any other; empty: the path is no page's file.
// The pages and their defaults are those of web/src/lib/url.ts.
std::optional<Request> file_of_page(const Request& request);

}  // namespace serve
