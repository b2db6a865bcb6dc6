#include "outlet.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cerrno>
#include <charconv>
#include <cstring>

#include "wire/bytes/byte_writer.h"
#include "wire/packet/datagram_capture.h"

namespace generator {
namespace {

constexpr std::size_t kBurstMax = 64;

sockaddr_in to_sockaddr(std::uint32_t address, std::uint16_t port) {
  sockaddr_in socket_address{};
  socket_address.sin_family = AF_INET;
  socket_address.sin_addr.s_addr = htonl(address);
  socket_address.sin_port = htons(port);
  return socket_address;
}

// sendmmsg(2) of at most kBurstMax datagrams; what it answered.
int send_burst(int socket, std::span<const Octets> datagrams, sockaddr_in target) {
  std::array<mmsghdr, kBurstMax> messages{};
  std::array<iovec, kBurstMax> pieces{};
  for (std::size_t i = 0; i < datagrams.size(); ++i) {
    // sendmmsg does not write through iov_base; its type serves recvmmsg too.
    pieces[i] = {const_cast<std::byte*>(datagrams[i].data()), datagrams[i].size()};
    messages[i].msg_hdr.msg_name = &target;
    messages[i].msg_hdr.msg_namelen = sizeof(target);
    messages[i].msg_hdr.msg_iov = &pieces[i];
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int sent = 0;
  do {
    sent = ::sendmmsg(socket, messages.data(), static_cast<unsigned>(datagrams.size()), 0);
  } while (sent < 0 && errno == EINTR);
  return sent;
}

}  // namespace

base::Expected<Endpoint, base::UserError> parse_endpoint(const std::string& text) {
  const auto refused = [&] {
    return base::Unexpected(
        base::UserError{"--to", "expected an IPv4 address and a port, came '" + text + "'",
                        "for example 127.0.0.1:2055"});
  };
  const std::size_t colon = text.rfind(':');
  if (colon == std::string::npos) return refused();
  const auto address = flow::parse_address(text.substr(0, colon));
  if (!address || !address->is_v4()) return refused();

  std::uint16_t port = 0;
  const char* end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data() + colon + 1, end, port);
  if (error != std::errc{} || rest != end || port == 0) return refused();
  return Endpoint{address->as_v4(), port};
}

base::Expected<std::unique_ptr<UdpOutlet>, base::IoError> UdpOutlet::open(
    const flow::Address& source, const Endpoint& target) {
  const int socket = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (socket < 0) return base::Unexpected(base::IoError{"socket", "udp", errno, ""});

  std::unique_ptr<UdpOutlet> outlet(new UdpOutlet(socket, target));
  const sockaddr_in own = to_sockaddr(source.as_v4(), 0);
  // NOLINTNEXTLINE(cppcoreguidelines-pro-type-reinterpret-cast): the sockets API's own idiom.
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&own), sizeof(own)) != 0) {
    return base::Unexpected(base::IoError{"bind", flow::to_text(source), errno, ""});
  }
  return outlet;
}

UdpOutlet::~UdpOutlet() {
  ::close(socket_);
}

std::size_t UdpOutlet::send(std::span<const Octets> datagrams, base::UnixMs) {
  const sockaddr_in target = to_sockaddr(target_.address, target_.port);
  std::size_t sent = 0;
  while (sent < datagrams.size()) {
    const std::size_t burst = std::min(kBurstMax, datagrams.size() - sent);
    const int taken = send_burst(socket_, datagrams.subspan(sent, burst), target);
    if (taken <= 0) break;
    sent += static_cast<std::size_t>(taken);
  }
  return sent;
}

base::Expected<std::shared_ptr<PcapFile>, base::IoError> PcapFile::create(const std::string& path) {
  std::FILE* opened = std::fopen(path.c_str(), "wbe");
  if (opened == nullptr) return base::Unexpected(base::IoError{"create", path, errno, ""});

  std::shared_ptr<PcapFile> file(new PcapFile(opened));
  Octets header;
  wire::ByteWriter out(header);
  wire::put_capture_header(out);
  if (std::fwrite(header.data(), header.size(), 1, opened) != 1) {
    return base::Unexpected(base::IoError{"write", path, errno, ""});
  }
  return file;
}

PcapFile::~PcapFile() {
  std::fclose(file_);
}

bool PcapFile::write(const Octets& record) {
  return std::fwrite(record.data(), record.size(), 1, file_) == 1;
}

std::size_t PcapOutlet::send(std::span<const Octets> datagrams, base::UnixMs now) {
  std::size_t written = 0;
  for (const Octets& datagram : datagrams) {
    Octets record;
    wire::ByteWriter out(record);
    wire::put_captured_datagram(out, {source_.as_v4(), target_.port},
                                {target_.address, target_.port}, datagram, now);
    if (!file_->write(record)) break;
    ++written;
  }
  return written;
}

}  // namespace generator
