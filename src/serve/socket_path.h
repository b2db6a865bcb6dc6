#pragma once

#include <filesystem>
#include <string>
#include <utility>

#include "base/result.h"

namespace serve {

// A Unix socket's path, short enough for the 107 octets of a socket's address: the path itself, or
// one by way of an open descriptor of its folder, held for as long as this lives.
class SocketPath {
 public:
  static base::Expected<SocketPath, base::IoError> of(const std::filesystem::path& path);
  SocketPath(SocketPath&& other) noexcept
      : folder_(std::exchange(other.folder_, -1)), text_(std::move(other.text_)) {}
  SocketPath& operator=(SocketPath&&) = delete;
  ~SocketPath();

  const std::string& text() const { return text_; }

 private:
  SocketPath(int folder, std::string text) : folder_(folder), text_(std::move(text)) {}

  int folder_;
  std::string text_;
};

}  // namespace serve
