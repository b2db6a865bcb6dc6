#pragma once

#include <span>
#include <vector>

#include "flow/ledger.h"
#include "store/embedded/flow_rows.h"
#include "store/store.h"

namespace store {

// How many of a part's rows came from an exporter in a minute: what its loss would mean.
struct PartShare {
  flow::Address exporter;
  base::UnixMs minute;
  std::uint64_t rows;
};

// The rows of one future flow part.
struct PartPlan {
  std::vector<RowRef> order;      // as they will be written
  Part part;                      // what the rows say: rows, bounds, columns, traits
  std::vector<PartShare> shares;  // their sum is part.rows
};

// One plan per day of receipt (UTC), and one for its rows that ended more than a day before their
// receipt: an exporter without a clock says 1970, and in one part with the others these rows would
// make every question of any time read that part. Each is sorted by direction, local end, remote
// end, arrival: rows of one host then lie together, which compresses well and lets statistics
// prune.
std::vector<PartPlan> plan_parts(std::span<const BatchPtr> batches);

}  // namespace store
