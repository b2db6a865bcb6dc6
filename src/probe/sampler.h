#pragma once

#include <cstdint>

namespace probe {

// Chooses one packet of every `rate`, at a random place among them: what repeats at the same
// intervals is neither always taken nor never.
class Sampler {
 public:
  Sampler(std::uint32_t rate, std::uint64_t seed) : rate_(rate == 0 ? 1 : rate), state_(seed | 1) {
    begin();
  }

  bool takes_next() {
    if (rate_ == 1) return true;
    const bool is_taken = place_ == chosen_;
    if (++place_ == rate_) begin();
    return is_taken;
  }

 private:
  void begin() {
    place_ = 0;
    // xorshift64*
    state_ ^= state_ >> 12;
    state_ ^= state_ << 25;
    state_ ^= state_ >> 27;
    chosen_ = static_cast<std::uint32_t>((state_ * 0x2545f4914f6cdd1d) >> 32) % rate_;
  }

  std::uint32_t rate_;
  std::uint32_t place_ = 0;
  std::uint32_t chosen_ = 0;
  std::uint64_t state_;
};

}  // namespace probe
