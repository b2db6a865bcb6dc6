#pragma once

#include <cstddef>
#include <cstdint>
#include <span>

#include "base/clock.h"
#include "flow/address.h"

namespace collect {

// One UDP payload and where it came from. The octets belong to the burst (or file) it lies in.
struct Datagram {
  flow::Address exporter;  // source address
  std::uint16_t exporter_port = 0;
  std::uint16_t local_port = 0;
  base::UnixNs received_ns = 0;
  std::span<const std::byte> payload;
};

}  // namespace collect
