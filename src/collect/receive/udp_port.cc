#include "collect/receive/udp_port.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <linux/filter.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <ctime>
#include <utility>

#include "collect/receive/port_holder.h"
#include "state/socket_address.h"

namespace collect {
namespace {

void set_option(int descriptor, int level, int name, int value) {
  ::setsockopt(descriptor, level, name, &value, sizeof(value));
}

}  // namespace

ReceiveSlots::ReceiveSlots()
    : octets_(std::make_unique_for_overwrite<std::byte[]>(kSlots * kSlotOctets)) {
  for (std::size_t i = 0; i < kSlots; ++i) {
    pieces_[i] = {octets_.get() + i * kSlotOctets, kSlotOctets};
    messages_[i].msg_hdr.msg_iov = &pieces_[i];
    messages_[i].msg_hdr.msg_iovlen = 1;
    messages_[i].msg_hdr.msg_name = &senders_[i];
    messages_[i].msg_hdr.msg_control = controls_[i].data();
  }
  datagrams_.reserve(kSlots);
}

// recvmmsg overwrites the lengths with what it filled.
void ReceiveSlots::prepare() {
  for (mmsghdr& message : messages_) {
    message.msg_hdr.msg_namelen = sizeof(sockaddr_storage);
    message.msg_hdr.msg_controllen = kControlOctets;
  }
  datagrams_.clear();
}

UdpPort::~UdpPort() {
  if (descriptor_ >= 0) ::close(descriptor_);
}

UdpPort::UdpPort(UdpPort&& other) noexcept
    : endpoint_(other.endpoint_),
      buffer_octets_(other.buffer_octets_),
      descriptor_(std::exchange(other.descriptor_, -1)),
      bound_(other.bound_),
      problem_(std::move(other.problem_)),
      holder_(std::move(other.holder_)),
      datagrams_(other.datagrams_),
      octets_(other.octets_),
      kernel_drops_(other.kernel_drops_),
      truncated_(other.truncated_),
      granted_octets_(other.granted_octets_) {}

base::Expected<void, base::IoError> UdpPort::open() {
  holder_.clear();
  auto bound = bind_socket();
  if (!bound) {
    problem_ = base::to_text(bound.error());
    return base::Unexpected(std::move(bound.error()));
  }
  descriptor_ = *bound;
  problem_.clear();
  sockaddr_storage name{};
  socklen_t length = sizeof(name);
  ::getsockname(descriptor_, state::as_sockaddr(name), &length);
  bound_ = {endpoint_.address, state::endpoint_of(name).port};
  set_options(descriptor_);
  return {};
}

base::Expected<int, base::IoError> UdpPort::bind_socket() {
  socklen_t length = 0;
  const auto address = state::socket_address(endpoint_, length);
  auto bound = bind_to(address, length);
  const bool has_no_v6 = !bound && bound.error().errno_value == EAFNOSUPPORT;
  if (has_no_v6 && endpoint_.address == flow::Address{}) {
    const auto v4 = state::socket_address({flow::Address::v4(0), endpoint_.port}, length);
    bound = bind_to(v4, length);
  }
  if (!bound && bound.error().errno_value == EADDRINUSE) {
    holder_ = find_udp_port_holder(endpoint_.port).value_or("");
    if (!holder_.empty()) bound.error().detail = fmt::format("held by {}", holder_);
  }
  return bound;
}

base::Expected<int, base::IoError> UdpPort::bind_to(const sockaddr_storage& address,
                                                    socklen_t length) {
  const auto failed = [&](const char* operation, int problem) {
    return base::Unexpected(
        base::IoError{operation, fmt::format("UDP {}", state::to_text(endpoint_)), problem, ""});
  };
  const int descriptor =
      ::socket(address.ss_family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);
  if (descriptor < 0) return failed("open", errno);
  if (address.ss_family == AF_INET6) {
    const bool takes_v4_too = endpoint_.address == flow::Address{};
    set_option(descriptor, IPPROTO_IPV6, IPV6_V6ONLY, takes_v4_too ? 0 : 1);
  }
  if (::bind(descriptor, state::as_sockaddr(address), length) != 0) {
    const int problem = errno;
    ::close(descriptor);
    return failed("bind", problem);
  }
  return descriptor;
}

void UdpPort::set_options(int descriptor) {
  const int wanted = static_cast<int>(buffer_octets_);
  if (::setsockopt(descriptor, SOL_SOCKET, SO_RCVBUFFORCE, &wanted, sizeof(wanted)) != 0) {
    set_option(descriptor, SOL_SOCKET, SO_RCVBUF, wanted);
  }
  int granted = 0;
  socklen_t length = sizeof(granted);
  ::getsockopt(descriptor, SOL_SOCKET, SO_RCVBUF, &granted, &length);
  granted_octets_ = static_cast<std::uint32_t>(granted) / 2;  // the kernel doubles what it is told
  set_option(descriptor, SOL_SOCKET, SO_RXQ_OVFL, 1);
  set_option(descriptor, SOL_SOCKET, SO_TIMESTAMPNS, 1);
}

std::span<const Datagram> UdpPort::receive(ReceiveSlots& slots, base::UnixNs now_ns) {
  slots.prepare();
  const int count =
      ::recvmmsg(descriptor_, slots.messages_.data(), ReceiveSlots::kSlots, MSG_DONTWAIT, nullptr);
  // No datagram, or an error that an ICMP message left: neither ends the port.
  for (int i = 0; i < count; ++i) {
    slots.datagrams_.push_back(read_slot(slots, static_cast<std::size_t>(i), now_ns));
  }
  return slots.datagrams_;
}

Datagram UdpPort::read_slot(ReceiveSlots& slots, std::size_t index, base::UnixNs now_ns) {
  mmsghdr& message = slots.messages_[index];
  Datagram datagram;
  const auto sender = state::endpoint_of(slots.senders_[index]);
  datagram.exporter = sender.address;
  datagram.exporter_port = sender.port;
  datagram.local_port = bound_.port;
  datagram.received_ns = now_ns;
  datagram.payload = {slots.octets_.get() + index * ReceiveSlots::kSlotOctets, message.msg_len};
  for (cmsghdr* control = CMSG_FIRSTHDR(&message.msg_hdr); control != nullptr;
       control = CMSG_NXTHDR(&message.msg_hdr, control)) {
    if (control->cmsg_level != SOL_SOCKET) continue;
    if (control->cmsg_type == SCM_TIMESTAMPNS) {
      timespec time{};
      std::memcpy(&time, CMSG_DATA(control), sizeof(time));
      datagram.received_ns = time.tv_sec * (base::kNsPerMs * base::kMsPerSecond) + time.tv_nsec;
    } else if (control->cmsg_type == SO_RXQ_OVFL) {
      std::uint32_t drops = 0;  // since the socket was opened
      std::memcpy(&drops, CMSG_DATA(control), sizeof(drops));
      kernel_drops_ = drops;
    }
  }
  ++datagrams_;
  octets_ += datagram.payload.size();
  if ((message.msg_hdr.msg_flags & MSG_TRUNC) != 0) ++truncated_;
  return datagram;
}

void UdpPort::let_no_more_in() const {
  sock_filter takes_nothing{BPF_RET | BPF_K, 0, 0, 0};
  const sock_fprog program{1, &takes_nothing};
  ::setsockopt(descriptor_, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof(program));
}

void UdpPort::count_drops() {
  std::array<std::uint32_t, SK_MEMINFO_VARS> facts{};
  socklen_t length = sizeof(facts);
  if (::getsockopt(descriptor_, SOL_SOCKET, SO_MEMINFO, facts.data(), &length) != 0) return;
  kernel_drops_ = std::max<std::uint64_t>(kernel_drops_, facts[SK_MEMINFO_DROPS]);
}

flow::PortView UdpPort::view() const {
  return {.address = state::to_text(is_bound() ? bound_ : endpoint_),
          .bound = is_bound(),
          .problem = problem_,
          .holder = holder_,
          .datagrams = datagrams_,
          .octets = octets_,
          .kernel_drops = kernel_drops_,
          .truncated = truncated_,
          .receive_buffer_octets = granted_octets_};
}

}  // namespace collect
