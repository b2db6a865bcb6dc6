#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

namespace generator {

// Ranks 0 … count-1, the k-th with a share proportional to 1 / (k + 1)^exponent.
class Zipf {
 public:
  Zipf(std::size_t count, double exponent);

  // The rank that a uniform number in [0, 1) stands for.
  std::uint32_t rank(double uniform) const;

 private:
  std::vector<double> up_to_;  // rising; the last is 1
};

}  // namespace generator
