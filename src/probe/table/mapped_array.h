#pragma once

#include <sys/mman.h>

#include <cstddef>
#include <memory>
#include <type_traits>

#include "base/check.h"

namespace probe {

// Zeros from the system, of a size that never changes. What nobody writes to takes no memory; what
// is looked up at random lies in large pages where the system has them.
template <class T>
class MappedArray {
  static_assert(std::is_trivially_destructible_v<T> && alignof(T) <= 64);

 public:
  explicit MappedArray(std::size_t count) : mapped_octets_(count * sizeof(T) + kLargePage) {
    mapped_ = ::mmap(nullptr, mapped_octets_, PROT_READ | PROT_WRITE,
                     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
    CHECK(mapped_ != MAP_FAILED);
    void* begin = mapped_;
    std::size_t room = mapped_octets_;
    std::align(kLargePage, count * sizeof(T), begin, room);
    ::madvise(begin, count * sizeof(T), MADV_HUGEPAGE);  // a refusal costs nothing but time
    elements_ = static_cast<T*>(begin);
  }
  ~MappedArray() { ::munmap(mapped_, mapped_octets_); }
  MappedArray(const MappedArray&) = delete;
  MappedArray& operator=(const MappedArray&) = delete;

  T& operator[](std::size_t at) { return elements_[at]; }
  const T& operator[](std::size_t at) const { return elements_[at]; }

 private:
  static constexpr std::size_t kLargePage = 2 << 20;

  std::size_t mapped_octets_;
  void* mapped_;
  T* elements_;
};

}  // namespace probe
