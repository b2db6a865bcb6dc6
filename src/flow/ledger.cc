#include "flow/ledger.h"

#include <map>
#include <numeric>
#include <utility>

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

std::vector<LedgerRow> merged(std::span<const LedgerRow> rows, std::size_t rows_max) {
  std::map<std::pair<base::UnixMs, Address>, LedgerCounts> sums;
  for (const LedgerRow& row : rows) {
    std::pair key{row.minute, row.exporter};
    if (sums.size() >= rows_max && !sums.contains(key)) key.second = {};
    sums[key] += row.counts;
  }
  std::vector<LedgerRow> one_each;
  one_each.reserve(sums.size());
  for (const auto& [key, counts] : sums) one_each.push_back({key.second, key.first, counts});
  return one_each;
}

}  // namespace flow
