#pragma once

#include <memory>
#include <optional>
#include <vector>

#include "query/plan/plan.h"
#include "store/embedded/sql_scan.h"
#include "store/embedded/store_view.h"

namespace store {

// What of a view a plan has to read. Every flow of the range is in exactly one of `flows`, `hot`
// and `minutes`, or shares of it in several without overlap.
struct ScanChoice {
  // Parts that one SELECT reads together: of equal columns and facts. `scan.from` is still empty.
  struct PartGroup {
    FlowScan scan;
    std::vector<PartPtr> parts;
  };
  std::vector<PartGroup> flows;
  std::shared_ptr<const HotRows> hot;  // null: no hot rows lie in the range
  FlowScan hot_scan;
  std::vector<PartPtr> minutes;    // rollup parts of one set
  query::TimeRange minutes_range;  // empty: the minute tier is not used
  // Rows of the range from before this were dropped by retention; absent: none were.
  std::optional<base::UnixMs> kept_from;

  bool uses_minutes() const { return minutes_range.from < minutes_range.to; }
  std::vector<PartPtr> parts() const;
  // "raw", "minute", "minute+raw"
  std::string tier() const;
};

// Pure: reads no file. The coarsest tier that gives the exact answer; its edges, and what is not
// committed, come from the flows.
ScanChoice choose_scans(const query::Plan& plan, const StoreView& view);

}  // namespace store
