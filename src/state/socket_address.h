#pragma once

#include <sys/socket.h>

#include "state/setting_values.h"

namespace state {

// The socket calls take one struct for every family; it is filled and read by copying, for the
// families' own structs are no bases of it.
sockaddr_storage socket_address(const Endpoint& endpoint, socklen_t& length);
Endpoint endpoint_of(const sockaddr_storage& storage);

// The socket calls' pointer to any family.
inline const sockaddr* as_sockaddr(const sockaddr_storage& storage) {
  return static_cast<const sockaddr*>(static_cast<const void*>(&storage));
}
inline sockaddr* as_sockaddr(sockaddr_storage& storage) {
  return static_cast<sockaddr*>(static_cast<void*>(&storage));
}

}  // namespace state
