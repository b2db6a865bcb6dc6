#include "collect/decode/sampling.h"

#include <boost/container_hash/hash.hpp>

#include "collect/decode/caps.h"

namespace collect {
namespace {

std::uint64_t rate_of(const Clues& clues, ClueMask given) {
  const auto has = [given](Clue clue) { return (given & bit(clue)) != 0; };
  if (has(Clue::SamplingInterval) && clues[Clue::SamplingInterval] != 0) {
    return clues[Clue::SamplingInterval];
  }
  if (has(Clue::SamplerInterval) && clues[Clue::SamplerInterval] != 0) {
    return clues[Clue::SamplerInterval];
  }
  if (has(Clue::SamplingSize) && has(Clue::SamplingPopulation) && clues[Clue::SamplingSize] != 0) {
    return clues[Clue::SamplingPopulation] / clues[Clue::SamplingSize];
  }
  if (!has(Clue::SamplingPacketInterval)) return 0;
  const std::uint64_t taken = clues[Clue::SamplingPacketInterval];
  // Cisco NCS sends 305 alone and means the rate by it.
  if (!has(Clue::SamplingPacketSpace)) return taken;
  return taken == 0 ? 0 : (taken + clues[Clue::SamplingPacketSpace]) / taken;
}

}  // namespace

std::size_t hash_value(const SamplingKey& key) {
  std::size_t seed = 0;
  boost::hash_combine(seed, key.protocol);
  boost::hash_combine(seed, key.domain);
  boost::hash_combine(seed, static_cast<std::uint8_t>(key.scope));
  boost::hash_combine(seed, key.id);
  return seed;
}

std::optional<std::uint32_t> told_rate(const Clues& clues, ClueMask given) {
  std::uint64_t rate = rate_of(clues, given);
  // MikroTik RouterOS 6 sends the interval in host byte order: 1 arrives as 16777216.
  if (rate > kSamplingRateMax && (rate & 0xff'ffff) == 0 && rate <= 0xffff'ffff) rate >>= 24;
  if (rate == 0 || rate > kSamplingRateMax) return std::nullopt;
  return static_cast<std::uint32_t>(rate);
}

bool SamplingTable::set(const SamplingKey& key, std::uint32_t rate) {
  if (const auto found = rates_.find(key); found != rates_.end()) {
    found->second = rate;
    return true;
  }
  if (rates_.size() >= kSamplersPerExporterMax) return false;
  rates_.emplace(key, rate);
  if (key.scope != SamplingScope::Sampler) has_more_than_samplers_ = true;
  return true;
}

std::optional<std::uint32_t> SamplingTable::find(const SamplingKey& key) const {
  const auto found = rates_.find(key);
  if (found == rates_.end()) return std::nullopt;
  return found->second;
}

}  // namespace collect
