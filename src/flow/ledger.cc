#include "flow/ledger.h"

#include <numeric>

namespace flow {

std::uint64_t LedgerCounts::not_counted_sum() const {
  return std::accumulate(not_counted.begin(), not_counted.end(), std::uint64_t{0});
}

LedgerCounts& LedgerCounts::operator+=(const LedgerCounts& other) {
  datagrams += other.datagrams;
  octets += other.octets;
  records += other.records;
  flows += other.flows;
  options += other.options;
  events += other.events;
  templates += other.templates;
  sequence_sent += other.sequence_sent;
  sequence_received += other.sequence_received;
  sequence_gap += other.sequence_gap;
  reordered += other.reordered;
  repeated += other.repeated;
  restarts += other.restarts;
  spread_clamped += other.spread_clamped;
  for (std::size_t i = 0; i < not_counted.size(); ++i) not_counted[i] += other.not_counted[i];
  return *this;
}

}  // namespace flow
