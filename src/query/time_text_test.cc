#include "query/time_text.h"

#include <gtest/gtest.h>

#include "query/testing_zone.h"

namespace query {
namespace {

TEST(Durations, ReadWhatTheyWrite) {
  for (const auto* text : {"0s", "1ms", "250ms", "30s", "90s", "5m", "36h", "1d", "2w"}) {
    EXPECT_EQ(duration_text(duration_ms_of(text).value_or(-1)), text);
  }
  EXPECT_EQ(duration_ms_of("1.5h"), 90 * base::kMsPerMinute);
}

TEST(Durations, RefuseEverythingElse) {
  for (const auto* text : {"", "5", "m", "-5m", "5x", "5 m", "1.2.3s", "1e3s", "999999999w"}) {
    EXPECT_EQ(duration_ms_of(text), std::nullopt) << text;
  }
}

TEST(Times, InUtc) {
  EXPECT_EQ(testing_utc("1970-01-01Z"), 0);
  EXPECT_EQ(testing_utc("2026-08-13T20:00Z"), 1'786'651'200'000);
  EXPECT_EQ(testing_utc("2026-08-13 20:00:05.25Z"), 1'786'651'205'250);
  EXPECT_EQ(utc_text(1'786'651'205'250), "2026-08-13T20:00:05.250Z");
  EXPECT_EQ(utc_text(0), "1970-01-01T00:00:00Z");
}

TEST(Times, RefuseWhatIsNoDate) {
  for (const auto* text : {"", "2026", "2026-13-01Z", "2026-02-29Z", "2026-08-13T24:00Z",
                           "2026-08-13T20:60Z", "2026-08-13T20:00:60Z", "2026-08-13T20Z",
                           "2026-08-13T20:00:00.Z", "2026-08-13T20:00ZZ", "1969-12-31Z"}) {
    EXPECT_EQ(time_of(text), std::nullopt) << text;
  }
  EXPECT_EQ(utc_time_of("2026-08-13"), std::nullopt);
}

TEST(Times, InTheMachinesZoneUnlessUtcIsSaid) {
  const TestingZone zone(kBerlin);
  EXPECT_EQ(time_of("2026-08-13T20:00"), testing_utc("2026-08-13T18:00Z"));
  EXPECT_EQ(time_of("2026-12-13T20:00"), testing_utc("2026-12-13T19:00Z"));
  EXPECT_EQ(time_of("2026-08-13T20:00Z"), testing_utc("2026-08-13T20:00Z"));
}

TEST(Times, AroundDaylightSaving) {
  const TestingZone zone(kBerlin);
  // 02:00 to 03:00 does not exist on 29 March and exists twice on 25 October.
  EXPECT_EQ(time_of("2026-03-29T02:30"), testing_utc("2026-03-29T01:30Z"));
  EXPECT_EQ(time_of("2026-10-25T02:30"), testing_utc("2026-10-25T00:30Z"));
  EXPECT_EQ(time_of("2026-10-25T03:30"), testing_utc("2026-10-25T02:30Z"));
}

TEST(LocalDays, AreAsLongAsTheClockSays) {
  const TestingZone zone(kBerlin);
  const auto day_of = [](std::string_view noon) {
    return local_midnight(testing_utc(noon), 1) - local_midnight(testing_utc(noon), 0);
  };
  EXPECT_EQ(day_of("2026-03-28T12:00Z"), 24 * base::kMsPerHour);
  EXPECT_EQ(day_of("2026-03-29T12:00Z"), 23 * base::kMsPerHour);
  EXPECT_EQ(day_of("2026-10-25T12:00Z"), 25 * base::kMsPerHour);
  EXPECT_EQ(local_midnight(testing_utc("2026-08-31T22:30Z"), 0), testing_utc("2026-08-31T22:00Z"));
  EXPECT_EQ(local_midnight(testing_utc("2026-08-31T12:00Z"), 1), testing_utc("2026-08-31T22:00Z"));
}

TEST(LocalWeeks, BeginOnMonday) {
  const TestingZone zone(kBerlin);
  EXPECT_EQ(local_week(testing_utc("2026-11-23T12:00Z")), testing_utc("2026-11-22T23:00Z"));
  EXPECT_EQ(local_week(testing_utc("2026-11-29T12:00Z")), testing_utc("2026-11-22T23:00Z"));
  EXPECT_EQ(local_month(testing_utc("2026-11-29T12:00Z")), testing_utc("2026-10-31T23:00Z"));
}

}  // namespace
}  // namespace query
