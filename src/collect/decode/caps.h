#pragma once

#include <cstddef>
#include <cstdint>

#include "base/clock.h"

// What a sender can make the decoder keep, per worker, and for how long. What is beyond a cap is
// refused and counted: in the ledger by its reason where it was a record, else in the exporter's
// `not_kept` (flow/exporter_view.h).
namespace collect {

// Of exporters: beyond it those that never sent a record Weir could decode go first, then, of the
// others, those that were silent for this long; each time the longest silent one.
constexpr std::size_t kExportersMax = 4'096;
constexpr std::int64_t kExporterSilentMs = base::kMsPerDay;

constexpr std::size_t kTemplatesPerExporterMax = 1'024;
constexpr std::size_t kFieldsPerTemplateMax = 512;
// Fields of all templates of all exporters; one takes about 60 octets, its name and plan included.
constexpr std::size_t kTemplateFieldsMax = 1'000'000;
// At a cap, a template that was neither used nor sent again for this long makes room.
constexpr std::int64_t kTemplateUnusedMs = base::kMsPerHour;

// Data sets that wait for their template. MikroTik and others send templates every 30 minutes.
constexpr std::size_t kPendingSetsPerExporterMax = 256;
constexpr std::size_t kPendingOctetsPerExporterMax = 1 << 20;
constexpr std::size_t kPendingOctetsMax = 16 << 20;
constexpr std::int64_t kPendingMaxAgeMs = 35 * base::kMsPerMinute;

// Sampling rates told by options records, and observation domains with a sequence of their own.
constexpr std::size_t kSamplersPerExporterMax = 1'024;
constexpr std::size_t kDomainsPerExporterMax = 256;

// A told sampling rate above this is not believed: one forged options record would multiply a
// real router's traffic by it.
constexpr std::uint32_t kSamplingRateMax = 10'000'000;

// Interfaces that options records name: of one exporter, of all of them, and octets of a name and
// of a description. RFC 2863 lets an alias have 64 octets.
constexpr std::size_t kInterfacesPerExporterMax = 4'096;
constexpr std::size_t kInterfacesMax = 50'000;
constexpr std::size_t kInterfaceNameOctetsMax = 64;
constexpr std::size_t kInterfaceDescriptionOctetsMax = 128;

// Applications that options records name: of one exporter, of all of them, and octets of a name.
constexpr std::size_t kApplicationsPerExporterMax = 4'096;
constexpr std::size_t kApplicationsMax = 50'000;
constexpr std::size_t kApplicationNameOctetsMax = 64;

// Missing stretches of a sequence that may still arrive, and how long one waits to be called lost.
constexpr std::size_t kMissingStretchesMax = 16;
constexpr std::int64_t kReorderMaxMs = 3 * base::kMsPerSecond;

}  // namespace collect
