#include "know/syslog_port.h"

#include <fmt/format.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "base/result.h"
#include "know/text_table.h"
#include "state/socket_address.h"

namespace know {

SyslogPort::~SyslogPort() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

void SyslogPort::open() {
  if (descriptor_ >= 0) return;
  const auto failed = [this](const char* operation) {
    const auto target = fmt::format("UDP {} for syslog", state::to_text(endpoint_));
    problem_ = base::to_text(base::IoError{operation, target, errno, ""});
    if (descriptor_ >= 0) ::close(descriptor_);
    descriptor_ = -1;
  };
  socklen_t length = 0;
  auto address = state::socket_address(endpoint_, length);
  const bool is_everywhere = endpoint_.address == flow::Address{};
  descriptor_ = ::socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  if (descriptor_ < 0 && errno == EAFNOSUPPORT && is_everywhere) {
    address = state::socket_address({flow::Address::v4(0), endpoint_.port}, length);
    descriptor_ = ::socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  }
  if (descriptor_ < 0) return failed("open");
  if (address.ss_family == AF_INET6) {
    const int only = is_everywhere ? 0 : 1;
    ::setsockopt(descriptor_, IPPROTO_IPV6, IPV6_V6ONLY, &only, sizeof(only));
  }
  if (::bind(descriptor_, state::as_sockaddr(address), length) != 0) return failed("bind");
  problem_.clear();
}

bool SyslogPort::takes(const flow::Address& sender, const LocalNetworks& local) const {
  const bool is_own = sender == flow::Address{0, 1} ||  // ::1
                      (sender.is_v4() && sender.as_v4() >> 24 == 127);
  if (senders_.empty()) return is_own || local.is_local(sender);
  return std::ranges::any_of(
      senders_, [&](const flow::Network& network) { return network.contains(sender); });
}

void SyslogPort::receive(const LocalNetworks& local, base::UnixMs now, const Take& take,
                         const std::function<void()>& cut) {
  if (descriptor_ < 0) return;
  std::array<char, kDatagramOctetsMax> octets{};
  for (std::size_t i = 0; i < kDatagramsMax; ++i) {
    sockaddr_storage from{};
    socklen_t length = sizeof(from);
    // MSG_TRUNC: the length it had, though less of it is read.
    const auto count = ::recvfrom(descriptor_, octets.data(), octets.size(),
                                  MSG_DONTWAIT | MSG_TRUNC, state::as_sockaddr(from), &length);
    if (count < 0 && errno == EINTR) continue;
    if (count < 0) return;
    const flow::Address sender = state::endpoint_of(from).address;
    if (!takes(sender, local)) {
      ++counts_.refused;
      counts_.last_refused = sender;
      continue;
    }
    ++counts_.datagrams;
    counts_.last_at = now;
    if (static_cast<std::size_t>(count) > octets.size()) {
      cut();
      continue;
    }
    for_each_line({octets.data(), static_cast<std::size_t>(count)},
                  [&](std::uint32_t, std::string_view line) { take(line); });
  }
}

}  // namespace know
