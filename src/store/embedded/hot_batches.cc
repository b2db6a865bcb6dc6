#include "store/embedded/hot_batches.h"

#include <algorithm>

#include "base/check.h"

namespace store {
namespace {

// Rows of both in a batch of exactly their size.
BatchPtr joined(const flow::Batch& first, const flow::Batch& second) {
  auto batch = std::make_unique<flow::Batch>(first.rows() + second.rows());
  batch->segment = first.segment;
  batch->append(first);
  batch->append(second);
  return batch;
}

// Gives back the memory that a batch reserved and did not fill.
BatchPtr fitted(std::unique_ptr<flow::Batch> batch) {
  if (batch->room() <= batch->rows() / 2) return batch;
  auto copy = std::make_unique<flow::Batch>(batch->rows());
  copy->segment = batch->segment;
  copy->append(*batch);
  return copy;
}

}  // namespace

void HotBatches::append(std::unique_ptr<flow::Batch> batch) {
  CHECK(batch->rows() <= kRowsPerBatchMax);
  if (batch->rows() == 0) return;
  rows_ += batch->rows();
  BatchPtr last = fitted(std::move(batch));
  // As with the digits of a binary counter: a batch joins its neighbour while that is not more than
  // twice as large.
  while (!batches_.empty()) {
    const auto& before = batches_.back();
    if (before->segment != last->segment || before->rows() > 2 * last->rows() ||
        before->rows() + last->rows() > flow::Batch::kRows) {
      break;
    }
    last = joined(*before, *last);
    batches_.pop_back();
  }
  batches_.push_back(std::move(last));
}

std::vector<BatchPtr> HotBatches::up_to(std::uint64_t segment) const {
  std::vector<BatchPtr> found;
  std::ranges::copy_if(batches_, std::back_inserter(found),
                       [segment](const BatchPtr& batch) { return batch->segment <= segment; });
  return found;
}

void HotBatches::remove_up_to(std::uint64_t segment) {
  std::erase_if(batches_, [&](const BatchPtr& batch) {
    if (batch->segment > segment) return false;
    rows_ -= batch->rows();
    return true;
  });
}

}  // namespace store
