#pragma once

#include <cstdint>
#include <optional>
#include <string>

namespace collect {

// Who holds a UDP port of this machine, as a person would name it: "nfcapd (process 4711)", or
// "a process of user 999" where another user's processes cannot be looked into. Empty when nobody
// holds it or it cannot be known.
std::optional<std::string> find_udp_port_holder(std::uint16_t port);

}  // namespace collect
