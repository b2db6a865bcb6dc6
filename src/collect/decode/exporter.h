#pragma once

#include <boost/unordered/unordered_flat_map.hpp>
#include <cstddef>
#include <cstdint>
#include <list>
#include <optional>

#include "base/clock.h"
#include "collect/decode/learned_timeouts.h"
#include "collect/decode/message.h"
#include "collect/decode/minute_ledger.h"
#include "collect/decode/pending_sets.h"
#include "collect/decode/sampling.h"
#include "collect/decode/sequence.h"
#include "collect/decode/template_cache.h"
#include "collect/decode/told_applications.h"
#include "collect/decode/told_interfaces.h"
#include "flow/exporter_view.h"

namespace collect {

// What all exporters of a decoder may use together.
struct SharedUse {
  std::size_t template_fields = 0;
  std::size_t pending_octets = 0;
  std::size_t interfaces = 0;
  std::size_t applications = 0;
};

// An observation domain (IPFIX), source id (v9) or engine (v5): one sequence.
struct DomainKey {
  Protocol protocol = Protocol::Netflow5;
  std::uint32_t domain = 0;

  bool operator==(const DomainKey&) const = default;
};
std::size_t hash_value(const DomainKey& key);

struct Domain {
  explicit Domain(Protocol protocol);

  SequenceTracker sequence;
  std::optional<base::UnixMs> system_init_ms;  // element 160, from an options record
};

// Everything known of one exporter. Not movable: caches point into SharedUse and are destroyed
// with it.
struct Exporter {
  Exporter(const flow::Address& at, SharedUse& shared)
      : address(at),
        templates(shared.template_fields),
        interfaces(shared.interfaces),
        applications(shared.applications),
        pending(shared.pending_octets),
        ledger(at) {}

  // Null: over the cap; such a domain's sequence is not followed.
  Domain* domain(const DomainKey& key);

  flow::Address address;
  base::UnixMs first_seen_ms = 0;
  base::UnixMs last_seen_ms = 0;
  std::int64_t clock_skew_ms = 0;
  std::uint64_t datagrams_by_version[4] = {};
  // It sent a record that could be decoded: not evicted for newcomers unless long silent.
  bool is_proven = false;
  bool is_changed = false;     // since its state was last taken
  std::uint64_t not_kept = 0;  // samplers, domains, applications over their caps
  TemplateCache templates;
  SamplingTable sampling;
  ToldInterfaces interfaces;
  ToldApplications applications;
  LearnedTimeouts timeouts;
  // What the newest flow says of its own sampling, in the v5 header or the record.
  std::optional<flow::SamplingView> said_by_flows;
  boost::unordered_flat_map<DomainKey, Domain> domains;
  PendingSets pending;
  MinuteLedger ledger;
  flow::LedgerCounts taken;   // the ledger handed out so far, and what was pending at the start
  bool is_in_ledger = false;  // rows under its name were handed out, now or before the start
  // Its place in the decoder's order of silence, among the proven or among the others.
  std::list<flow::Address>::iterator silence;
};

// The exporter's state as octets, its first one the version, and back. False: not understood; what
// was put back so far stays, and the caller starts with a fresh exporter.
std::string save(const Exporter& exporter);
bool restore(std::string_view state, Exporter& exporter);

flow::ExporterView view_of(const Exporter& exporter);

}  // namespace collect
