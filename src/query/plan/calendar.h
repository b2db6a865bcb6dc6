#pragma once

#include <cstdint>
#include <optional>
#include <string_view>

#include "base/clock.h"

// Steps of unequal length: the days, weeks and months of the machine's zone.
namespace query {

enum class Calendar : std::uint8_t { None, Day, Week, Month };
// "day", "week", "month"; None has no name.
std::string_view name_of(Calendar calendar);
std::optional<Calendar> calendar_of(std::string_view name);

// Of what every such step of a range is a whole number: hours, but quarters of one where the zone
// lies between them at a midnight of the range.
std::int64_t unit_of(Calendar calendar, base::UnixMs from, base::UnixMs to);

// Says for times which step they lie in. Quick where one time is in the step of the one before.
class CalendarSteps {
 public:
  explicit CalendarSteps(Calendar calendar) : calendar_(calendar) {}

  // When the step that holds `time` begins; with None `time` itself.
  base::UnixMs begin_of(base::UnixMs time);

 private:
  Calendar calendar_;
  base::UnixMs begin_ = 0;  // of the step that was found last
  base::UnixMs end_ = 0;
};

}  // namespace query
