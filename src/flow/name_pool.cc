#include "flow/name_pool.h"

namespace flow {

NamePool& NamePool::instance() {
  static NamePool pool;
  return pool;
}

NamePool::NamePool() {
  id_of("other");
}

std::uint32_t NamePool::id_of(std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = ids_.find(name); found != ids_.end()) return found->second;
  const auto id = static_cast<std::uint32_t>(ids_.size());
  if (id == kMaxNames) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return kOther;
  }
  auto& block = blocks_[id / kBlock];
  if (!block) block = std::make_unique<std::string[]>(kBlock);
  block[id % kBlock] = name;
  ids_.emplace(block[id % kBlock], id);
  return id;
}

}  // namespace flow
