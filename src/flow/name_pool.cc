#include "flow/name_pool.h"

namespace flow {

NamePool& NamePool::instance() {
  static NamePool pool;
  return pool;
}

NamePool::NamePool() {
  id_of(NameKind::Known, "other");
}

std::uint32_t NamePool::id_of(NameKind kind, std::string_view name) {
  const std::lock_guard lock(mutex_);
  if (const auto found = known_.find(name); found != known_.end()) return found->second;
  if (kind == NameKind::Known) return add(known_, 0, kMaxKnown, name);
  if (const auto found = heard_.find(name); found != heard_.end()) return found->second;
  return add(heard_, kMaxKnown, kMaxHeard, name);
}

std::uint32_t NamePool::add(Ids& ids, std::uint32_t first, std::uint32_t room,
                            std::string_view name) {
  if (ids.size() == room) {
    refused_.fetch_add(1, std::memory_order_relaxed);
    return kOther;
  }
  const auto id = first + static_cast<std::uint32_t>(ids.size());
  auto& block = blocks_[id / kBlock];
  if (!block) block = std::make_unique<std::string[]>(kBlock);
  block[id % kBlock] = name;
  ids.emplace(block[id % kBlock], id);
  return id;
}

}  // namespace flow
