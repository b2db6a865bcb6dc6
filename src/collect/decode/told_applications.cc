#include "collect/decode/told_applications.h"

#include <algorithm>
#include <array>
#include <string>
#include <string_view>

#include "base/letters.h"
#include "collect/decode/caps.h"
#include "collect/decode/field_text.h"
#include "flow/name_pool.h"

namespace collect {
namespace {

// What exporters call traffic that they could not tell: its port says more.
bool says_nothing(const std::string& name) {
  static constexpr auto kNothing =
      std::to_array<std::string_view>({"", "unknown", "unclassified", "not-classified"});
  return std::ranges::find(kNothing, base::lower(name)) != kNothing.end();
}

}  // namespace

bool ToldApplications::tell(std::uint64_t id, wire::ByteView name) {
  const std::string text = words_of_field(name, kApplicationNameOctetsMax).text;
  const auto found = by_id_.find(id);
  if (says_nothing(text)) {
    if (found != by_id_.end()) all_ -= by_id_.erase(id);
    return true;
  }
  if (found == by_id_.end() &&
      (by_id_.size() >= kApplicationsPerExporterMax || all_ >= kApplicationsMax)) {
    return false;
  }
  const std::uint32_t pooled = flow::NamePool::instance().id_of(flow::NameKind::Heard, text);
  if (pooled == flow::NamePool::kOther) return false;
  if (by_id_.insert_or_assign(id, pooled).second) ++all_;
  return true;
}

}  // namespace collect
