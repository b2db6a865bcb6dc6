#pragma once

#include <cstdint>
#include <optional>

#include "base/clock.h"
#include "flow/address.h"
#include "flow/volume.h"

namespace collect {

using flow::kTimeMaxMs;

// The protocols whose data is described by templates. Their templates, domains and sequences are
// apart even where one exporter speaks both.
enum class Protocol : std::uint8_t { Netflow5 = 5, Netflow9 = 9, Ipfix = 10 };

// What a message's header says about every record in it, and where and when it came.
struct MessageHeader {
  Protocol protocol = Protocol::Netflow5;
  flow::Address exporter;
  std::uint32_t domain = 0;
  base::UnixMs received_ms = 0;
  base::UnixMs export_ms = 0;
  // The exporter's sysUpTime at export; IPFIX has none in its header.
  std::optional<std::uint32_t> sys_uptime_ms;
};

// A sysUpTime stamp as wall clock: `stamp_ms` is taken to lie within 24.8 days of the header's
// sysUpTime, before or after it, which spans the wrap at 49.7 days.
constexpr base::UnixMs uptime_to_unix(const MessageHeader& header, std::uint32_t stamp_ms) {
  return header.export_ms - static_cast<std::int32_t>(*header.sys_uptime_ms - stamp_ms);
}

}  // namespace collect
