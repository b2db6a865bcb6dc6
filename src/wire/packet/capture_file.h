#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"

// Packet captures in memory: classic pcap (micro- or nanoseconds) and pcapng, of both byte orders.
namespace wire {

enum class CaptureFault : std::uint8_t {
  NotACapture,
  HeaderTruncated,
  RecordTruncated,  // a packet's record or block ends beyond the file
  BlockInvalid,     // a pcapng block's length is none it can have
};
std::string_view to_text(CaptureFault fault);

struct Frame {
  std::int64_t time_ns = 0;  // since 1970
  std::uint16_t link_type = 0;
  ByteView octets;              // what was captured of it
  std::size_t wire_octets = 0;  // as the file says, but never less than was captured
};

// True when the octets begin like a capture, whole or not.
bool is_capture(ByteView file);

// Gives a capture's frames in order. The file's octets must outlive the reader and its frames.
class CaptureReader {
 public:
  static base::Expected<CaptureReader, CaptureFault> open(ByteView file);

  // Empty at the end. After a fault the rest of the file cannot be read.
  base::Expected<std::optional<Frame>, CaptureFault> next();

  // Packet blocks so far that were no frame: their lengths lie, or nobody described their
  // interface.
  std::uint64_t frames_unread() const { return frames_unread_; }

 private:
  struct Interface {
    std::uint16_t link_type = 0;
    std::uint64_t units_per_second = 1'000'000;
  };

  explicit CaptureReader(ByteView file) : rest_(file) {}
  base::Expected<void, CaptureFault> open_classic();
  base::Expected<std::optional<Frame>, CaptureFault> next_classic();
  base::Expected<std::optional<Frame>, CaptureFault> next_block();
  std::optional<Frame> frame_of(std::uint32_t block_type, ByteReader body);
  void add_interface(ByteReader body);

  ByteReader rest_;
  bool is_classic_ = false;
  bool is_big_endian_ = false;
  std::vector<Interface> interfaces_;  // classic: exactly one
  std::uint64_t frames_unread_ = 0;
};

}  // namespace wire
