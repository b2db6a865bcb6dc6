#include "flow/columns.h"

#include <algorithm>

#include "base/check.h"

namespace flow {

std::optional<Column> find_column(std::string_view name) {
  const auto found = std::ranges::find(kColumns, name, &ColumnSpec::name);
  if (found == kColumns.end()) return std::nullopt;
  return found->column;
}

std::string_view to_text(Locality locality) {
  switch (locality) {
    case Locality::LocalToLocal:
      return "L2L";
    case Locality::LocalToRemote:
      return "L2R";
    case Locality::RemoteToLocal:
      return "R2L";
    case Locality::RemoteToRemote:
      return "R2R";
  }
  CHECK(false);
}

std::string_view to_text(SamplingSource source) {
  switch (source) {
    case SamplingSource::Header:
      return "header";
    case SamplingSource::Record:
      return "record";
    case SamplingSource::Options:
      return "options";
    case SamplingSource::Setting:
      return "setting";
  }
  CHECK(false);
}

}  // namespace flow
