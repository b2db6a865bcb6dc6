#pragma once

#include <memory>
#include <mutex>
#include <utility>

namespace base {

// An immutable value that one thread replaces whole and others fetch, once per batch or request.
// A fetched value stays valid for as long as its holder keeps it, whatever is published meanwhile.
template <class T>
class Snapshot {
 public:
  explicit Snapshot(std::shared_ptr<const T> first) : value_(std::move(first)) {}
  Snapshot() : Snapshot(std::make_shared<const T>()) {}

  std::shared_ptr<const T> get() const {
    const std::lock_guard lock(mutex_);
    return value_;
  }
  // The previous value is released after the lock.
  void publish(std::shared_ptr<const T> next) {
    const std::lock_guard lock(mutex_);
    value_.swap(next);
  }

 private:
  mutable std::mutex mutex_;  // guards value_
  std::shared_ptr<const T> value_;
};

}  // namespace base
