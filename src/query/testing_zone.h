#pragma once

#include <cstdlib>
#include <ctime>
#include <string_view>

#include "query/time_text.h"

namespace query {

// The machine's zone for one test, as POSIX text, so that no zone data need be installed.
class TestingZone {
 public:
  explicit TestingZone(const char* zone) {
    setenv("TZ", zone, 1);
    tzset();
  }
  ~TestingZone() {
    unsetenv("TZ");
    tzset();
  }
  TestingZone(const TestingZone&) = delete;
  TestingZone& operator=(const TestingZone&) = delete;
};

inline base::UnixMs testing_utc(std::string_view text) {
  return utc_time_of(text).value_or(-1);
}

inline constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";
// Half an hour between whole ones, and so is its daylight saving.
inline constexpr const char* kLordHowe = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";

}  // namespace query
