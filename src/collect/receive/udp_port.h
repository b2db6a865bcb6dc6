#pragma once

#include <sys/socket.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "base/result.h"
#include "collect/datagram.h"
#include "flow/exporter_view.h"
#include "state/setting_values.h"

namespace collect {

// Room for the datagrams of one recvmmsg call, shared by all ports of a receive thread.
class ReceiveSlots {
 public:
  static constexpr std::size_t kSlots = 64;
  static constexpr std::size_t kSlotOctets = 65'536;  // no UDP payload is longer

  ReceiveSlots();
  ReceiveSlots(const ReceiveSlots&) = delete;
  ReceiveSlots& operator=(const ReceiveSlots&) = delete;

 private:
  friend class UdpPort;
  static constexpr std::size_t kControlOctets = 128;  // a time and a drop count

  void prepare();

  std::unique_ptr<std::byte[]> octets_;  // touched by the kernel only as far as datagrams reach
  std::array<mmsghdr, kSlots> messages_{};
  std::array<iovec, kSlots> pieces_{};
  std::array<sockaddr_storage, kSlots> senders_{};
  std::array<std::array<char, kControlOctets>, kSlots> controls_{};
  std::vector<Datagram> datagrams_;
};

// One UDP port to receive on: bound, or waiting to be. Never shares its port (no SO_REUSEPORT,
// which would hide that another process has it).
class UdpPort {
 public:
  UdpPort(state::Endpoint endpoint, std::uint64_t buffer_octets)
      : endpoint_(endpoint), buffer_octets_(buffer_octets) {}
  ~UdpPort();
  UdpPort(UdpPort&& other) noexcept;
  UdpPort& operator=(UdpPort&&) = delete;

  const state::Endpoint& endpoint() const { return endpoint_; }

  // Binds. The error names the holder where it can be known; view() keeps it.
  base::Expected<void, base::IoError> open();

  bool is_bound() const { return descriptor_ >= 0; }
  int descriptor() const { return descriptor_; }
  // The bound port, which the endpoint's 0 leaves to the kernel.
  std::uint16_t port() const { return bound_.port; }
  // What the kernel granted.
  std::uint32_t buffer_octets() const { return granted_octets_; }

  // Takes what waits in the socket, at most ReceiveSlots::kSlots datagrams. Valid until the next
  // call with these slots. `now_ns` stands in where the kernel gives no time of receipt.
  std::span<const Datagram> receive(ReceiveSlots& slots, base::UnixNs now_ns);

  // For a port that is to go. From here on the kernel drops what comes; what waits can still be
  // received.
  void let_no_more_in() const;
  // Counts all that the kernel has dropped: else its count comes with the next datagram.
  void count_drops();

  flow::PortView view() const;

 private:
  base::Expected<int, base::IoError> bind_socket();
  base::Expected<int, base::IoError> bind_to(const sockaddr_storage& address, socklen_t length);
  void set_options(int descriptor);
  Datagram read_slot(ReceiveSlots& slots, std::size_t index, base::UnixNs now_ns);

  state::Endpoint endpoint_;
  std::uint64_t buffer_octets_;
  int descriptor_ = -1;
  state::Endpoint bound_;
  std::string problem_;
  std::string holder_;
  std::uint64_t datagrams_ = 0;
  std::uint64_t octets_ = 0;
  std::uint64_t kernel_drops_ = 0;
  std::uint64_t truncated_ = 0;
  std::uint32_t granted_octets_ = 0;
};

}  // namespace collect
