#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "base/result.h"
#include "flow/address.h"
#include "state/setting_values.h"
#include "wire/bytes/byte_reader.h"

namespace weir {

// "HOST:PORT" or "[ADDRESS]:PORT", a name looked up; its first address.
base::Expected<state::Endpoint, base::UserError> find_receiver(const std::string& text);

// Sends datagrams to one place, waiting while the machine's own queue is full.
class UdpSender {
 public:
  // `source`: the address of this machine that they come from; empty: the system chooses.
  static base::Expected<UdpSender, base::IoError> open(const state::Endpoint& to,
                                                       std::optional<flow::Address> source = {});
  UdpSender(UdpSender&& other) noexcept;
  UdpSender& operator=(UdpSender&&) = delete;
  ~UdpSender();

  // False: this one could not be sent.
  bool send(wire::ByteView datagram);
  // How often the other machine said that nobody listens there (ICMP).
  std::uint64_t refused() const { return refused_; }

 private:
  explicit UdpSender(int descriptor) : descriptor_(descriptor) {}

  int descriptor_;
  std::uint64_t refused_ = 0;
};

}  // namespace weir
