#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "base/clock.h"

// Times and durations as people write them in filters, flags and URLs. Pure but for the machine's
// time zone, which only the `local` functions look at.
namespace query {

// A thousand years: keeps every sum of a time and a duration inside 64 bits.
constexpr std::int64_t kLongestDurationMs = 366'000 * base::kMsPerDay;

// "250ms", "30s", "5m", "12h", "7d", "2w" as milliseconds; "1.5h" too. Nothing for anything else:
// a bare number, more than kLongestDurationMs.
std::optional<std::int64_t> duration_ms_of(std::string_view text);

// The shortest text that duration_ms_of() reads back: 90'000 is "90s", 3'600'000 "1h".
std::string duration_text(std::int64_t duration_ms);

// "2026-08-13", "2026-08-13T20:00", "2026-08-13T20:00:05.250"; a blank may stand for the T. In UTC
// when `Z` ends it, else in the machine's zone; a local time that daylight saving skips is moved
// forward, one that occurs twice is the first.
std::optional<base::UnixMs> time_of(std::string_view text);
// The same, for UTC only: without the `Z` it is nothing.
std::optional<base::UnixMs> utc_time_of(std::string_view text);

// "2026-08-13T20:00:05Z", with milliseconds only where they are not 0.
std::string utc_text(base::UnixMs time);

// Midnight of the local day that holds `time`, moved by `days`.
base::UnixMs local_midnight(base::UnixMs time, int days);
// Midnight of the Monday of the local week that holds `time`.
base::UnixMs local_week(base::UnixMs time);
// Midnight of the first of the local month that holds `time`.
base::UnixMs local_month(base::UnixMs time);

}  // namespace query
