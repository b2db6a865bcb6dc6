#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "probe/capture/capture_counts.h"
#include "probe/exporter/flow_exporter.h"
#include "probe/meter.h"

namespace probe {

// What one capture queue has seen and done so far.
struct Report {
  std::string name;  // of the interface or file
  MeterCounts meter;
  ExporterCounts exporter;
  CaptureCounts capture;
  std::uint64_t filtered = 0;  // of a file: frames that the filter did not pass
  std::uint64_t evicted = 0;
  std::size_t live_flows = 0;
};

// As lines for a person and for scripts: "name: what number". Reasons that never came are left out.
std::string to_text(const Report& report);

}  // namespace probe
