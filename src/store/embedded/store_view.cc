#include "store/embedded/store_view.h"

#include <algorithm>
#include <system_error>
#include <utility>

#include "base/log.h"

namespace store {

void PartFile::drop(std::shared_ptr<OwedOctets> owed) const {
  *owed += part_.octets;
  owed_ = std::move(owed);
}

PartFile::~PartFile() {
  if (owed_ == nullptr) return;
  std::error_code problem;
  std::filesystem::remove(file_, problem);
  if (problem) spdlog::warn("cannot remove dropped part {}: {}", file_.string(), problem.message());
  if (budget_ != nullptr) budget_->give_back(part_.octets);
  *owed_ -= part_.octets;
}

void sort_by_receipt(std::vector<PartPtr>& parts) {
  std::ranges::sort(parts, {}, [](const PartPtr& file) {
    return std::pair(file->part().max_received, std::string_view(file->part().name));
  });
}

}  // namespace store
