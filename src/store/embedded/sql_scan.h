#pragma once

#include <string>
#include <vector>

#include "query/plan/plan.h"
#include "store/embedded/duck.h"
#include "store/embedded/flow_fields.h"

// SELECTs over one group of like sources, all of the same shape, to be joined by UNION ALL: a
// plan's keys "k0", "k1", … (an address is two), with a step its number "t", its metrics "m0", ….
namespace store {

// Rows of flows and what is known of them.
struct FlowScan {
  std::string from = {};             // a table function with its parameters
  flow::ColumnMask columns = 0;      // the others are NULL
  bool has_effective_times = false;  // as fields; else made from the columns
  bool plain_times = false;          // see Part
  bool all_counted = false;
  bool small_volumes = false;
  query::TimeRange range = {};  // the rows' share in this range is asked for
  bool cuts_from = true;        // some row may begin before it
  bool cuts_to = true;          // some row may end after it

  bool inside() const { return !cuts_from && !cuts_to; }
};

// Rows of minutes.
struct MinuteScan {
  std::string from;
  query::TimeRange range;  // whole minutes
};

// SELECTs that together give each row that passes the filter its shares, once per end at which the
// plan counts it.
std::vector<std::string> flow_selects(const query::Plan& plan, const FlowScan& scan,
                                      duck::Sql& sql);
// Needs the set that minute_set_for() names.
std::string minute_select(const query::Plan& plan, const MinuteScan& scan, duck::Sql& sql);

// What a listing of flows selects: fields of these columns, of flows received in [from, to).
struct ListingSlice {
  flow::ColumnMask columns = 0;
  query::TimeRange received = {};
};
// The flows of the scan that the plan's range touches.
std::string listing_select(const query::Plan& plan, const FlowScan& scan, const ListingSlice& slice,
                           duck::Sql& sql);

// Which minute rows can answer the plan over whole minutes, were none of them cut.
enum class MinuteSet : std::uint8_t { None, Hosts, Interfaces };
MinuteSet minute_set_for(const query::Plan& plan);

// How many of the "k" columns a dimension takes, and their SQL types.
std::vector<std::string_view> key_types(const query::Dimension& dimension);

}  // namespace store
