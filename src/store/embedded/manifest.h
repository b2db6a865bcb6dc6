#pragma once

#include <optional>
#include <string>
#include <vector>

#include "query/plan/answer.h"
#include "state/state_db.h"
#include "store/embedded/seal_order.h"
#include "store/store.h"

namespace store {

// What one transaction changes. Everything happens or nothing.
struct ManifestChange {
  struct Added {
    Part part;
    std::vector<PartShare> shares;
  };
  std::vector<Added> added = {};
  std::vector<std::string> removed = {};
  std::vector<std::string> set_aside = {};
  std::vector<flow::LedgerRow> ledger = {};         // added to what is there
  std::vector<flow::ExporterState> exporters = {};  // an empty state: it is forgotten
  std::uint64_t segment = 0;                        // as of which the exporters' states are
  std::optional<base::UnixMs> ledger_from = {};     // the ledger's earlier minutes go
  std::vector<std::pair<std::string, std::int64_t>> facts = {};
};

std::uint64_t octets_of(const std::vector<ManifestChange::Added>& written);

// The store's tables in state.db. One thread at a time; the StateDb must outlive it.
class Manifest {
 public:
  // Exporters' states kept: as many as eight workers may hold. Beyond, those changed longest ago
  // go.
  static constexpr std::uint64_t kExporterStatesMax = std::uint64_t{8} * 4'096;

  explicit Manifest(const state::StateDb& db) : db_(&db) {}

  base::Expected<void, base::IoError> apply(const ManifestChange& change) const;

  // By (max_received, name).
  base::Expected<std::vector<Part>, base::IoError> parts() const;
  base::Expected<std::vector<PartShare>, base::IoError> shares(const std::string& part) const;
  base::Expected<std::vector<flow::ExporterState>, base::IoError> exporters() const;
  // The number a fact has, or 0.
  base::Expected<std::int64_t, base::IoError> fact(const std::string& name) const;
  base::Expected<std::vector<flow::LedgerRow>, base::IoError> ledger(query::TimeRange range) const;
  // The same rows summed per exporter; each one's minute is range.from.
  base::Expected<std::vector<flow::LedgerRow>, base::IoError> ledger_sums(
      query::TimeRange range) const;
  // The same rows as one sum.
  base::Expected<query::Loss, base::IoError> loss(query::TimeRange range) const;

 private:
  using Done = base::Expected<void, base::IoError>;
  Done add(const ManifestChange::Added& added) const;
  Done remove(const std::string& part) const;
  Done add(const std::vector<flow::LedgerRow>& rows) const;
  Done put(const std::vector<flow::ExporterState>& exporters, std::uint64_t segment) const;
  Done drop_ledger(base::UnixMs from) const;
  base::Expected<std::vector<flow::LedgerRow>, base::IoError> read_ledger(
      const std::string& counts_sql, const std::string& not_counted_sql,
      query::TimeRange range) const;

  const state::StateDb* db_;
};

// Names of facts.
constexpr const char* kCommittedSegment = "committed_segment";
constexpr const char* kNextPart = "next_part";
constexpr const char* kOpenedUnclean = "opened";  // 1 while a process has the folder open
constexpr const char* kFlowsDroppedTo = "flows_dropped_to";
constexpr const char* kRollupsDroppedTo = "rollups_dropped_to";
constexpr const char* kRowsDropped = "rows_dropped";

}  // namespace store
