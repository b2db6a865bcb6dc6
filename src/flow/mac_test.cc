#include "flow/mac.h"

#include <gtest/gtest.h>

namespace flow {
namespace {

TEST(Mac, ReadsWhatItWrites) {
  for (const std::uint64_t mac : {0ULL, 0x000c294f8e35ULL, 0xffffffffffffULL}) {
    EXPECT_EQ(parse_mac(mac_text(mac)), mac);
  }
  EXPECT_EQ(mac_text(0x000c294f8e35), "00:0c:29:4f:8e:35");
  EXPECT_EQ(parse_mac("00-0C-29-4F-8E-35"), 0x000c294f8e35);
}

TEST(Mac, RefusesEveryOtherShape) {
  for (const auto* text : {"", "00:0c:29:4f:8e", "00:0c:29:4f:8e:3", "00:0c:29:4f:8e:355",
                           "00:0c:29:4f:8e:3g", "00.0c.29.4f.8e.35", "0x:0c:29:4f:8e:35"}) {
    EXPECT_EQ(parse_mac(text), std::nullopt) << text;
  }
}

}  // namespace
}  // namespace flow
