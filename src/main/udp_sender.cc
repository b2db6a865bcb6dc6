#include "main/udp_sender.h"

#include <netdb.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <charconv>
#include <cstring>
#include <memory>
#include <utility>

#include "wire/bytes/byte_writer.h"

namespace weir {
namespace {

struct SocketAddress {
  sockaddr_storage storage{};
  socklen_t length = 0;

  const sockaddr* get() const {
    return static_cast<const sockaddr*>(static_cast<const void*>(&storage));
  }
};

SocketAddress socket_address(const flow::Address& address, std::uint16_t port) {
  SocketAddress made;
  if (address.is_v4()) {
    sockaddr_in v4{};
    v4.sin_family = AF_INET;
    v4.sin_port = htons(port);
    v4.sin_addr.s_addr = htonl(address.as_v4());
    made.length = sizeof(v4);
    std::memcpy(&made.storage, &v4, sizeof(v4));
    return made;
  }
  sockaddr_in6 v6{};
  v6.sin6_family = AF_INET6;
  v6.sin6_port = htons(port);
  const std::span octets = std::as_writable_bytes(std::span(v6.sin6_addr.s6_addr));
  wire::store_be(octets.first(8), address.hi);
  wire::store_be(octets.last(8), address.lo);
  made.length = sizeof(v6);
  std::memcpy(&made.storage, &v6, sizeof(v6));
  return made;
}

flow::Address address_of(const addrinfo& found) {
  if (found.ai_family == AF_INET) {
    sockaddr_in v4{};
    std::memcpy(&v4, found.ai_addr, sizeof(v4));
    return flow::Address::v4(ntohl(v4.sin_addr.s_addr));
  }
  sockaddr_in6 v6{};
  std::memcpy(&v6, found.ai_addr, sizeof(v6));
  const std::span octets = std::as_bytes(std::span(v6.sin6_addr.s6_addr));
  return {wire::load_be_any(octets.first(8)), wire::load_be_any(octets.last(8))};
}

std::optional<std::uint16_t> port_of(std::string_view digits) {
  std::uint16_t port = 0;
  const char* end = digits.data() + digits.size();
  const auto [rest, error] = std::from_chars(digits.data(), end, port);
  if (error != std::errc{} || rest != end || port == 0) return std::nullopt;
  return port;
}

}  // namespace

base::Expected<state::Endpoint, base::UserError> find_receiver(const std::string& text) {
  const auto refused = [&](std::string what) {
    return base::Unexpected(base::UserError{"--to", std::move(what), "for example 127.0.0.1:2055"});
  };
  const std::size_t colon = text.rfind(':');
  const auto port =
      colon == std::string::npos ? std::nullopt : port_of(std::string_view(text).substr(colon + 1));
  std::string host = text.substr(0, colon);
  if (host.size() > 2 && host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    host.clear();  // an IPv6 address without brackets: which of the colons ends it is a guess
  }
  if (!port || host.empty()) return refused("expected HOST:PORT, came '" + text + "'");
  if (const auto address = flow::parse_address(host)) return state::Endpoint{*address, *port};

  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  if (const int error = ::getaddrinfo(host.c_str(), nullptr, &wanted, &found); error != 0) {
    return refused("expected a host, '" + host + "': " + ::gai_strerror(error));
  }
  const std::unique_ptr<addrinfo, void (*)(addrinfo*)> all(found, ::freeaddrinfo);
  return state::Endpoint{address_of(*found), *port};
}

base::Expected<UdpSender, base::IoError> UdpSender::open(const state::Endpoint& to,
                                                         std::optional<flow::Address> source) {
  const SocketAddress there = socket_address(to.address, to.port);
  const int descriptor = ::socket(there.storage.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (descriptor < 0) return base::Unexpected(base::IoError{"socket", "UDP", errno, ""});
  UdpSender sender(descriptor);
  if (source) {
    const SocketAddress here = socket_address(*source, 0);
    if (::bind(descriptor, here.get(), here.length) != 0) {
      return base::Unexpected(base::IoError{"bind", flow::to_text(*source), errno, ""});
    }
  }
  // Connected, so that a collector that is away is heard of.
  if (::connect(descriptor, there.get(), there.length) != 0) {
    return base::Unexpected(base::IoError{"connect", state::to_text(to), errno, ""});
  }
  return sender;
}

UdpSender::UdpSender(UdpSender&& other) noexcept
    : descriptor_(std::exchange(other.descriptor_, -1)), refused_(other.refused_) {}

UdpSender::~UdpSender() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

bool UdpSender::send(wire::ByteView datagram) {
  // ECONNREFUSED speaks of an earlier datagram; this one was not sent.
  for (int tries = 0; tries < 2; ++tries) {
    ssize_t sent = 0;
    do {
      sent = ::send(descriptor_, datagram.data(), datagram.size(), 0);
    } while (sent < 0 && errno == EINTR);
    if (sent >= 0) return true;
    if (errno != ECONNREFUSED) return false;
    ++refused_;
  }
  return false;
}

}  // namespace weir
