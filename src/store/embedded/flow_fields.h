#pragma once

#include <duckdb.h>

#include <string>
#include <vector>

#include "flow/columns.h"

namespace store {

// A column as the embedded store holds it: an address is two fields, "src_hi" and "src_lo".
// UHUGEINT would hold 128 bits, but DuckDB writes it to Parquet as DOUBLE.
struct FlowField {
  enum class Half : std::uint8_t { Whole, High, Low };
  flow::Column column;
  Half half = Half::Whole;

  bool operator==(const FlowField&) const = default;
};

// The fields of the columns, in the order of flow/columns.h.
std::vector<FlowField> fields_of(flow::ColumnMask columns);
std::string name_of(const FlowField& field);
// The type in memory and, but for times (milliseconds there, TIMESTAMP once read), in queries.
duckdb_type type_of(flow::ColumnType type);
// The same as SQL writes it, as it is in queries.
std::string_view sql_type_of(flow::ColumnType type);

// "src,dst,bytes": how manifest and part metadata name columns; unknown names are skipped.
std::string to_names(flow::ColumnMask columns);
flow::ColumnMask from_names(std::string_view names);

}  // namespace store
