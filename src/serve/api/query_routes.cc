#include <fmt/format.h>

#include "serve/api/query_errors.h"
#include "serve/api/routes.h"
#include "serve/export/export.h"
#include "serve/export/named_rows.h"

namespace serve {
namespace {

query::PlanText plan_text(const Call& call) {
  const query::PlanText defaults;
  const auto text = [&](std::string_view name, std::string_view otherwise) {
    return std::string(call.parameter(name, otherwise));
  };
  return {.filter = text("filter", defaults.filter),
          .by = text("by", defaults.by),
          .metric = text("metric", defaults.metric),
          .range = text("range", defaults.range),
          .step = text("step", defaults.step),
          .top = text("top", defaults.top),
          .flows = text("flows", defaults.flows),
          .limit = text("limit", defaults.limit)};
}

// "1", "0", or what is meant by saying nothing. Empty optional: something else came.
std::optional<bool> wants_names(std::string_view text, const query::Plan& plan) {
  if (text.empty()) return !plan.flows;
  if (text != "0" && text != "1") return std::nullopt;
  return text == "1";
}

}  // namespace

std::optional<Response> get_query(Api& api, const Call& call) {
  const auto format = find_format(call.parameter("format", "json"));
  if (!format) {
    return error_response(400, {"format",
                                fmt::format("expected json, csv, ndjson or table, '{}' came",
                                            call.parameter("format")),
                                ""});
  }
  const auto tables = api.sources().tables.get();
  const auto plan = query::make_plan(plan_text(call), call.now, tables->folded_names);
  if (!plan) return plan_error_response(plan.error());

  const auto named = wants_names(call.parameter("names"), *plan);
  if (!named) {
    return error_response(
        400, {"names", fmt::format("expected 0 or 1, '{}' came", call.parameter("names")), ""});
  }

  // The head goes out with the first piece, so that a query which fails before can still say so.
  bool started = false;
  auto writer = make_writer(*format, *plan, [&](std::string_view piece) {
    if (!started) {
      call.exchange.start({.content_type = std::string(content_type(*format))});
      started = true;
    }
    return call.exchange.write(piece);
  });
  if (*named) {
    writer = with_names(
        std::move(writer), api.sources().names.names(call.now), name_place(*format),
        [&](std::span<const flow::Address> shown) { api.show(shown, call.now); },
        api.sources().interfaces.interfaces(api.sources().settings.get()));
  }
  const auto summary = api.sources().questions.answer(*plan, *writer, call.exchange.gone());
  if (!summary && !started) return query_error_response(summary.error());
  if (!summary || !writer->finish(*summary)) call.exchange.break_off();
  if (!started) call.exchange.start({.content_type = std::string(content_type(*format))});
  return std::nullopt;
}

}  // namespace serve
