#include "store/embedded/store_view.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace store {

void PartFile::drop(std::shared_ptr<HeldOctets> held) const {
  *held += part_.octets;
  held_ = std::move(held);
}

void PartFile::replace(std::shared_ptr<HeldOctets> held) const {
  drop(std::move(held));
  counts_for_budget_ = false;
  if (budget_ != nullptr) budget_->give_back(part_.octets);
}

PartFile::~PartFile() {
  if (held_ == nullptr) return;
  std::error_code problem;
  std::filesystem::remove(file_, problem);
  if (problem) spdlog::warn("cannot remove dropped part {}: {}", file_.string(), problem.message());
  if (budget_ != nullptr && counts_for_budget_) budget_->give_back(part_.octets);
  *held_ -= part_.octets;
}

void sort_by_receipt(std::vector<PartPtr>& parts) {
  std::ranges::sort(parts, {}, [](const PartPtr& file) {
    return std::pair(file->part().max_received, std::string_view(file->part().name));
  });
}

}  // namespace store
