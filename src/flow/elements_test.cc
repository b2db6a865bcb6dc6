#include "flow/elements.h"

#include <gtest/gtest.h>

namespace flow {
namespace {

TEST(Elements, AreListedOnceAndInOrder) {
  for (std::size_t i = 1; i < kElements.size(); ++i) {
    EXPECT_LT(kElements[i - 1].id, kElements[i].id);
  }
}

TEST(Elements, HaveOctetsTheirColumnCanHold) {
  for (const Element& element : kElements) {
    EXPECT_LE(element.min_octets, element.max_octets) << element.id;
    const ColumnType type = spec(element.column).type;
    if (type == ColumnType::Address) {
      EXPECT_TRUE(element.max_octets == 4 || element.max_octets == 16) << element.id;
      EXPECT_EQ(element.min_octets, element.max_octets) << element.id;
    } else {
      EXPECT_LE(element.max_octets, 8) << element.id;
    }
  }
}

TEST(Elements, AreFoundByNumberAndByColumn) {
  EXPECT_EQ(find_element(0, 152)->column, Column::start);
  EXPECT_FALSE(find_element(0, 9999));
  EXPECT_FALSE(find_element(29305, 1));
  EXPECT_EQ(element_for(Column::bytes)->id, 1);
  EXPECT_EQ(element_for(Column::src)->id, 8);
  EXPECT_EQ(element_for(Column::src, true)->id, 27);
  EXPECT_FALSE(element_for(Column::locality));
}

}  // namespace
}  // namespace flow
