#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "wire/packet/ip.h"

namespace wire {

struct UdpDatagram {
  IpAddress src;
  IpAddress dst;
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  ByteView payload;
};

// Takes UDP datagrams out of captured frames, joining IP fragments.
//
// Bounded: kMaxWaiting packets wait for fragments at a time, the oldest goes first, each of at most
// 64 KiB in kMaxFragments pieces.
class UdpReader {
 public:
  static constexpr std::size_t kMaxWaiting = 64;
  static constexpr std::size_t kMaxFragments = 128;

  // The datagram that this frame is or completes. Its payload is valid until the next call and as
  // long as the frame.
  std::optional<UdpDatagram> take(std::uint16_t link_type, ByteView frame);

  // Packets given up before their last fragment came, and fragments that fit nowhere.
  std::uint64_t given_up() const { return given_up_; }

 private:
  struct Piece {
    std::uint32_t offset;
    std::vector<std::byte> octets;
  };
  struct Waiting {
    IpAddress src;
    IpAddress dst;
    std::uint8_t protocol;
    std::uint32_t id;
    std::optional<std::size_t> length;  // known once the last fragment came
    std::vector<Piece> pieces;          // in the order of their offsets
  };

  // The whole payload once no piece is missing; it lies in joined_.
  std::optional<ByteView> join(const IpPacket& packet);
  Waiting& waiting_for(const IpPacket& packet);
  bool is_complete(const Waiting& waiting) const;

  std::deque<Waiting> waiting_;
  std::vector<std::byte> joined_;
  std::uint64_t given_up_ = 0;
};

}  // namespace wire
