#include "serve/export/export.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "base/check.h"
#include "query/time_text.h"
#include "serve/export/writers.h"

namespace serve {
namespace {

struct FormatSpec {
  Format format;
  std::string_view name;
  std::string_view content_type;
};
constexpr auto kFormats = std::to_array<FormatSpec>({
    {Format::Table, "table", "text/plain; charset=utf-8"},
    {Format::Json, "json", "application/json"},
    {Format::Csv, "csv", "text/csv; charset=utf-8; header=present"},
    {Format::Ndjson, "ndjson", "application/x-ndjson"},
});

}  // namespace

std::optional<Format> find_format(std::string_view name) {
  const auto* found = std::ranges::find(kFormats, name, &FormatSpec::name);
  if (found == kFormats.end()) return std::nullopt;
  return found->format;
}

std::string_view content_type(Format format) {
  const auto* found = std::ranges::find(kFormats, format, &FormatSpec::format);
  CHECK(found != kFormats.end());
  return found->content_type;
}

std::unique_ptr<AnswerWriter> make_writer(Format format, const query::Plan& plan, Output output) {
  switch (format) {
    case Format::Table:
      return make_table_writer(plan, std::move(output));
    case Format::Json:
      return make_json_writer(plan, std::move(output));
    case Format::Csv:
      return make_csv_writer(std::move(output));
    case Format::Ndjson:
      return make_ndjson_writer(std::move(output));
  }
  CHECK(false);
}

std::vector<std::string> remarks(const query::Plan& plan, const query::AnswerSummary& summary) {
  std::vector<std::string> found;
  if (summary.replaying) {
    found.emplace_back("not complete yet: flows of the journal are still being read");
  }
  if (summary.kept_from) {
    found.push_back(fmt::format("flows before {} were dropped to make room on the disk",
                                query::utc_text(*summary.kept_from)));
  }
  if (!summary.exact) {
    std::string bounds;
    for (std::size_t i = 0; i < summary.bound.size() && i < plan.metrics.size(); ++i) {
      bounds += fmt::format("{}{} {}", bounds.empty() ? "" : ", ", query::name_of(plan.metrics[i]),
                            summary.bound[i]);
    }
    found.push_back(fmt::format("estimated: a row may be off by up to {}", bounds));
  }
  const query::Loss& loss = summary.loss;
  if (loss.sequence_gap > 0 || loss.not_counted > 0) {
    found.push_back(fmt::format(
        "lost in this range, in {} minutes of exporters: {} that never came (in the exporters' own "
        "counts), {} records that could not be kept",
        loss.minutes, loss.sequence_gap, loss.not_counted));
  }
  if (summary.removed_bytes > 0) {
    found.push_back(
        fmt::format("counted once: {} bytes seen again elsewhere left out", summary.removed_bytes));
  }
  return found;
}

}  // namespace serve
