#pragma once

#include <memory>
#include <vector>

#include "flow/minute_rows.h"
#include "store/embedded/duck.h"
#include "store/embedded/flow_rows.h"
#include "store/embedded/store_view.h"

// Parts read back as what they were written from, so that a merge seals as a commit does.
namespace store {

// `meanwhile` is called at every chunk; where it answers false, reading ends in Interrupted.

// Adds the rows of a flow part, in its order; the last batch is filled up first.
base::Expected<void, duck::Error> read_flows(const PartFile& file, duck::Connection& connection,
                                             const Store::Meanwhile& meanwhile,
                                             std::vector<std::unique_ptr<flow::Batch>>& batches);

// Adds the rows of a rollup part.
base::Expected<void, duck::Error> read_minutes(const PartFile& file, duck::Connection& connection,
                                               const Store::Meanwhile& meanwhile,
                                               std::vector<flow::HostMinute>& rows);
base::Expected<void, duck::Error> read_minutes(const PartFile& file, duck::Connection& connection,
                                               const Store::Meanwhile& meanwhile,
                                               std::vector<flow::InterfaceMinute>& rows);

}  // namespace store
