#pragma once

#include <cstddef>

#include "wire/bytes/byte_reader.h"

namespace wire {

// Files of raw payloads hold one datagram or several, one after the other. The octets that the
// first one takes: by its header's length (IPFIX) or count (v5) where another of its version
// follows there, else all. At least 1 when `octets` is not empty.
std::size_t first_datagram_octets(ByteView octets);

}  // namespace wire
