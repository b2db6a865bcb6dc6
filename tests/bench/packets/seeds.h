#pragma once

#include <string>

namespace packets {

// One file for each kind of header into the folder, as tests/fuzz/packet_fuzz.cc reads them: the
// link type in two octets, then the frame. False: one could not be written.
bool write_seeds(const std::string& folder);

}  // namespace packets
