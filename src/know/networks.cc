#include "know/networks.h"

namespace know {
namespace {

constexpr std::uint8_t kV4Bits = 96;  // an IPv4 prefix length counts from here

// RFC 1918, RFC 3927, RFC 4193, RFC 4291 section 2.5.6.
constexpr flow::Network kAlwaysLocal[] = {
    {flow::Address::v4(0x0a000000), kV4Bits + 8},
    {flow::Address::v4(0xac100000), kV4Bits + 12},
    {flow::Address::v4(0xc0a80000), kV4Bits + 16},
    {flow::Address::v4(0xa9fe0000), kV4Bits + 16},
    {{.hi = std::uint64_t{0xfc00} << 48, .lo = 0}, 7},
    {{.hi = std::uint64_t{0xfe80} << 48, .lo = 0}, 10},
};

}  // namespace

LocalNetworks::LocalNetworks(std::span<const flow::Network> more) {
  std::vector<flow::Network> all(std::begin(kAlwaysLocal), std::end(kAlwaysLocal));
  all.insert(all.end(), more.begin(), more.end());
  for (const flow::Network& network : all) {
    if (network.length >= kV4Bits && network.address.is_v4()) {
      v4_.push_back({network.address.as_v4(), network.last().as_v4()});
    } else {
      v6_.push_back({network.address, network.last()});
    }
  }
  // "::/0" and the like hold the IPv4-mapped addresses too.
  const flow::Address v4_first = flow::Address::v4(0);
  for (const auto& range : v6_) {
    if (range.first <= v4_first && v4_first <= range.last) v4_.push_back({0, 0xffff'ffff});
  }
  merge(v4_);
  merge(v6_);
}

template <class Value>
void LocalNetworks::merge(std::vector<Range<Value>>& ranges) {
  std::ranges::sort(ranges, {}, &Range<Value>::first);
  std::size_t kept = 0;
  for (const auto& range : ranges) {
    if (kept > 0 && range.first <= ranges[kept - 1].last) {
      ranges[kept - 1].last = std::max(ranges[kept - 1].last, range.last);
    } else {
      ranges[kept++] = range;
    }
  }
  ranges.resize(kept);
}

}  // namespace know
