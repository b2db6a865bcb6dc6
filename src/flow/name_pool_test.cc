#include "flow/name_pool.h"

#include <gtest/gtest.h>

namespace flow {
namespace {

TEST(NamePool, AKnownNameIsNotHeardAnew) {
  auto& pool = NamePool::instance();
  const std::uint32_t known = pool.id_of(NameKind::Known, "a known name");
  EXPECT_LT(known, NamePool::kMaxKnown);
  EXPECT_EQ(pool.id_of(NameKind::Heard, "a known name"), known);
  EXPECT_EQ(pool.text_of(known), "a known name");
}

// Tables of known names hold ids in 16 bits, whatever was heard before.
TEST(NamePool, AHeardNameThatBecomesKnownHasAnIdOfEachKind) {
  auto& pool = NamePool::instance();
  const std::uint32_t heard = pool.id_of(NameKind::Heard, "heard first");
  EXPECT_GE(heard, NamePool::kMaxKnown);
  EXPECT_EQ(pool.id_of(NameKind::Heard, "heard first"), heard);
  const std::uint32_t known = pool.id_of(NameKind::Known, "heard first");
  EXPECT_LT(known, NamePool::kMaxKnown);
  EXPECT_EQ(pool.text_of(heard), pool.text_of(known));
}

}  // namespace
}  // namespace flow
