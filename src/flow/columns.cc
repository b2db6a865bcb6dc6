#include "flow/columns.h"

#include <algorithm>

#include "base/check.h"

namespace flow {

std::optional<Column> find_column(std::string_view name) {
  const auto found = std::ranges::find(kColumns, name, &ColumnSpec::name);
  if (found == kColumns.end()) return std::nullopt;
  return found->column;
}

std::span<const std::string_view> words_of(Column column) {
  static constexpr auto kLocalities = std::to_array<std::string_view>({"L2L", "L2R", "R2L", "R2R"});
  static constexpr auto kSamplingSources =
      std::to_array<std::string_view>({"header", "record", "options", "setting"});
  static constexpr auto kAppEvidence =
      std::to_array<std::string_view>({"exporter", "list", "service", "protocol"});
  static constexpr auto kSiteEvidence =
      std::to_array<std::string_view>({"dns", "sni", "ptr", "as"});
  if (column == Column::locality) return kLocalities;
  if (column == Column::sampling_source) return kSamplingSources;
  if (column == Column::app_evidence) return kAppEvidence;
  if (column == Column::site_evidence) return kSiteEvidence;
  CHECK(spec(column).type != ColumnType::Word);
  return {};
}

std::string_view word_of(Column column, std::uint64_t number) {
  const auto words = words_of(column);
  return number < words.size() ? words[number] : "?";
}

}  // namespace flow
