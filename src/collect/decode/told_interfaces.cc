#include "collect/decode/told_interfaces.h"

#include <algorithm>
#include <utility>

#include "base/json_text.h"
#include "collect/decode/caps.h"
#include "know/text_table.h"

namespace collect {
namespace {

bool is_control_octet(char octet) {
  return static_cast<unsigned char>(octet) < ' ' || octet == 0x7f;
}

}  // namespace

FieldWords words_of_field(wire::ByteView field, std::size_t most) {
  std::string octets;
  for (const std::byte octet : field) {
    if (octet == std::byte{0}) break;
    octets += static_cast<char>(octet);
    if (octets.size() > 4 * most) break;
  }
  std::ranges::replace_if(octets, is_control_octet, ' ');
  // U+FFFD takes three octets, so that it is cut afterwards.
  std::string text = base::valid_utf8(std::string(know::trimmed(octets)));
  const bool is_cut = text.size() > most;
  if (is_cut) text.resize(base::utf8_prefix(std::string_view(text).substr(0, most)));
  return {std::move(text), is_cut};
}

void ToldInterfaces::tell(std::uint32_t index, wire::ByteView name, wire::ByteView description,
                          base::UnixMs now_ms) {
  FieldWords called = words_of_field(name, kInterfaceNameOctetsMax);
  FieldWords described = words_of_field(description, kInterfaceDescriptionOctetsMax);
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
