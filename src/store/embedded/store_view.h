#pragma once

#include <atomic>
#include <cstdint>
#include <filesystem>
#include <memory>
#include <vector>

#include "base/disk_budget.h"
#include "store/embedded/flow_rows.h"
#include "store/store.h"

namespace store {

// Octets of parts that are named no more but still read by somebody.
using HeldOctets = std::atomic<std::uint64_t>;

// A committed part's file. The last holder of one that the manifest names no more unlinks it, so
// that a view can be read for as long as somebody holds it.
class PartFile {
 public:
  PartFile(Part part, std::filesystem::path file, base::DiskBudget* budget)
      : part_(std::move(part)), file_(std::move(file)), budget_(budget) {}
  ~PartFile();
  PartFile(const PartFile&) = delete;
  PartFile& operator=(const PartFile&) = delete;

  const Part& part() const { return part_; }
  const std::filesystem::path& file() const { return file_; }
  // The manifest names it no more; one of these is called once, by a holder. Both count its octets
  // among `held` until its last holder lets go. A dropped part's come back to the budget then;
  // those of one that a larger part replaced at once, for it was written in room of its own.
  void drop(std::shared_ptr<HeldOctets> held) const;
  void replace(std::shared_ptr<HeldOctets> held) const;

 private:
  const Part part_;
  const std::filesystem::path file_;
  base::DiskBudget* const budget_;            // null: opened to be read only
  mutable std::shared_ptr<HeldOctets> held_;  // null: named
  mutable bool counts_for_budget_ = true;
};
using PartPtr = std::shared_ptr<const PartFile>;

// As a view has them: by (max_received, name).
void sort_by_receipt(std::vector<PartPtr>& parts);

// What a question is answered from: immutable, published whole: by the store thread, and by a
// question that sets a damaged part aside.
struct StoreView {
  std::vector<BatchPtr> hot;   // not committed
  std::vector<PartPtr> parts;  // committed, set aside ones included; by (max_received, name)
  // Raw flows and minute rows that retention has dropped lay before these times.
  base::UnixMs flows_dropped_to = 0;
  base::UnixMs rollups_dropped_to = 0;
};

}  // namespace store
