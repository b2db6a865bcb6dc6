#include "zipf.h"

#include <algorithm>
#include <cmath>

namespace generator {

Zipf::Zipf(std::size_t count, double exponent) {
  up_to_.reserve(count);
  double sum = 0;
  for (std::size_t k = 0; k < count; ++k) {
    sum += 1.0 / std::pow(static_cast<double>(k + 1), exponent);
    up_to_.push_back(sum);
  }
  for (double& value : up_to_) value /= sum;
  up_to_.back() = 1.0;
}

std::uint32_t Zipf::rank(double uniform) const {
  const auto found = std::upper_bound(up_to_.begin(), up_to_.end(), uniform);
  return static_cast<std::uint32_t>(found - up_to_.begin());
}

}  // namespace generator
