#include "wire/packet/capture_file.h"

#include <algorithm>
#include <cstdlib>
#include <utility>

namespace wire {
namespace {

constexpr std::uint32_t kClassicMicro = 0xa1b2c3d4;
constexpr std::uint32_t kClassicNano = 0xa1b23c4d;
constexpr std::uint32_t kSectionHeader = 0x0a0d0d0a;  // reads the same in both byte orders
constexpr std::uint32_t kByteOrderMagic = 0x1a2b3c4d;
constexpr std::uint32_t kInterfaceDescription = 1;
constexpr std::uint32_t kObsoletePacket = 2;
constexpr std::uint32_t kSimplePacket = 3;
constexpr std::uint32_t kEnhancedPacket = 6;
constexpr std::uint16_t kEndOfOptions = 0;
constexpr std::uint16_t kTimeResolution = 9;
constexpr std::size_t kClassicHeaderSize = 24;
constexpr std::size_t kRecordHeaderSize = 16;
constexpr std::size_t kBlockHeadSize = 8;
constexpr std::size_t kBlockTailSize = 4;
constexpr std::size_t kMaxInterfaces = 1'024;
constexpr std::uint16_t kNoLinkType = 0xffff;
constexpr std::uint64_t kNsPerSecond = 1'000'000'000;

template <std::unsigned_integral T, std::size_t Offset, std::size_t N>
T load(FixedBytes<N> bytes, bool is_big_endian) {
  return is_big_endian ? load_be<T, Offset>(bytes) : load_le<T, Offset>(bytes);
}

std::int64_t to_ns(std::uint64_t units, std::uint64_t units_per_second) {
  if (units_per_second == kNsPerSecond) return static_cast<std::int64_t>(units);
  if (units_per_second == 1'000'000) return static_cast<std::int64_t>(units * 1'000);
  const std::uint64_t seconds = units / units_per_second;
  const std::uint64_t rest = units % units_per_second;
  __extension__ using Wide = unsigned __int128;
  const auto rest_ns = static_cast<std::uint64_t>(Wide{rest} * kNsPerSecond / units_per_second);
  return static_cast<std::int64_t>(seconds * kNsPerSecond + rest_ns);
}

// if_tsresol: a negative power of 10, or of 2 when the top bit is set.
std::uint64_t units_per_second(std::uint8_t resolution) {
  const unsigned power = resolution & 0x7f;
  if ((resolution & 0x80) != 0) return power < 64 ? std::uint64_t{1} << power : 1;
  std::uint64_t units = 1;
  for (unsigned i = 0; i < power && i < 19; ++i) units *= 10;
  return units;
}

}  // namespace

std::string_view to_text(CaptureFault fault) {
  switch (fault) {
    case CaptureFault::NotACapture:
      return "neither pcap nor pcapng";
    case CaptureFault::HeaderTruncated:
      return "the capture ends within its header";
    case CaptureFault::RecordTruncated:
      return "the capture ends within a packet";
    case CaptureFault::BlockInvalid:
      return "a pcapng block has a length that no block can have";
  }
  std::abort();
}

bool is_capture(ByteView file) {
  ByteReader reader(file);
  const auto magic = reader.take<4>();
  if (!magic) return false;
  const auto big = load_be<std::uint32_t, 0>(*magic);
  const auto little = load_le<std::uint32_t, 0>(*magic);
  return big == kSectionHeader || big == kClassicMicro || big == kClassicNano ||
         little == kClassicMicro || little == kClassicNano;
}

base::Expected<CaptureReader, CaptureFault> CaptureReader::open(ByteView file) {
  if (!is_capture(file)) return base::Unexpected(CaptureFault::NotACapture);
  CaptureReader reader(file);
  if (load_be<std::uint32_t, 0>(file.first<4>()) == kSectionHeader) return reader;
  if (const auto opened = reader.open_classic(); !opened) return base::Unexpected(opened.error());
  return reader;
}

base::Expected<void, CaptureFault> CaptureReader::open_classic() {
  const auto header = rest_.take<kClassicHeaderSize>();
  if (!header) return base::Unexpected(CaptureFault::HeaderTruncated);
  is_classic_ = true;
  const auto magic = load_be<std::uint32_t, 0>(*header);
  is_big_endian_ = magic == kClassicMicro || magic == kClassicNano;
  const bool is_nano = load<std::uint32_t, 0>(*header, is_big_endian_) == kClassicNano;
  // The upper half of the field tells of a frame check sequence.
  const auto link_type =
      static_cast<std::uint16_t>(load<std::uint32_t, 20>(*header, is_big_endian_));
  interfaces_.push_back({link_type, is_nano ? kNsPerSecond : 1'000'000});
  return {};
}

base::Expected<std::optional<Frame>, CaptureFault> CaptureReader::next() {
  return is_classic_ ? next_classic() : next_block();
}

base::Expected<std::optional<Frame>, CaptureFault> CaptureReader::next_classic() {
  if (rest_.remaining() == 0) return std::optional<Frame>();
  const auto header = rest_.take<kRecordHeaderSize>();
  if (!header) return base::Unexpected(CaptureFault::RecordTruncated);
  const auto captured = rest_.take(load<std::uint32_t, 8>(*header, is_big_endian_));
  if (!captured) return base::Unexpected(CaptureFault::RecordTruncated);
  const Interface& interface = interfaces_.front();
  const std::uint64_t seconds = load<std::uint32_t, 0>(*header, is_big_endian_);
  const std::uint64_t fraction = load<std::uint32_t, 4>(*header, is_big_endian_);
  return std::optional(Frame{
      to_ns(seconds * interface.units_per_second + fraction, interface.units_per_second),
      interface.link_type, *captured,
      std::max<std::size_t>(load<std::uint32_t, 12>(*header, is_big_endian_), captured->size())});
}

base::Expected<std::optional<Frame>, CaptureFault> CaptureReader::next_block() {
  while (rest_.remaining() > 0) {
    ByteReader ahead = rest_;
    const auto head = ahead.take<kBlockHeadSize + 4>();
    if (!head) return base::Unexpected(CaptureFault::RecordTruncated);
    if (load_be<std::uint32_t, 0>(*head) == kSectionHeader) {
      is_big_endian_ = load_be<std::uint32_t, 8>(*head) == kByteOrderMagic;
      interfaces_.clear();
    }
    const auto type = load<std::uint32_t, 0>(*head, is_big_endian_);
    const std::size_t length = load<std::uint32_t, 4>(*head, is_big_endian_);
    if (length < kBlockHeadSize + kBlockTailSize || length % 4 != 0) {
      return base::Unexpected(CaptureFault::BlockInvalid);
    }
    const auto block = rest_.take(length);
    if (!block) return base::Unexpected(CaptureFault::RecordTruncated);
    const ByteReader body(block->subspan(kBlockHeadSize, length - kBlockHeadSize - kBlockTailSize));
    if (type == kInterfaceDescription) {
      add_interface(body);
    } else if (auto frame = frame_of(type, body)) {
      return frame;
    } else if (type == kSimplePacket || type == kEnhancedPacket || type == kObsoletePacket) {
      ++frames_unread_;
    }
  }
  return std::optional<Frame>();
}

void CaptureReader::add_interface(ByteReader body) {
  const auto fixed = body.take<8>();
  if (interfaces_.size() >= kMaxInterfaces) return;
  if (!fixed) return interfaces_.push_back({kNoLinkType, 1'000'000});  // it keeps its place
  Interface interface { load<std::uint16_t, 0>(*fixed, is_big_endian_), 1'000'000 };
  while (const auto option = body.take<4>()) {
    const auto code = load<std::uint16_t, 0>(*option, is_big_endian_);
    const std::size_t length = load<std::uint16_t, 2>(*option, is_big_endian_);
    if (code == kEndOfOptions) break;
    const auto value = body.take((length + 3) / 4 * 4);
    if (!value) break;
    if (code == kTimeResolution && length == 1) {
      interface.units_per_second = units_per_second(std::to_integer<std::uint8_t>(value->front()));
    }
  }
  interfaces_.push_back(interface);
}

// Empty: a block of another kind, or of an interface nobody described.
std::optional<Frame> CaptureReader::frame_of(std::uint32_t block_type, ByteReader body) {
  if (block_type == kSimplePacket) {
    const auto original = body.take<4>();
    if (!original || interfaces_.empty()) return std::nullopt;
    const std::size_t length = load<std::uint32_t, 0>(*original, is_big_endian_);
    const std::size_t captured = std::min(length, body.remaining());
    return Frame{0, interfaces_.front().link_type, body.rest().first(captured), length};
  }
  if (block_type != kEnhancedPacket && block_type != kObsoletePacket) return std::nullopt;
  const auto fixed = body.take<20>();
  if (!fixed) return std::nullopt;
  const std::size_t index = block_type == kEnhancedPacket
                                ? load<std::uint32_t, 0>(*fixed, is_big_endian_)
                                : load<std::uint16_t, 0>(*fixed, is_big_endian_);
  const auto octets = body.take(load<std::uint32_t, 12>(*fixed, is_big_endian_));
  if (index >= interfaces_.size() || !octets) return std::nullopt;
  const std::uint64_t high = load<std::uint32_t, 4>(*fixed, is_big_endian_);
  const std::uint64_t units = high << 32 | load<std::uint32_t, 8>(*fixed, is_big_endian_);
  const std::size_t wire_octets = load<std::uint32_t, 16>(*fixed, is_big_endian_);
  return Frame{to_ns(units, interfaces_[index].units_per_second), interfaces_[index].link_type,
               *octets, std::max(wire_octets, octets->size())};
}

}  // namespace wire
