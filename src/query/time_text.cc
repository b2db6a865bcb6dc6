#include "query/time_text.h"

#include <fmt/format.h>

#include <array>
#include <charconv>
#include <chrono>
#include <ctime>
#include <limits>

namespace query {
namespace {

struct Unit {
  std::string_view name;
  std::int64_t ms;
};
constexpr auto kUnits = std::to_array<Unit>({
    {"w", 7 * base::kMsPerDay},
    {"d", base::kMsPerDay},
    {"h", base::kMsPerHour},
    {"m", base::kMsPerMinute},
    {"s", base::kMsPerSecond},
    {"ms", 1},
});

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

// A cursor over the parts of a date; every take either happens or answers nothing.
class Digits {
 public:
  explicit Digits(std::string_view text) : rest_(text) {}
  bool at_end() const { return rest_.empty(); }
  bool take(char c) {
    if (rest_.empty() || rest_.front() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  // Exactly `count` digits.
  std::optional<int> take_number(std::size_t count) {
    if (rest_.size() < count) return std::nullopt;
    int value = 0;
    for (const char c : rest_.substr(0, count)) {
      if (!is_digit(c)) return std::nullopt;
      value = value * 10 + (c - '0');
    }
    rest_.remove_prefix(count);
    return value;
  }

 private:
  std::string_view rest_;
};

struct CivilTime {
  int year = 0;
  int month = 1;
  int day = 1;
  int hour = 0;
  int minute = 0;
  int second = 0;
  int millisecond = 0;
  bool utc = false;
};

// A fraction of a second: one to three digits.
std::optional<int> take_milliseconds(Digits& in) {
  int value = 0;
  int scale = 100;
  for (; scale > 0; scale /= 10) {
    const auto digit = in.take_number(1);
    if (!digit) break;
    value += *digit * scale;
  }
  if (scale == 100) return std::nullopt;
  return value;
}

bool take_date(Digits& in, CivilTime& civil) {
  const auto year = in.take_number(4);
  if (!year || !in.take('-')) return false;
  const auto month = in.take_number(2);
  if (!month || !in.take('-')) return false;
  const auto day = in.take_number(2);
  if (!day) return false;
  civil.year = *year;
  civil.month = *month;
  civil.day = *day;
  const std::chrono::year_month_day date{std::chrono::year{*year},
                                         std::chrono::month{static_cast<unsigned>(*month)},
                                         std::chrono::day{static_cast<unsigned>(*day)}};
  return date.ok() && *year >= 1970;
}

bool take_clock(Digits& in, CivilTime& civil) {
  const auto hour = in.take_number(2);
  if (!hour || !in.take(':')) return false;
  const auto minute = in.take_number(2);
  if (!minute) return false;
  civil.hour = *hour;
  civil.minute = *minute;
  if (in.take(':')) {
    const auto second = in.take_number(2);
    if (!second) return false;
    civil.second = *second;
    if (in.take('.')) {
      const auto millisecond = take_milliseconds(in);
      if (!millisecond) return false;
      civil.millisecond = *millisecond;
    }
  }
  return civil.hour < 24 && civil.minute < 60 && civil.second < 60;
}

std::optional<CivilTime> civil_of(std::string_view text) {
  Digits in(text);
  CivilTime civil;
  if (!take_date(in, civil)) return std::nullopt;
  if (in.take('T') || in.take(' ')) {
    if (!take_clock(in, civil)) return std::nullopt;
  }
  civil.utc = in.take('Z');
  if (!in.at_end()) return std::nullopt;
  return civil;
}

base::UnixMs utc_ms(const CivilTime& civil) {
  using namespace std::chrono;
  const sys_days date = year_month_day{year{civil.year}, month{static_cast<unsigned>(civil.month)},
                                       day{static_cast<unsigned>(civil.day)}};
  return date.time_since_epoch() / milliseconds(1) + civil.hour * base::kMsPerHour +
         civil.minute * base::kMsPerMinute + civil.second * base::kMsPerSecond + civil.millisecond;
}

base::UnixMs local_ms(std::tm civil) {
  civil.tm_isdst = -1;
  const std::tm asked = civil;
  const std::time_t seconds = std::mktime(&civil);
  // Where clocks were set back the hour occurs twice and mktime may choose either: take the first.
  for (const std::time_t earlier : {seconds - 3600, seconds - 1800}) {
    std::tm there{};
    localtime_r(&earlier, &there);
    if (there.tm_mday == asked.tm_mday && there.tm_hour == asked.tm_hour &&
        there.tm_min == asked.tm_min) {
      return earlier * base::kMsPerSecond;
    }
  }
  return seconds * base::kMsPerSecond;
}

std::tm local_day_of(base::UnixMs time) {
  const std::time_t seconds = base::floor_to(time, base::kMsPerSecond) / base::kMsPerSecond;
  std::tm civil{};
  localtime_r(&seconds, &civil);
  civil.tm_hour = 0;
  civil.tm_min = 0;
  civil.tm_sec = 0;
  return civil;
}

// mktime() normalises days beyond the month's end; the comparison in local_ms() needs them so.
base::UnixMs local_ms_of_day(std::tm civil) {
  civil.tm_hour = 12;
  civil.tm_isdst = -1;
  std::mktime(&civil);
  civil.tm_hour = 0;
  return local_ms(civil);
}

}  // namespace

std::optional<std::int64_t> duration_ms_of(std::string_view text) {
  std::size_t digits = 0;
  while (digits < text.size() && (is_digit(text[digits]) || text[digits] == '.')) ++digits;
  double amount = 0;
  const char* end = text.data() + digits;
  const auto [parsed, error] = std::from_chars(text.data(), end, amount, std::chars_format::fixed);
  if (digits == 0 || error != std::errc{} || parsed != end) return std::nullopt;
  for (const Unit& unit : kUnits) {
    if (unit.name != text.substr(digits)) continue;
    const double ms = amount * static_cast<double>(unit.ms);
    if (ms > static_cast<double>(kLongestDurationMs)) return std::nullopt;
    return static_cast<std::int64_t>(ms);
  }
  return std::nullopt;
}

std::string duration_text(std::int64_t duration_ms) {
  if (duration_ms == 0) return "0s";
  for (const Unit& unit : kUnits) {
    if (duration_ms % unit.ms == 0) return fmt::format("{}{}", duration_ms / unit.ms, unit.name);
  }
  return fmt::format("{}ms", duration_ms);
}

std::optional<base::UnixMs> time_of(std::string_view text) {
  const auto civil = civil_of(text);
  if (!civil) return std::nullopt;
  if (civil->utc) return utc_ms(*civil);
  std::tm local{};
  local.tm_year = civil->year - 1900;
  local.tm_mon = civil->month - 1;
  local.tm_mday = civil->day;
  local.tm_hour = civil->hour;
  local.tm_min = civil->minute;
  local.tm_sec = civil->second;
  return local_ms(local) + civil->millisecond;
}

std::optional<base::UnixMs> utc_time_of(std::string_view text) {
  const auto civil = civil_of(text);
  if (!civil || !civil->utc) return std::nullopt;
  return utc_ms(*civil);
}

std::string utc_text(base::UnixMs time) {
  const base::UnixMs day = base::floor_to(time, base::kMsPerDay);
  const std::chrono::year_month_day date{
      std::chrono::sys_days{std::chrono::days{day / base::kMsPerDay}}};
  const std::int64_t ms = time - day;
  std::string text = fmt::format("{:04}-{:02}-{:02}T{:02}:{:02}:{:02}",
                                 static_cast<int>(date.year()), static_cast<unsigned>(date.month()),
                                 static_cast<unsigned>(date.day()), ms / base::kMsPerHour,
                                 ms / base::kMsPerMinute % 60, ms / base::kMsPerSecond % 60);
  if (ms % base::kMsPerSecond != 0) text += fmt::format(".{:03}", ms % base::kMsPerSecond);
  return text + "Z";
}

base::UnixMs local_midnight(base::UnixMs time, int days) {
  std::tm day = local_day_of(time);
  day.tm_mday += days;
  return local_ms_of_day(day);
}

base::UnixMs local_week(base::UnixMs time) {
  const int days_since_monday = (local_day_of(time).tm_wday + 6) % 7;
  return local_midnight(time, -days_since_monday);
}

base::UnixMs local_month(base::UnixMs time) {
  std::tm day = local_day_of(time);
  day.tm_mday = 1;
  return local_ms_of_day(day);
}

}  // namespace query
