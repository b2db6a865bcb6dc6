#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>

#include "base/result.h"

namespace base {

// A whole regular file as octets, mapped for as long as this lives.
class MappedFile {
 public:
  // An empty file is an error: nothing can be mapped, and nothing read from it.
  static Expected<MappedFile, IoError> open(const std::string& path);
  MappedFile(MappedFile&& other) noexcept
      : mapped_(std::exchange(other.mapped_, nullptr)), octets_(other.octets_) {}
  MappedFile& operator=(MappedFile&&) = delete;
  ~MappedFile();

  std::span<const std::byte> octets() const {
    return {static_cast<const std::byte*>(mapped_), octets_};
  }

  // Lets the memory of the first `octets` go: they were read, and come back from disk if asked for.
  void forget_before(std::size_t octets) const;

 private:
  MappedFile(void* mapped, std::size_t octets) : mapped_(mapped), octets_(octets) {}

  void* mapped_;
  std::size_t octets_;
};

}  // namespace base
