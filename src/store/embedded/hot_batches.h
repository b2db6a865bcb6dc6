#pragma once

#include <memory>
#include <vector>

#include "store/embedded/flow_rows.h"

namespace store {

// The batches that are not committed yet. A worker hands over a batch every 500 ms however few rows
// it holds; small ones are copied together, each row at most log2(Batch::kRows) times, so that a
// quiet network costs little memory and a question reads few batches.
//
// Used by one thread; what it gave out stays valid and unchanged.
class HotBatches {
 public:
  void append(std::unique_ptr<flow::Batch> batch);

  // All batches, in order of arrival within a segment.
  const std::vector<BatchPtr>& all() const { return batches_; }
  std::vector<BatchPtr> up_to(std::uint64_t segment) const;
  void remove_up_to(std::uint64_t segment);

  std::uint64_t rows() const { return rows_; }

 private:
  std::vector<BatchPtr> batches_;
  std::uint64_t rows_ = 0;
};

}  // namespace store
