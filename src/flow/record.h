#pragma once

#include "flow/columns.h"

namespace flow {

// One flow, one field per row of columns.h. A field means something only where `present` has its
// bit: what the exporter did not say is absent, never 0.
struct FlowRecord {
  ColumnMask present = 0;
#define X(name, type, dimension, meaning) ColumnValue<ColumnType::type> name{};
  WEIR_FLOW_COLUMNS(X)
#undef X

  bool has(Column column) const {
    return (present & bit(column)) != 0;
  }
};

}  // namespace flow
