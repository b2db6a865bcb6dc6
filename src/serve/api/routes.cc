#include "serve/api/routes.h"

#include <fmt/format.h>

#include <array>

namespace serve {
namespace {

constexpr std::string_view kJson = "application/json";

constexpr AnswerSpec kHealthAnswers[] = {
    {200, kJson, "Health", "the UDP ports are bound and HTTP serves"},
    {503, kJson, "Health", "not yet"},
};

constexpr Route kRoutes[] = {
    {.method = Method::Get,
     .path = "/healthz",
     .access = Access::Open,
     .lane = Lane::Quick,
     .summary = "whether the server takes flows and answers",
     .answers = kHealthAnswers,
     .handler = get_health},
};

// What stands for {…} at the end of `pattern`, or an empty text when there is no such thing; empty
// optional: the path is another.
std::optional<std::string_view> match(std::string_view pattern, std::string_view path) {
  const std::size_t brace = pattern.find('{');
  if (brace == std::string_view::npos) {
    return pattern == path ? std::optional(std::string_view{}) : std::nullopt;
  }
  if (!path.starts_with(pattern.substr(0, brace))) return std::nullopt;
  const std::string_view end = path.substr(brace);
  if (end.empty() || end.find('/') != std::string_view::npos) return std::nullopt;
  return end;
}

}  // namespace

std::span<const Route> routes() {
  return kRoutes;
}

Found find_route(Method method, std::string_view path) {
  Found found;
  for (const Route& route : kRoutes) {
    const auto path_end = match(route.path, path);
    if (!path_end) continue;
    if (route.method == method) return {&route, *path_end, {}};
    found.allowed += fmt::format("{}{}", found.allowed.empty() ? "" : ", ", to_text(route.method));
  }
  return found;
}

}  // namespace serve
