#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "collect/decode/clues.h"

namespace collect {

// What an options record's sampling rate applies to.
enum class SamplingScope : std::uint8_t { System, Interface, Template, Sampler };

struct SamplingKey {
  std::uint8_t protocol = 0;
  std::uint32_t domain = 0;
  SamplingScope scope = SamplingScope::System;
  std::uint64_t id = 0;  // of the sampler or selector, the interface or the template

  bool operator==(const SamplingKey&) const = default;
};
std::size_t hash_value(const SamplingKey& key);

// The rate 1 in N that a record's clues tell; empty: none, or one that is not to be believed.
// `given` says which clues the record has. Rates come as an interval (34, 50), as packets taken and
// packets skipped (305, 306), or as n of N (309, 310).
std::optional<std::uint32_t> told_rate(const Clues& clues, ClueMask given);

// The rates one exporter told in options records.
class SamplingTable {
 public:
  // False: over the cap, not kept.
  bool set(const SamplingKey& key, std::uint32_t rate);
  std::optional<std::uint32_t> find(const SamplingKey& key) const;
  bool empty() const { return rates_.empty(); }
  // Rates of a scope other than samplers: whether flows that name no sampler need to look.
  bool has_more_than_samplers() const { return has_more_than_samplers_; }
  const boost::unordered_flat_map<SamplingKey, std::uint32_t>& rates() const { return rates_; }

 private:
  boost::unordered_flat_map<SamplingKey, std::uint32_t> rates_;
  bool has_more_than_samplers_ = false;
};

}  // namespace collect
