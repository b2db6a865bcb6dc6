#pragma once

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "flow/address.h"
#include "flow/columns.h"

namespace know {

// Which addresses are ours. Immutable; published as a snapshot and fetched once per burst.
//
// Always local: RFC 1918, 169.254.0.0/16, fc00::/7 and fe80::/10; beside them what a person said.
class LocalNetworks {
 public:
  explicit LocalNetworks(std::span<const flow::Network> more = {});

  // A few compares; no allocation.
  bool is_local(const flow::Address& address) const {
    if (address.is_v4()) return holds(v4_, address.as_v4());
    return holds(v6_, address);
  }
  flow::Locality locality(const flow::Address& src, const flow::Address& dst) const {
    using enum flow::Locality;
    if (is_local(src)) return is_local(dst) ? LocalToLocal : LocalToRemote;
    return is_local(dst) ? RemoteToLocal : RemoteToRemote;
  }

 private:
  template <class Value>
  struct Range {
    Value first;
    Value last;
  };
  // Invariant: ranges are sorted and do not touch, so at most one can hold a value.
  template <class Value>
  static bool holds(const std::vector<Range<Value>>& ranges, const Value& value) {
    const auto after = std::ranges::upper_bound(ranges, value, {}, &Range<Value>::first);
    return after != ranges.begin() && value <= std::prev(after)->last;
  }
  template <class Value>
  static void merge(std::vector<Range<Value>>& ranges);

  std::vector<Range<std::uint32_t>> v4_;
  std::vector<Range<flow::Address>> v6_;
};

}  // namespace know
