#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <optional>

#include "query/plan/plan.h"
#include "query/time_text.h"

namespace query {
namespace {

using base::Expected;
using base::Unexpected;
using base::UserError;

constexpr std::string_view kForms =
    "-24h, -7d..-1d, 2026-08-13T20:00..2026-08-13T21:00, 2026-08-13, today, yesterday, week or "
    "month";

// The end of the year 9999, the last that is written with four digits.
constexpr base::UnixMs kLatest = 253'402'300'799'999;

std::optional<base::UnixMs> unix_ms_of(std::string_view text) {
  base::UnixMs time = 0;
  const char* end = text.data() + text.size();
  const auto [parsed, error] = std::from_chars(text.data(), end, time);
  if (error != std::errc{} || parsed != end || time < 0 || time > kLatest) return std::nullopt;
  return time;
}

// One end of a range: "-7d", "now", a time or Unix milliseconds.
std::optional<base::UnixMs> moment_of(std::string_view text, base::UnixMs now_ms) {
  if (text == "now") return now_ms;
  if (text.starts_with('-')) {
    const auto before = duration_ms_of(text.substr(1));
    if (!before) return std::nullopt;
    return std::max<base::UnixMs>(0, now_ms - *before);
  }
  if (const auto time = unix_ms_of(text)) return time;
  return time_of(text);
}

// Ranges that a word or a day names.
std::optional<TimeRange> named_range(std::string_view text, base::UnixMs now_ms) {
  if (text == "today") return TimeRange{local_midnight(now_ms, 0), now_ms};
  if (text == "yesterday") return TimeRange{local_midnight(now_ms, -1), local_midnight(now_ms, 0)};
  if (text == "week") return TimeRange{local_week(now_ms), now_ms};
  if (text == "month") return TimeRange{local_month(now_ms), now_ms};
  constexpr std::size_t kDateLength = 10;
  const auto day = time_of(text);
  if (day && text.size() == kDateLength) return TimeRange{*day, local_midnight(*day, 1)};
  if (day && text.size() == kDateLength + 1) return TimeRange{*day, *day + base::kMsPerDay};
  return std::nullopt;
}

UserError no_range(std::string_view text) {
  std::string hint;
  if (duration_ms_of(text)) {
    hint = fmt::format("the last {} is -{}", text, text);
  } else if (text == "bill") {
    hint = "billing cycles are not known to Weir yet";
  } else if (moment_of(text, 0)) {
    hint = fmt::format("until now is {}..now", text);
  }
  return {"range", fmt::format("expected {}, came `{}`", kForms, text), std::move(hint)};
}

}  // namespace

Expected<TimeRange, UserError> parse_range(std::string_view text, base::UnixMs now_ms) {
  TimeRange range{0, now_ms};
  const auto dots = text.find("..");
  if (const auto named = named_range(text, now_ms)) {
    range = *named;
  } else if (dots == std::string_view::npos && !text.starts_with('-')) {
    return Unexpected(no_range(text));
  } else {
    const auto from = moment_of(text.substr(0, dots), now_ms);
    const auto to =
        dots == std::string_view::npos ? now_ms : moment_of(text.substr(dots + 2), now_ms);
    if (!from || !to) return Unexpected(no_range(text));
    range = {*from, *to};
  }
  if (range.from >= range.to) {
    return Unexpected(
        UserError{"range",
                  fmt::format("expected a range that begins before it ends, came {} to {}",
                              utc_text(range.from), utc_text(range.to)),
                  {}});
  }
  return range;
}

Expected<std::int64_t, UserError> parse_duration(std::string_view text) {
  const auto duration = duration_ms_of(text);
  if (duration && *duration > 0) return *duration;
  return Unexpected(UserError{
      {}, fmt::format("expected a duration such as 30s, 5m, 1h or 1d, came `{}`", text), {}});
}

}  // namespace query
