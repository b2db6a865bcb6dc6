#include "collect/decode/told_interfaces.h"

#include <utility>

#include "collect/decode/caps.h"
#include "collect/decode/field_text.h"

namespace collect {
void ToldInterfaces::tell(std::uint32_t index, wire::ByteView name, wire::ByteView description,
                          base::UnixMs now_ms) {
  auto called = words_of_field(name, kInterfaceNameOctetsMax);
  auto described = words_of_field(description, kInterfaceDescriptionOctetsMax);
  if (called.text.empty() && described.text.empty()) return;
  if (called.is_cut || described.is_cut) ++names_cut_;
  auto found = by_index_.find(index);
  if (found == by_index_.end()) {
    if (by_index_.size() >= kInterfacesPerExporterMax || all_ >= kInterfacesMax) {
      ++not_kept_;
      return;
    }
    found = by_index_.emplace(index, flow::ToldInterface{}).first;
    ++all_;
  }
  // Some exporters send names and descriptions in records of their own.
  flow::ToldInterface& told = found->second;
  told.index = index;
  if (!called.text.empty()) told.name = std::move(called.text);
  if (!described.text.empty()) told.description = std::move(described.text);
  told.told = now_ms;
  view_.reset();
}

std::shared_ptr<const std::vector<flow::ToldInterface>> ToldInterfaces::view() const {
  if (by_index_.empty() || view_) return view_;
  auto made = std::make_shared<std::vector<flow::ToldInterface>>();
  made->reserve(by_index_.size());
  for (const auto& [index, told] : by_index_) made->push_back(told);
  view_ = std::move(made);
  return view_;
}

}  // namespace collect
