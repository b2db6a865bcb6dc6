#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "flow/exporter_view.h"
#include "wire/bytes/byte_reader.h"

namespace collect {

// What one exporter told of its interfaces in options records: until it tells otherwise, or is
// forgotten itself. Bounded by kInterfacesPerExporterMax, and together with those of other
// exporters, which `all` counts, by kInterfacesMax.
class ToldInterfaces {
 public:
  explicit ToldInterfaces(std::size_t& all) : all_(all) {}
  ~ToldInterfaces() { all_ -= by_index_.size(); }
  ToldInterfaces(const ToldInterfaces&) = delete;
  ToldInterfaces& operator=(const ToldInterfaces&) = delete;

  // A record without any text tells nothing.
  void tell(std::uint32_t index, wire::ByteView name, wire::ByteView description,
            base::UnixMs now_ms);

  // By index; null: none was told of. The same object as long as nothing came.
  std::shared_ptr<const std::vector<flow::ToldInterface>> view() const;
  std::uint64_t not_kept() const { return not_kept_; }
  std::uint64_t names_cut() const { return names_cut_; }

 private:
  std::size_t& all_;
  std::map<std::uint32_t, flow::ToldInterface> by_index_;
  std::uint64_t not_kept_ = 0;
  std::uint64_t names_cut_ = 0;
  mutable std::shared_ptr<const std::vector<flow::ToldInterface>> view_;  // null: to be made anew
};

}  // namespace collect
