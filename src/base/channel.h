#pragma once

#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <mutex>
#include <optional>
#include <utility>

#include "base/check.h"

namespace base {

// A bounded queue that moves values between threads. Any number of senders and receivers.
//
// 1. At most `capacity` values are inside; only `push_over` may exceed it, for values that must
//    not be lost and are rare (a barrier).
// 2. After close() nothing more goes in; what is inside still comes out, so a drain is complete.
template <class T>
class Channel {
 public:
  explicit Channel(std::size_t capacity) : capacity_(capacity) { CHECK(capacity > 0); }

  // False, and `value` untouched, when the channel is full or closed. Never waits.
  bool try_push(T& value) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_ || values_.size() >= capacity_) return false;
      values_.push_back(std::move(value));
    }
    filled_.notify_one();
    return true;
  }

  // Waits for room. False, and `value` untouched, when the channel is closed.
  bool push(T& value) {
    {
      std::unique_lock lock(mutex_);
      drained_.wait(lock, [&] { return closed_ || values_.size() < capacity_; });
      if (closed_) return false;
      values_.push_back(std::move(value));
    }
    filled_.notify_one();
    return true;
  }

  // Never waits and never refuses for want of room. False only when the channel is closed.
  bool push_over(T& value) {
    {
      const std::lock_guard lock(mutex_);
      if (closed_) return false;
      values_.push_back(std::move(value));
    }
    filled_.notify_one();
    return true;
  }

  // Waits until a value is there; empty when the channel is closed and drained, or at the deadline.
  template <class Clock, class Duration>
  std::optional<T> pop_until(std::chrono::time_point<Clock, Duration> deadline) {
    std::optional<T> value;
    {
      std::unique_lock lock(mutex_);
      filled_.wait_until(lock, deadline, [&] { return closed_ || !values_.empty(); });
      if (values_.empty()) return value;
      value.emplace(std::move(values_.front()));
      values_.pop_front();
    }
    drained_.notify_one();
    return value;
  }

  // Waits until a value is there; empty when the channel is closed and drained.
  std::optional<T> pop() {
    std::optional<T> value;
    {
      std::unique_lock lock(mutex_);
      filled_.wait(lock, [&] { return closed_ || !values_.empty(); });
      if (values_.empty()) return value;
      value.emplace(std::move(values_.front()));
      values_.pop_front();
    }
    drained_.notify_one();
    return value;
  }

  void close() {
    {
      const std::lock_guard lock(mutex_);
      closed_ = true;
    }
    filled_.notify_all();
    drained_.notify_all();
  }

  // True when nothing will ever come out again.
  bool finished() const {
    const std::lock_guard lock(mutex_);
    return closed_ && values_.empty();
  }

  std::size_t size() const {
    const std::lock_guard lock(mutex_);
    return values_.size();
  }
  std::size_t capacity() const { return capacity_; }

 private:
  const std::size_t capacity_;
  mutable std::mutex mutex_;  // guards closed_ and values_
  bool closed_ = false;
  std::deque<T> values_;
  std::condition_variable filled_;
  std::condition_variable drained_;
};

}  // namespace base
