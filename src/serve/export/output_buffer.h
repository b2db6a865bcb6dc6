#pragma once

#include <charconv>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory>
#include <string_view>
#include <utility>

#include "base/check.h"
#include "flow/address.h"
#include "serve/export/export.h"

namespace serve {

// Collects text in one block of memory and hands it on whenever the block is full. Cells are
// written straight into the block: take room(), write, and say with used() where the text ends.
class OutputBuffer {
 public:
  static constexpr std::size_t kOctets = std::size_t{256} * 1024;

  explicit OutputBuffer(Output output)
      : output_(std::move(output)), block_(std::make_unique<char[]>(kOctets)) {}

  // At least `octets` of memory, at most kOctets. Valid until the next call.
  char* room(std::size_t octets) {
    CHECK(octets <= kOctets);
    if (kOctets - size_ < octets) flush();
    return block_.get() + size_;
  }
  void used(const char* end) { size_ = static_cast<std::size_t>(end - block_.get()); }

  void append(std::string_view text) {
    if (text.size() > kOctets - size_) flush();
    if (text.size() > kOctets) {
      hand_on(text);
      return;
    }
    std::memcpy(block_.get() + size_, text.data(), text.size());
    size_ += text.size();
  }

  // Hands on what is there; answers alive().
  bool flush() {
    hand_on({block_.get(), size_});
    size_ = 0;
    return alive_;
  }
  // False once the receiver has gone; what is written then is dropped.
  bool alive() const { return alive_; }

 private:
  void hand_on(std::string_view text) {
    if (alive_ && !text.empty()) alive_ = output_(text);
  }

  Output output_;
  std::unique_ptr<char[]> block_;
  std::size_t size_ = 0;
  bool alive_ = true;
};

// More than any cell that is not text needs: a number has 20 characters, a MAC address 17.
constexpr std::size_t kFixedCellOctets = flow::kAddressTextOctets + 1;

inline char* write_number(char* out, std::int64_t number) {
  return std::to_chars(out, out + kFixedCellOctets, number).ptr;
}

inline char* write_mac(char* out, std::int64_t mac) {
  constexpr std::string_view kHex = "0123456789abcdef";
  for (int shift = 40;; shift -= 8) {
    *out++ = kHex[static_cast<std::size_t>(mac >> (shift + 4) & 15)];
    *out++ = kHex[static_cast<std::size_t>(mac >> shift & 15)];
    if (shift == 0) return out;
    *out++ = ':';
  }
}

inline char* write_word(char* out, std::string_view word) {
  std::memcpy(out, word.data(), word.size());
  return out + word.size();
}

}  // namespace serve
