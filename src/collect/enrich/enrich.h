#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "base/snapshot.h"
#include "flow/record.h"
#include "know/networks.h"
#include "know/places.h"
#include "know/services.h"
#include "know/sites.h"

namespace collect {

// Sampling rates that a person set for exporters. Immutable.
class SamplingOverrides {
 public:
  struct Override {
    flow::Network exporters;
    std::uint32_t rate;
  };
  explicit SamplingOverrides(std::vector<Override> overrides = {});

  // Of the networks that hold the exporter, the longest prefix's rate.
  std::optional<std::uint32_t> rate_of(const flow::Address& exporter) const;
  bool empty() const { return overrides_.empty(); }

 private:
  std::vector<Override> overrides_;  // longest prefixes first
};

// What is known beside what exporters say. Anyone may publish a newer snapshot at any time.
struct Knowledge {
  base::Snapshot<know::LocalNetworks> networks;
  base::Snapshot<know::Services> services;
  base::Snapshot<know::Places> places;
  base::Snapshot<SamplingOverrides> sampling;
  base::Snapshot<know::Sites> sites;
};

// One burst's hold on the knowledge: what it fetched stays the same to its last flow.
class Enricher {
 public:
  explicit Enricher(const Knowledge& knowledge)
      : networks_(knowledge.networks.get()),
        services_(knowledge.services.get()),
        places_(knowledge.places.get()),
        sampling_(knowledge.sampling.get()),
        sites_(knowledge.sites.get()) {}

  // Fills locality, app with its evidence where the exporter did not name it, country and AS of
  // remote ends, counted and set sampling rates. An AS that the exporter said stays; 0 says nothing
  // (RFC 7607). `counted` is true for every row: electing observation points is not done yet.
  void enrich(std::span<flow::FlowRecord> flows) const;

 private:
  void apply_places(std::span<flow::FlowRecord> flows) const;
  void apply_sampling(std::span<flow::FlowRecord> flows) const;
  void name_site(flow::FlowRecord& flow) const;

  std::shared_ptr<const know::LocalNetworks> networks_;
  std::shared_ptr<const know::Services> services_;
  std::shared_ptr<const know::Places> places_;
  std::shared_ptr<const SamplingOverrides> sampling_;
  std::shared_ptr<const know::Sites> sites_;
};

}  // namespace collect
