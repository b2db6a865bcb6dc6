#include "serve/api/page_files.h"

#include <fmt/format.h>

#include <initializer_list>
#include <string>
#include <string_view>

namespace serve {
namespace {

constexpr std::string_view kMost = "10000";  // rows of a file, as query::kMaxTop lets them

// What a page's URL says.
struct View {
  const Parameters& parameters;
  std::string_view id;  // of a host's page

  std::string text(std::string_view name, std::string_view otherwise = {}) const {
    const auto given = parameters.find(name);
    return std::string(given && !given->empty() ? *given : otherwise);
  }
};

// A URL's query as it is put together.
class Query {
 public:
  Query& add(std::string_view name, std::string_view value) {
    if (value.empty()) return *this;
    text_ += fmt::format("{}{}=", text_.empty() ? "" : "&", name);
    for (const char octet : value) {
      const bool is_plain = (octet >= '0' && octet <= '9') || (octet >= 'a' && octet <= 'z') ||
                            (octet >= 'A' && octet <= 'Z') || octet == '-' || octet == '.';
      if (is_plain) {
        text_ += octet;
      } else {
        text_ += fmt::format("%{:02X}", static_cast<unsigned char>(octet));
      }
    }
    return *this;
  }
  std::string text() const { return text_; }

 private:
  std::string text_;
};

std::string quoted(std::string_view text) {
  if (text.find_first_of(" \t\n\"()|,") == std::string_view::npos) return std::string(text);
  std::string inner(text);
  std::erase(inner, '"');
  return fmt::format("\"{}\"", inner);
}

// "192.0.2.1" or "192.0.2.1/3": an exporter, or one of its interfaces.
std::string source_filter(std::string_view source) {
  if (source.empty()) return {};
  const std::size_t slash = source.rfind('/');
  if (slash == std::string_view::npos) return fmt::format("exporter:{}", quoted(source));
  return fmt::format("exporter:{} if:{}", quoted(source.substr(0, slash)),
                     quoted(source.substr(slash + 1)));
}

// All have to hold; one that holds alternatives is put in parentheses.
std::string all_of(std::initializer_list<std::string> terms) {
  std::string all;
  for (const std::string& term : terms) {
    if (term.find_first_not_of(' ') == std::string::npos) continue;
    const bool has_choice = term.find('|') != std::string::npos;
    all +=
        fmt::format("{}{}", all.empty() ? "" : " ", has_choice ? fmt::format("({})", term) : term);
  }
  return all;
}

std::string filter_of(const View& view, const std::string& more = {}) {
  return all_of({view.text("f"), source_filter(view.text("src")), more});
}

constexpr std::string_view kDay = "-24h";
constexpr std::string_view kHour = "-1h";

std::string overview_query(const View& view) {
  return Query()
      .add("by", "host,dir")
      .add("metric", view.text("m", "bytes"))
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view))
      .add("top", "500")
      .text();
}

std::string hosts_query(const View& view) {
  const bool is_internet = view.text("view") == "internet";
  // The page ranks by what is sent: "-out", perhaps with a second key.
  const std::string sort = view.text("sort");
  const bool is_upload = sort.substr(sort.starts_with('-') ? 1 : 0).starts_with("out");
  const std::string metric = view.text("m", "bytes");
  return Query()
      .add("by", !is_internet ? "host,dir"
                 : is_upload  ? "dst"
                              : "src")
      .add("metric", metric == "flows" ? metric : metric + ",flows")
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view, !is_internet ? ""
                                     : is_upload  ? "dir:out"
                                                  : "dir:in"))
      .add("top", kMost)
      .text();
}

std::string apps_query(const View& view) {
  return Query()
      .add("by", "host,app,dir")
      .add("metric", view.text("m", "bytes"))
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view))
      .add("top", kMost)
      .text();
}

std::string usage_query(const View& view) {
  const std::string period = view.text("by", "day");
  return Query()
      .add("by", "host,dir")
      .add("metric", view.text("m", "bytes"))
      .add("range", view.text("t", "month"))
      .add("step", period == "hour" ? "1h" : period)
      .add("filter", filter_of(view))
      .add("top", kMost)
      .text();
}

std::string sites_query(const View& view) {
  const std::string metric = view.text("m", "bytes");
  return Query()
      .add("by", "site,site_evidence,dir")
      .add("metric", metric == "flows" ? metric : metric + ",flows")
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view, "site:*"))
      .add("top", kMost)
      .text();
}

std::string host_query(const View& view) {
  return Query()
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view, fmt::format("host:{}", quoted(view.id))))
      .add("top", kMost)
      .text();
}

std::string sessions_query(const View& view) {
  return Query()
      .add("range", view.text("t", kHour))
      .add("filter", filter_of(view))
      .add("top", kMost)
      .text();
}

std::string active_query(const View& view) {
  return sessions_query(view) + "&state=active";
}

// By the page's metric, the others beside it. An empty `by=` asks for the total.
std::string explore_query(const View& view) {
  std::string metrics = view.text("m", "bytes");
  for (const std::string_view other : {"bytes", "packets", "flows"}) {
    if (other != view.text("m", "bytes")) metrics += fmt::format(",{}", other);
  }
  return Query()
      .add("by", view.parameters.find("by").value_or("app"))
      .add("metric", metrics)
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view))
      .add("top", kMost)
      .text();
}

std::string flows_query(const View& view) {
  return Query()
      .add("flows", "1")
      .add("range", view.text("t", kDay))
      .add("filter", filter_of(view))
      .text();
}

std::string exporters_query(const View& view) {
  return Query().add("range", view.text("t", kDay)).text();
}

std::string interfaces_query(const View& view) {
  return Query().add("range", view.text("t", kDay)).add("filter", filter_of(view)).text();
}

std::string no_query(const View&) {
  return {};
}

struct PageFile {
  std::string_view path;  // one that ends in a slash has a host's name behind it
  std::string_view api;
  std::string (*query)(const View& view);
};
constexpr PageFile kFiles[] = {
    {"/overview", "/api/v1/query", overview_query},
    {"/hosts", "/api/v1/query", hosts_query},
    {"/hosts/top", "/api/v1/query", hosts_query},
    {"/hosts/apps", "/api/v1/query", apps_query},
    {"/hosts/usage", "/api/v1/query", usage_query},
    {"/traffic/sites", "/api/v1/query", sites_query},
    {"/hosts/", "/api/v1/conversations", host_query},
    {"/host/", "/api/v1/conversations", host_query},
    {"/sessions", "/api/v1/conversations", active_query},
    {"/sessions/active", "/api/v1/conversations", active_query},
    {"/sessions/recent", "/api/v1/conversations", sessions_query},
    {"/explore", "/api/v1/query", explore_query},
    {"/explore/chart", "/api/v1/query", explore_query},
    {"/explore/flows", "/api/v1/query", flows_query},
    {"/system/exporters", "/api/v1/exporters", exporters_query},
    {"/exporters", "/api/v1/exporters", exporters_query},
    {"/system/interfaces", "/api/v1/interfaces", interfaces_query},
    {"/system/names", "/api/v1/protocols", no_query},
    {"/system/setup", "/api/v1/diagnosis", no_query},
    {"/setup", "/api/v1/diagnosis", no_query},
};

const PageFile* find_file(std::string_view path) {
  for (const PageFile& file : kFiles) {
    const bool takes_id = file.path.ends_with('/');
    if (!takes_id && path == file.path) return &file;
    const bool has_id = takes_id && path.size() > file.path.size() && path.starts_with(file.path) &&
                        path.find('/', file.path.size()) == std::string_view::npos;
    if (has_id) return &file;
  }
  return nullptr;
}

}  // namespace

std::optional<Request> file_of_page(const Request& request) {
  if (request.method != Method::Get) return std::nullopt;
  std::string_view path = request.path;
  std::string_view format;
  for (const std::string_view suffix : {"csv", "json"}) {
    if (path.ends_with(suffix) && path.substr(0, path.size() - suffix.size()).ends_with('.')) {
      format = suffix;
    }
  }
  if (format.empty()) return std::nullopt;
  path.remove_suffix(format.size() + 1);
  const PageFile* file = find_file(path);
  if (file == nullptr) return std::nullopt;

  Request asked = request;
  asked.path = file->api;
  // The id is percent-encoded as a value is, so it is decoded with the parameters.
  const bool has_id = file->path.ends_with('/');
  const std::string id = has_id ? std::string(path.substr(file->path.size())) : std::string();
  const auto decoded_id = Parameters::parse(fmt::format("id={}", id));
  const auto parameters = Parameters::parse(request.query);
  // What cannot be decoded is left as it is: whoever may ask is told what is wrong with it.
  if (!parameters) return asked;
  if (!decoded_id) {
    asked.query = fmt::format("id={}", id);
    return asked;
  }
  asked.query = file->query({*parameters, decoded_id->find("id").value_or("")});
  asked.query += fmt::format("{}format={}", asked.query.empty() ? "" : "&", format);
  return asked;
}

}  // namespace serve
