#include "wire/packet/udp.h"

#include <algorithm>
#include <iterator>

#include "wire/packet/link.h"

namespace wire {
namespace {

constexpr std::size_t kHeaderSize = 8;
constexpr std::size_t kPacketMax = 65'535;

std::optional<UdpDatagram> parse_udp(const IpPacket& packet, ByteView segment) {
  ByteReader reader(segment);
  const auto header = reader.take<kHeaderSize>();
  if (!header) return std::nullopt;
  // 0 in a jumbogram, and in what a network card was to cut: then all that is there.
  const std::size_t said = load_be<std::uint16_t, 4>(*header);
  const std::size_t octets =
      said < kHeaderSize ? reader.remaining() : std::min(said - kHeaderSize, reader.remaining());
  return UdpDatagram{packet.src, packet.dst, load_be<std::uint16_t, 0>(*header),
                     load_be<std::uint16_t, 2>(*header), reader.rest().first(octets)};
}

}  // namespace

std::optional<UdpDatagram> UdpReader::take(std::uint16_t link_type, ByteView frame) {
  const auto link = parse_link(link_type, frame);
  if (!link) return std::nullopt;
  const auto packet = parse_ip(link->packet);
  if (!packet || packet->protocol != kProtocolUdp) return std::nullopt;
  if (!packet->fragment) return parse_udp(*packet, packet->payload);
  // What is joined has headers in front, which no exporter's datagram needs.
  if (packet->fragment->has_more_headers) return std::nullopt;
  const auto segment = join(*packet);
  if (!segment) return std::nullopt;
  return parse_udp(*packet, *segment);
}

std::optional<ByteView> UdpReader::join(const IpPacket& packet) {
  const IpFragment& fragment = *packet.fragment;
  const std::size_t end = fragment.offset + packet.payload.size();
  Waiting& waiting = waiting_for(packet);
  if (end > kPacketMax || waiting.pieces.size() >= kMaxFragments) {
    ++given_up_;
    return std::nullopt;
  }
  if (fragment.is_last) waiting.length = end;
  const auto place = std::ranges::lower_bound(waiting.pieces, fragment.offset, {}, &Piece::offset);
  // One that came before is not overwritten: a repeated fragment says the same.
  if (place == waiting.pieces.end() || place->offset != fragment.offset) {
    waiting.pieces.insert(place,
                          Piece{fragment.offset, {packet.payload.begin(), packet.payload.end()}});
  }
  if (!is_complete(waiting)) return std::nullopt;

  joined_.clear();
  for (const Piece& piece : waiting.pieces) {
    joined_.resize(piece.offset);  // an overlap: the later piece's octets stand
    joined_.insert(joined_.end(), piece.octets.begin(), piece.octets.end());
  }
  joined_.resize(std::min(joined_.size(), *waiting.length));
  std::erase_if(waiting_, [&](const Waiting& other) { return &other == &waiting; });
  return ByteView(joined_);
}

UdpReader::Waiting& UdpReader::waiting_for(const IpPacket& packet) {
  for (Waiting& waiting : waiting_) {
    if (waiting.src == packet.src && waiting.dst == packet.dst &&
        waiting.protocol == packet.protocol && waiting.id == packet.fragment->id) {
      return waiting;
    }
  }
  if (waiting_.size() >= kMaxWaiting) {
    waiting_.pop_front();
    ++given_up_;
  }
  return waiting_.emplace_back(
      Waiting{packet.src, packet.dst, packet.protocol, packet.fragment->id, std::nullopt, {}});
}

bool UdpReader::is_complete(const Waiting& waiting) const {
  if (!waiting.length) return false;
  std::size_t reached = 0;
  for (const Piece& piece : waiting.pieces) {
    if (piece.offset > reached) return false;
    reached = piece.offset + piece.octets.size();
  }
  return reached >= *waiting.length;
}

}  // namespace wire
