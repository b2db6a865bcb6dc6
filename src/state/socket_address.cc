#include "state/socket_address.h"

#include <netinet/in.h>

#include <cstring>

namespace state {

sockaddr_storage socket_address(const Endpoint& endpoint, socklen_t& length) {
  sockaddr_storage storage{};
  if (endpoint.address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(endpoint.port);
    v4.sin_addr.s_addr = htonl(endpoint.address.as_v4());
    length = sizeof(v4);
    std::memcpy(&storage, &v4, sizeof(v4));
    return storage;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(endpoint.port);
  for (std::size_t i = 0; i < 8; ++i) {
    v6.sin6_addr.s6_addr[i] = static_cast<std::uint8_t>(endpoint.address.hi >> (56 - 8 * i));
    v6.sin6_addr.s6_addr[8 + i] = static_cast<std::uint8_t>(endpoint.address.lo >> (56 - 8 * i));
  }
  length = sizeof(v6);
  std::memcpy(&storage, &v6, sizeof(v6));
  return storage;
}

Endpoint endpoint_of(const sockaddr_storage& storage) {
  if (storage.ss_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, &storage, sizeof(v4));
    return {flow::Address::v4(ntohl(v4.sin_addr.s_addr)), ntohs(v4.sin_port)};
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, &storage, sizeof(v6));
  flow::Address address;
  for (const std::uint8_t octet : v6.sin6_addr.s6_addr) {
    address.hi = address.hi << 8 | address.lo >> 56;
    address.lo = address.lo << 8 | octet;
  }
  return {address, ntohs(v6.sin6_port)};
}

}  // namespace state
