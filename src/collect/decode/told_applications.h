#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>

#include "wire/bytes/byte_reader.h"

namespace collect {

// How one exporter names the applications that its flows give as numbers (RFC 6759: applicationId,
// told with applicationName in options records). Bounded by kApplicationsPerExporterMax, and
// together with those of other exporters, which `all` counts, by kApplicationsMax.
class ToldApplications {
 public:
  explicit ToldApplications(std::size_t& all) : all_(all) {}
  ~ToldApplications() { all_ -= by_id_.size(); }
  ToldApplications(const ToldApplications&) = delete;
  ToldApplications& operator=(const ToldApplications&) = delete;

  // A name that says nothing ("unknown") is none. False: over a cap, not kept.
  bool tell(std::uint64_t id, wire::ByteView name);

  // An id of flow::NamePool; empty: it was not told of. No allocation, no lock.
  std::optional<std::uint32_t> find(std::uint64_t id) const {
    const auto found = by_id_.find(id);
    if (found == by_id_.end()) return std::nullopt;
    return found->second;
  }
  const std::map<std::uint64_t, std::uint32_t>& all() const { return by_id_; }

 private:
  std::size_t& all_;
  std::map<std::uint64_t, std::uint32_t> by_id_;
};

}  // namespace collect
