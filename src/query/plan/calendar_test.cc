#include "query/plan/calendar.h"

#include <gtest/gtest.h>

#include "query/testing_zone.h"
#include "query/time_text.h"

namespace query {
namespace {

TEST(CalendarSteps, BeginAtTheZonesMidnights) {
  const TestingZone zone(kBerlin);
  CalendarSteps days(Calendar::Day);
  EXPECT_EQ(days.begin_of(testing_utc("2026-11-23T12:00Z")), testing_utc("2026-11-22T23:00Z"));
  EXPECT_EQ(days.begin_of(testing_utc("2026-11-23T22:59Z")), testing_utc("2026-11-22T23:00Z"));
  EXPECT_EQ(days.begin_of(testing_utc("2026-11-23T23:00Z")), testing_utc("2026-11-23T23:00Z"));
  EXPECT_EQ(days.begin_of(testing_utc("2026-08-13T12:00Z")), testing_utc("2026-08-12T22:00Z"));
  // The day that has 25 hours, from its first to its last.
  EXPECT_EQ(days.begin_of(testing_utc("2026-10-24T22:00Z")), testing_utc("2026-10-24T22:00Z"));
  EXPECT_EQ(days.begin_of(testing_utc("2026-10-25T22:59Z")), testing_utc("2026-10-24T22:00Z"));
  CalendarSteps weeks(Calendar::Week);
  EXPECT_EQ(weeks.begin_of(testing_utc("2026-11-29T22:00Z")), testing_utc("2026-11-22T23:00Z"));
  EXPECT_EQ(weeks.begin_of(testing_utc("2026-11-29T23:00Z")), testing_utc("2026-11-29T23:00Z"));
  CalendarSteps months(Calendar::Month);
  EXPECT_EQ(months.begin_of(testing_utc("2026-10-31T22:00Z")), testing_utc("2026-09-30T22:00Z"));
  EXPECT_EQ(months.begin_of(testing_utc("2026-10-31T23:00Z")), testing_utc("2026-10-31T23:00Z"));
  EXPECT_EQ(months.begin_of(testing_utc("2026-02-28T12:00Z")), testing_utc("2026-01-31T23:00Z"));
  CalendarSteps none(Calendar::None);
  EXPECT_EQ(none.begin_of(7), 7);
  EXPECT_EQ(none.begin_of(8), 8);
}

TEST(CalendarUnits, AreHoursUnlessAMidnightOfTheRangeLiesBetween) {
  const TestingZone berlin(kBerlin);
  const base::UnixMs from = testing_utc("2026-01-01");
  EXPECT_EQ(unit_of(Calendar::Day, from, testing_utc("2026-12-31T12:00Z")), base::kMsPerHour);
  const TestingZone island(kLordHowe);
  // +10:30 in its winter only.
  EXPECT_EQ(
      unit_of(Calendar::Day, testing_utc("2026-07-01T12:00Z"), testing_utc("2026-07-02T12:00Z")),
      base::kMsPerHour / 4);
  EXPECT_EQ(
      unit_of(Calendar::Day, testing_utc("2026-01-05T00:00Z"), testing_utc("2026-01-09T00:00Z")),
      base::kMsPerHour);
  EXPECT_EQ(
      unit_of(Calendar::Day, testing_utc("2026-01-05T00:00Z"), testing_utc("2026-12-09T00:00Z")),
      base::kMsPerHour / 4);
}

TEST(CalendarNames, AreReadAsTheyAreWritten) {
  for (const Calendar each : {Calendar::Day, Calendar::Week, Calendar::Month}) {
    EXPECT_EQ(calendar_of(name_of(each)), each);
  }
  EXPECT_EQ(calendar_of(""), std::nullopt);
  EXPECT_EQ(calendar_of("fortnight"), std::nullopt);
}

}  // namespace
}  // namespace query
