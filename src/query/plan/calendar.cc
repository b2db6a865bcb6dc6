#include "query/plan/calendar.h"

#include <algorithm>
#include <array>

#include "query/time_text.h"

namespace query {
namespace {

constexpr std::int64_t kQuarterMs = 15 * base::kMsPerMinute;
constexpr auto kCalendars =
    std::to_array<Calendar>({Calendar::Day, Calendar::Week, Calendar::Month});
constexpr int kDaysBeyondAnyMonth = 32;

base::UnixMs begin_at(Calendar calendar, base::UnixMs time) {
  switch (calendar) {
    case Calendar::None:
      return time;
    case Calendar::Day:
      return local_midnight(time, 0);
    case Calendar::Week:
      return local_week(time);
    case Calendar::Month:
      return local_month(time);
  }
  return time;
}

// Of the step that begins at `begin`.
base::UnixMs end_at(Calendar calendar, base::UnixMs begin) {
  switch (calendar) {
    case Calendar::None:
      return begin;
    case Calendar::Day:
      return local_midnight(begin, 1);
    case Calendar::Week:
      return local_midnight(begin, 7);
    case Calendar::Month:
      return local_month(local_midnight(begin, kDaysBeyondAnyMonth));
  }
  return begin;
}

}  // namespace

std::string_view name_of(Calendar calendar) {
  switch (calendar) {
    case Calendar::None:
      return "";
    case Calendar::Day:
      return "day";
    case Calendar::Week:
      return "week";
    case Calendar::Month:
      return "month";
  }
  return "";
}

std::optional<Calendar> calendar_of(std::string_view name) {
  const auto found =
      std::ranges::find_if(kCalendars, [&](Calendar each) { return name_of(each) == name; });
  if (found == kCalendars.end()) return std::nullopt;
  return *found;
}

std::int64_t unit_of(Calendar calendar, base::UnixMs from, base::UnixMs to) {
  // Zones change their offset between months' beginnings, not within a day: those are enough.
  const auto is_between_hours = [](base::UnixMs time) { return time % base::kMsPerHour != 0; };
  if (is_between_hours(begin_at(calendar, from)) || is_between_hours(begin_at(calendar, to))) {
    return kQuarterMs;
  }
  for (base::UnixMs month = local_month(from); month < to; month = end_at(Calendar::Month, month)) {
    if (is_between_hours(month)) return kQuarterMs;
  }
  return base::kMsPerHour;
}

base::UnixMs CalendarSteps::begin_of(base::UnixMs time) {
  if (time < begin_ || time >= end_) {
    begin_ = begin_at(calendar_, time);
    end_ = end_at(calendar_, begin_);
  }
  return begin_;
}

}  // namespace query
