#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "base/clock.h"
#include "flow/address.h"
#include "flow/record.h"

namespace generator {

struct Volume {
  std::int64_t flows = 0;
  std::int64_t packets = 0;
  std::int64_t bytes = 0;

  Volume& operator+=(const Volume& other);
};

// What one exporter has sent.
struct ExporterTotals {
  flow::Address address;
  Volume volume = {};
  std::uint64_t datagrams = 0;
  std::uint64_t octets = 0;    // UDP payload
  std::uint64_t options = 0;   // options data records
  std::uint64_t refused = 0;   // datagrams the system did not take; in none of the sums
  std::uint64_t sequence = 0;  // the sequence's next value, in the protocol's own unit
};

// Sums over everything sent: per source address, per UTC minute and per exporter. Volume lies in
// minutes as flow/volume.h defines it, a flow counts in the minute of its end.
class Totals {
 public:
  explicit Totals(const std::vector<flow::Address>& exporters);

  void add_flows(std::size_t exporter, std::span<const flow::FlowRecord> flows);
  ExporterTotals& exporter(std::size_t index) { return exporters_[index]; }
  const std::vector<ExporterTotals>& exporters() const { return exporters_; }
  const std::map<base::UnixMs, Volume>& minutes() const { return minutes_; }
  ExporterTotals sum() const;

  // One object: sums, "exporters", "minutes", "sources".
  std::string to_json() const;
  // One line: the sums alone.
  std::string sums_as_json() const;

 private:
  void add_to_minutes(const flow::FlowRecord& flow);

  std::vector<ExporterTotals> exporters_;
  std::map<base::UnixMs, Volume> minutes_;
  std::unordered_map<flow::Address, Volume> sources_;
};

}  // namespace generator
