#include "probe/exporter/outlet.h"

#include <netdb.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <thread>
#include <vector>

#include "wire/packet/datagram_capture.h"

namespace probe {
namespace {

constexpr std::uint32_t kLoopback = 0x7f00'0001;
constexpr std::uint16_t kCapturedPort = 2'055;
constexpr std::int64_t kNsPerSecond = 1'000'000'000;

base::UserError wrong_target(const std::string& target, std::string what) {
  return {"--to " + target, std::move(what), "HOST:PORT, or a file whose name ends in .pcap"};
}

struct HostAndPort {
  std::string host;
  std::string port;
};

base::Expected<HostAndPort, base::UserError> split(const std::string& target) {
  const std::size_t colon = target.rfind(':');
  if (colon == std::string::npos || colon == 0 || colon + 1 == target.size()) {
    return base::Unexpected(wrong_target(target, "expected a host and a port"));
  }
  std::string host = target.substr(0, colon);
  if (host.front() == '[' && host.back() == ']') {
    host = host.substr(1, host.size() - 2);
  } else if (host.find(':') != std::string::npos) {
    return base::Unexpected(wrong_target(target, "an IPv6 address stands in brackets"));
  }
  return HostAndPort{std::move(host), target.substr(colon + 1)};
}

std::int64_t steady_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

}  // namespace

base::Expected<std::unique_ptr<UdpOutlet>, base::UserError> UdpOutlet::open(
    const std::string& target) {
  const auto named = split(target);
  if (!named) return base::Unexpected(named.error());
  addrinfo wanted{};
  wanted.ai_family = AF_UNSPEC;
  wanted.ai_socktype = SOCK_DGRAM;
  addrinfo* list = nullptr;
  const int failed = ::getaddrinfo(named->host.c_str(), named->port.c_str(), &wanted, &list);
  if (failed != 0) return base::Unexpected(wrong_target(target, ::gai_strerror(failed)));
  const std::unique_ptr<addrinfo, decltype(&::freeaddrinfo)> found(list, &::freeaddrinfo);

  int last_error = 0;
  for (const addrinfo* each = list; each != nullptr; each = each->ai_next) {
    const int socket = ::socket(each->ai_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
    if (socket >= 0 && ::connect(socket, each->ai_addr, each->ai_addrlen) == 0) {
      return std::unique_ptr<UdpOutlet>(new UdpOutlet(socket));
    }
    last_error = errno;
    if (socket >= 0) ::close(socket);
  }
  return base::Unexpected(
      wrong_target(target, to_text(base::IoError{"connect", target, last_error, ""})));
}

UdpOutlet::~UdpOutlet() {
  ::close(socket_);
}

Outlet::Sent UdpOutlet::send(wire::ByteView datagram, std::size_t, base::UnixMs) {
  Sent sent;
  while (true) {
    if (::send(socket_, datagram.data(), datagram.size(), 0) >= 0) {
      sent.is_sent = true;
      return sent;
    }
    if (errno == EINTR) continue;
    // A refusal is told at the next sending, which does not take place: once more.
    if (errno == ECONNREFUSED && !sent.is_refused) {
      sent.is_refused = true;
      continue;
    }
    sent.errno_value = errno;
    return sent;
  }
}

base::Expected<std::shared_ptr<DatagramFile>, base::IoError> DatagramFile::create(
    const std::string& path) {
  std::FILE* opened = std::fopen(path.c_str(), "wbe");
  if (opened == nullptr) return base::Unexpected(base::IoError{"create", path, errno, ""});
  std::shared_ptr<DatagramFile> file(new DatagramFile(opened));
  std::vector<std::byte> header;
  wire::ByteWriter out(header);
  wire::put_capture_header(out);
  if (std::fwrite(header.data(), header.size(), 1, opened) != 1) {
    return base::Unexpected(base::IoError{"write", path, errno, ""});
  }
  return file;
}

DatagramFile::~DatagramFile() {
  std::fclose(file_);
}

bool DatagramFile::write(wire::ByteView datagram, base::UnixMs now) {
  std::vector<std::byte> record;
  wire::ByteWriter out(record);
  wire::put_captured_datagram(out, {kLoopback, kCapturedPort}, {kLoopback, kCapturedPort}, datagram,
                              now);
  const std::lock_guard lock(mutex_);
  return std::fwrite(record.data(), record.size(), 1, file_) == 1;
}

bool DatagramFile::flush() {
  const std::lock_guard lock(mutex_);
  return std::fflush(file_) == 0;
}

Outlet::Sent FileOutlet::send(wire::ByteView datagram, std::size_t, base::UnixMs now) {
  if (file_->write(datagram, now)) return {.is_sent = true};
  return {.errno_value = errno};
}

Outlet::Sent PacedOutlet::send(wire::ByteView datagram, std::size_t flows, base::UnixMs now) {
  const auto rate = static_cast<std::int64_t>(flows_per_second_.load(std::memory_order_relaxed));
  if (rate == 0) return outlet_->send(datagram, flows, now);
  const std::int64_t present_ns = steady_ns();
  if (next_ns_ > present_ns) {
    std::this_thread::sleep_for(std::chrono::nanoseconds(next_ns_ - present_ns));
  }
  next_ns_ =
      std::max(next_ns_, present_ns) + static_cast<std::int64_t>(flows) * kNsPerSecond / rate;
  return outlet_->send(datagram, flows, now);
}

}  // namespace probe
