#include "wire/export/registry.h"

#include <gtest/gtest.h>

namespace wire {
namespace {

TEST(Registry, FindsFirstLastAndNothingBetween) {
  ASSERT_NE(find_registered(0, 1), nullptr);
  EXPECT_EQ(find_registered(0, 1)->name, "octetDeltaCount");
  EXPECT_EQ(find_registered(0, 1)->octets, 8);
  EXPECT_EQ(find_registered(0, 27)->type, ElementType::Ipv6);
  EXPECT_EQ(find_registered(0, 0), nullptr);
  EXPECT_EQ(find_registered(0, 65), nullptr);
  EXPECT_EQ(find_registered(0, 65535), nullptr);
  EXPECT_EQ(find_registered(4'294'967'295, 1), nullptr);
}

TEST(Registry, NamesWhatItKnowsAndNumbersTheRest) {
  EXPECT_EQ(element_name(0, 152), "flowStartMilliseconds");
  EXPECT_EQ(element_name(0, 236), "VRFname");
  EXPECT_EQ(element_name(0, 40001), "40001");
  EXPECT_EQ(element_name(12345, 7), "12345:7");
  EXPECT_EQ(element_name(29305, 1), "reverseOctetDeltaCount");
  EXPECT_EQ(element_name(29305, 9999), "29305:9999");
}

TEST(Registry, NamesScopeTypes) {
  EXPECT_EQ(netflow9_scope_name(1), "system");
  EXPECT_EQ(netflow9_scope_name(5), "template");
  EXPECT_EQ(netflow9_scope_name(0), "0");
  EXPECT_EQ(netflow9_scope_name(6), "6");
}

}  // namespace
}  // namespace wire
