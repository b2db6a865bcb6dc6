#pragma once

#include <cstdint>
#include <map>
#include <optional>

#include "query/plan/plan.h"
#include "serve/questions.h"
#include "state/settings.h"

// What went through interfaces, as the flows tell it.
namespace serve {

// As Volume in answers: multiplied by the sampling rates.
struct WayUse {
  std::int64_t bytes = 0;
  std::int64_t packets = 0;
  std::int64_t flows = 0;
};
struct InterfaceUse {
  WayUse in;  // what the interface received
  WayUse out;
};
using InterfaceUses = std::map<state::InterfaceKey, InterfaceUse>;

struct UsesInRange {
  InterfaceUses uses;
  std::uint64_t left_out = 0;  // pairs of interface and way that an answer has no room for
};

// The question of them all, of `text` its range and filter.
base::Expected<query::Plan, query::PlanError> interface_plan(const query::PlanText& text,
                                                             base::UnixMs now,
                                                             const query::PortNames& names);
base::Expected<UsesInRange, query::QueryError> interface_uses(Questions& questions,
                                                              const query::Plan& plan,
                                                              const query::Cancel& cancel);

// What of an interface's own count the flows do not tell of, of 1; below 0: they tell more. Both
// directions together. Counters are of frames: 14 octets of Ethernet are added for each packet. An
// exporter that watches an interface, as probes do, names it as both ends of every flow: where in
// and out are the same, the flows are taken once or twice, whichever is nearer to the count.
double gap_of(const InterfaceUse& use, std::uint64_t counted_octets);

// Which ends stand behind an interface: bytes of flows that came in from there or went out to it.
struct Behind {
  std::int64_t remote = 0;
  std::int64_t local = 0;
  std::int64_t transit = 0;  // of flows between two remote ends
};
// What the data suggest; empty: nothing clear. What enters and leaves by one interface says
// nothing, and ifIndex 0 is none.
std::optional<state::InterfaceRole> suggested_role(const Behind& behind);
using BehindInterfaces = std::map<state::InterfaceKey, Behind>;

// From the flows of the last minutes of the range.
base::Expected<BehindInterfaces, query::QueryError> behind_interfaces(Questions& questions,
                                                                      query::TimeRange range,
                                                                      const query::Cancel& cancel);

}  // namespace serve
