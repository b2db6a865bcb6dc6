#include "store/embedded/flow_fields.h"

#include "base/check.h"

namespace store {

std::vector<FlowField> fields_of(flow::ColumnMask columns) {
  std::vector<FlowField> fields;
  for (const auto& spec : flow::kColumns) {
    if ((columns & flow::bit(spec.column)) == 0) continue;
    if (spec.type == flow::ColumnType::Address) {
      fields.push_back({spec.column, FlowField::Half::High});
      fields.push_back({spec.column, FlowField::Half::Low});
    } else {
      fields.push_back({spec.column, FlowField::Half::Whole});
    }
  }
  return fields;
}

std::string name_of(const FlowField& field) {
  std::string name(flow::spec(field.column).name);
  if (field.half == FlowField::Half::High) name += "_hi";
  if (field.half == FlowField::Half::Low) name += "_lo";
  return name;
}

duckdb_type type_of(flow::ColumnType type) {
  switch (type) {
    case flow::ColumnType::Time:
      return DUCKDB_TYPE_TIMESTAMP_MS;
    case flow::ColumnType::Address:
      return DUCKDB_TYPE_UBIGINT;  // each half
    case flow::ColumnType::U8:
    case flow::ColumnType::Word:
      return DUCKDB_TYPE_UTINYINT;
    case flow::ColumnType::U16:
      return DUCKDB_TYPE_USMALLINT;
    case flow::ColumnType::U32:
      return DUCKDB_TYPE_UINTEGER;
    case flow::ColumnType::Counter:
      return DUCKDB_TYPE_BIGINT;
    case flow::ColumnType::Mac:
      return DUCKDB_TYPE_UBIGINT;
    case flow::ColumnType::Flag:
      return DUCKDB_TYPE_BOOLEAN;
    case flow::ColumnType::Name:
      return DUCKDB_TYPE_VARCHAR;
  }
  CHECK(false);
}

std::string_view sql_type_of(flow::ColumnType type) {
  switch (type) {
    case flow::ColumnType::Time:
      return "TIMESTAMP";
    case flow::ColumnType::Address:
      return "UBIGINT";
    case flow::ColumnType::U8:
    case flow::ColumnType::Word:
      return "UTINYINT";
    case flow::ColumnType::U16:
      return "USMALLINT";
    case flow::ColumnType::U32:
      return "UINTEGER";
    case flow::ColumnType::Counter:
      return "BIGINT";
    case flow::ColumnType::Mac:
      return "UBIGINT";
    case flow::ColumnType::Flag:
      return "BOOLEAN";
    case flow::ColumnType::Name:
      return "VARCHAR";
  }
  CHECK(false);
}

std::string to_names(flow::ColumnMask columns) {
  std::string names;
  for (const auto& spec : flow::kColumns) {
    if ((columns & flow::bit(spec.column)) == 0) continue;
    if (!names.empty()) names += ',';
    names += spec.name;
  }
  return names;
}

flow::ColumnMask from_names(std::string_view names) {
  flow::ColumnMask columns = 0;
  while (!names.empty()) {
    const auto comma = names.find(',');
    if (const auto column = flow::find_column(names.substr(0, comma))) {
      columns |= flow::bit(*column);
    }
    names = comma == std::string_view::npos ? std::string_view() : names.substr(comma + 1);
  }
  return columns;
}

}  // namespace store
