#include "flow/ledger.h"

#include <gtest/gtest.h>

namespace flow {
namespace {

LedgerRow row(std::uint32_t exporter, base::UnixMs minute, std::uint64_t flows) {
  LedgerRow made{Address::v4(exporter), minute, {}};
  made.counts.records = made.counts.flows = flows;
  return made;
}

TEST(Ledger, RowsOfOneMinuteAndExporterBecomeOne) {
  const std::vector<LedgerRow> rows{row(2, 60'000, 1), row(1, 60'000, 2), row(2, 60'000, 4),
                                    row(2, 0, 8)};
  const auto one_each = merged(rows);
  ASSERT_EQ(one_each.size(), 3u);
  EXPECT_EQ(one_each[0].minute, 0);
  EXPECT_EQ(one_each[1].exporter, Address::v4(1));
  EXPECT_EQ(one_each[2].counts.flows, 5u);
}

TEST(Ledger, BeyondTheBoundRowsStandUnderNobodysNameAndNothingIsLost) {
  std::vector<LedgerRow> rows;
  for (std::uint32_t i = 1; i <= 10; ++i) rows.push_back(row(i, 60'000, i));
  const auto few = merged(rows, 4);
  ASSERT_EQ(few.size(), 5u);
  std::uint64_t flows = 0;
  for (const LedgerRow& each : few) {
    flows += each.counts.flows;
    if (each.exporter == Address{}) {
      EXPECT_EQ(each.counts.flows, 5u + 6 + 7 + 8 + 9 + 10);
    }
  }
  EXPECT_EQ(flows, 55u);
}

}  // namespace
}  // namespace flow
