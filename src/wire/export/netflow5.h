#pragma once

#include <cstddef>
#include <cstdint>

#include "base/result.h"
#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/malformed.h"

// NetFlow v5: a header of 24 octets and up to 30 records of 48.
//
// Scope of damage: a header that announces more records than came costs the missing ones; those
// that came whole stay. Octets after the announced records are ignored.
namespace wire {

struct Netflow5Header {
  static constexpr std::size_t kSize = 24;
  static constexpr std::uint16_t kVersion = 5;
  std::uint16_t count = 0;
  std::uint32_t sys_uptime_ms = 0;
  std::uint32_t unix_secs = 0;
  std::uint32_t unix_nsecs = 0;
  std::uint32_t flow_sequence = 0;  // flows sent before this datagram
  std::uint8_t engine_type = 0;
  std::uint8_t engine_id = 0;
  std::uint16_t sampling = 0;  // 2 bits of mode, 14 of interval

  // All of the fields but the version, which the caller has looked at.
  static constexpr Netflow5Header from(FixedBytes<kSize> bytes) {
    return {.count = load_be<std::uint16_t, 2>(bytes),
            .sys_uptime_ms = load_be<std::uint32_t, 4>(bytes),
            .unix_secs = load_be<std::uint32_t, 8>(bytes),
            .unix_nsecs = load_be<std::uint32_t, 12>(bytes),
            .flow_sequence = load_be<std::uint32_t, 16>(bytes),
            .engine_type = load_be<std::uint8_t, 20>(bytes),
            .engine_id = load_be<std::uint8_t, 21>(bytes),
            .sampling = load_be<std::uint16_t, 22>(bytes)};
  }
  void emit(ByteWriter& out) const;
  bool operator==(const Netflow5Header&) const = default;
};

struct Netflow5Record {
  static constexpr std::size_t kSize = 48;
  std::uint32_t src = 0;
  std::uint32_t dst = 0;
  std::uint32_t next_hop = 0;
  std::uint16_t in_if = 0;
  std::uint16_t out_if = 0;
  std::uint32_t packets = 0;
  std::uint32_t octets = 0;
  std::uint32_t first_ms = 0;  // sysUpTime of the first packet
  std::uint32_t last_ms = 0;   // sysUpTime of the last packet
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::uint8_t tcp_flags = 0;
  std::uint8_t protocol = 0;
  std::uint8_t tos = 0;
  std::uint16_t src_as = 0;
  std::uint16_t dst_as = 0;
  std::uint8_t src_mask = 0;
  std::uint8_t dst_mask = 0;

  static constexpr Netflow5Record from(FixedBytes<kSize> bytes) {
    return {.src = load_be<std::uint32_t, 0>(bytes),
            .dst = load_be<std::uint32_t, 4>(bytes),
            .next_hop = load_be<std::uint32_t, 8>(bytes),
            .in_if = load_be<std::uint16_t, 12>(bytes),
            .out_if = load_be<std::uint16_t, 14>(bytes),
            .packets = load_be<std::uint32_t, 16>(bytes),
            .octets = load_be<std::uint32_t, 20>(bytes),
            .first_ms = load_be<std::uint32_t, 24>(bytes),
            .last_ms = load_be<std::uint32_t, 28>(bytes),
            .src_port = load_be<std::uint16_t, 32>(bytes),
            .dst_port = load_be<std::uint16_t, 34>(bytes),
            .tcp_flags = load_be<std::uint8_t, 37>(bytes),
            .protocol = load_be<std::uint8_t, 38>(bytes),
            .tos = load_be<std::uint8_t, 39>(bytes),
            .src_as = load_be<std::uint16_t, 40>(bytes),
            .dst_as = load_be<std::uint16_t, 42>(bytes),
            .src_mask = load_be<std::uint8_t, 44>(bytes),
            .dst_mask = load_be<std::uint8_t, 45>(bytes)};
  }
  void emit(ByteWriter& out) const;
  bool operator==(const Netflow5Record&) const = default;
};

struct Netflow5Message {
  Netflow5Header header;
  ByteView records;  // a multiple of Netflow5Record::kSize octets, at most header.count records

  std::size_t record_count() const { return records.size() / Netflow5Record::kSize; }
  // Announced by the header but cut off.
  std::size_t missing_records() const { return header.count - record_count(); }
};

// `datagram` is the whole UDP payload, its version already looked at.
base::Expected<Netflow5Message, Malformed> parse_netflow5(ByteView datagram);

}  // namespace wire
