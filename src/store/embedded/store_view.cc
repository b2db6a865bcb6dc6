#include "store/embedded/store_view.h"

#include <system_error>

#include "base/log.h"

namespace store {

PartFile::~PartFile() {
  if (!dropped_.load(std::memory_order_relaxed)) return;
  std::error_code problem;
  std::filesystem::remove(file_, problem);
  if (problem) spdlog::warn("cannot remove dropped part {}: {}", file_.string(), problem.message());
  if (budget_ != nullptr) budget_->give_back(part_.octets);
}

}  // namespace store
