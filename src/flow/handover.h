#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "flow/batch.h"
#include "flow/ledger.h"
#include "flow/minute_rows.h"

// What goes from a decode worker to the store thread, in order.
namespace flow {

// Templates, options, sampling, sequence and pending sets of one exporter as of a barrier. Only
// collect/decode reads or writes `state`; its first octet is its version. Empty: it was evicted.
struct ExporterState {
  Address exporter;
  std::string state;
};

// The worker has finished segment `segment`: every row of it that this worker makes went before.
struct SegmentDone {
  std::uint64_t segment = 0;
  MinuteRows minutes;                    // of exactly the segment's flows
  std::vector<LedgerRow> ledger;         // of exactly the segment's datagrams
  std::vector<ExporterState> exporters;  // those whose state changed since the last barrier
};

struct Handover {
  std::uint32_t worker = 0;
  std::variant<std::unique_ptr<Batch>, SegmentDone> what;
};

}  // namespace flow
