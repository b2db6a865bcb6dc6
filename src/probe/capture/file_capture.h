#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <stop_token>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/mapped_file.h"
#include "base/result.h"
#include "probe/capture/packet_filter.h"
#include "probe/meter.h"
#include "wire/packet/capture_file.h"

namespace probe {

// A capture file's frames, given to a meter in their order.
class FileCapture {
 public:
  // Refuses what is no capture, and a filter that cannot be compiled. An empty one passes all.
  static base::Expected<FileCapture, base::UserError> open(const std::string& path,
                                                           const std::string& filter);

  // The first frame's time; empty: there is none.
  std::optional<base::UnixNs> first_time_ns() const { return first_time_ns_; }

  struct Done {
    std::optional<wire::CaptureFault> fault;  // the frames before it were given
    std::uint64_t filtered = 0;               // frames that the filter did not pass
    std::uint64_t unread = 0;                 // packets of the file that are no frames
  };
  // Until the end, a fault or a request to stop. `between` is called every kFramesBetween frames.
  Done give_to(Meter& meter, const std::stop_token& stopped, const std::function<void()>& between);

 private:
  static constexpr std::size_t kFramesBetween = 65'536;

  FileCapture(base::MappedFile file, wire::CaptureReader reader, std::string filter)
      : file_(std::move(file)), reader_(std::move(reader)), filter_(std::move(filter)) {}
  bool passes(const wire::Frame& frame);
  base::Expected<void, base::UserError> compile_for(std::uint16_t link_type);

  base::MappedFile file_;
  wire::CaptureReader reader_;
  std::string filter_;
  // One per link type in the file; null: the filter makes no sense for it and passes nothing.
  std::vector<std::pair<std::uint16_t, std::optional<PacketFilter>>> compiled_;
  std::optional<base::UnixNs> first_time_ns_;
};

}  // namespace probe
