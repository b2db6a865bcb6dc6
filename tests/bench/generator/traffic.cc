#include "traffic.h"

#include <algorithm>
#include <array>
#include <cmath>

namespace generator {
namespace {

struct Service {
  std::uint16_t port;
  std::uint8_t protocol;
};
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint16_t kEchoRequest = 8 * 256;  // how exporters put ICMP into the port

// Busiest first.
constexpr auto kServices = std::to_array<Service>({
    {443, kTcp},
    {443, kUdp},
    {53, kUdp},
    {80, kTcp},
    {993, kTcp},
    {123, kUdp},
    {22, kTcp},
    {5060, kUdp},
    {kEchoRequest, kIcmp},
    {3389, kTcp},
    {25, kTcp},
    {8080, kTcp},
    {6881, kUdp},
    {1194, kUdp},
    {5222, kTcp},
});

constexpr std::int64_t kEndLagMaxMs = 15'000;
constexpr double kDurationMeanMs = 8'000;
constexpr std::int64_t kDurationMaxMs = 60'000;

constexpr flow::ColumnMask kSaid =
    bit(flow::Column::start) | bit(flow::Column::end) | bit(flow::Column::received) |
    bit(flow::Column::in_if) | bit(flow::Column::out_if) | bit(flow::Column::src) |
    bit(flow::Column::dst) | bit(flow::Column::src_port) | bit(flow::Column::dst_port) |
    bit(flow::Column::protocol) | bit(flow::Column::tos) | bit(flow::Column::tcp_flags) |
    bit(flow::Column::bytes) | bit(flow::Column::packets) | bit(flow::Column::src_as) |
    bit(flow::Column::dst_as) | bit(flow::Column::next_hop) | bit(flow::Column::src_mask) |
    bit(flow::Column::dst_mask);

// 10.20.0.0/16 and fd20::/64 hold the local hosts, 11.0.0.0/8 and up and 2001:db8::/32 the others.
flow::Address local_address(Family family, std::uint32_t host) {
  if (family == Family::IPv6) return {0xfd20'0000'0000'0000, host + 1};
  return flow::Address::v4(0x0a14'0000 + host + 1);
}

flow::Address remote_address(Family family, std::uint32_t host) {
  constexpr std::uint32_t kStride = 613;  // neighbours in rank are not neighbours in address
  if (family == Family::IPv6) return {0x2001'0db8'0000'0000u | host % 4096, host * kStride + 1u};
  return flow::Address::v4(0x0b00'0000 + host * kStride);
}

// 16 bits, because v5 has no more.
std::uint32_t as_number(std::uint32_t remote_host) {
  return 1 + remote_host * 2'654'435'761u % 4'000;
}

}  // namespace

Traffic::Traffic(std::uint64_t seed)
    : random_(seed),
      local_(kLocalHosts, 1.0),
      remote_(kRemoteHosts, 1.0),
      service_(kServices.size(), 1.0) {}

double Traffic::uniform() {
  return static_cast<double>(random_() >> 11) * 0x1p-53;
}

std::uint64_t Traffic::below(std::uint64_t limit) {
  return random_() % limit;
}

flow::FlowRecord Traffic::next(Family family, base::UnixMs exported) {
  flow::FlowRecord flow;
  flow.present = kSaid;
  flow.received = exported;
  flow.end = exported - static_cast<std::int64_t>(below(kEndLagMaxMs));
  const double duration_ms = -std::log(1.0 - uniform()) * kDurationMeanMs;
  flow.start = flow.end - std::min(static_cast<std::int64_t>(duration_ms), kDurationMaxMs);
  draw_ends(family, flow);
  draw_volume(flow);
  return flow;
}

void Traffic::draw_ends(Family family, flow::FlowRecord& flow) {
  const std::uint32_t local_host = local_.rank(uniform());
  const std::uint32_t remote_host = remote_.rank(uniform());
  const Service service = kServices[service_.rank(uniform())];
  const auto client_port = static_cast<std::uint16_t>(32'768 + below(28'000));
  const std::uint64_t draw = below(40);
  const bool outbound = draw % 2 == 0;

  flow.src = outbound ? local_address(family, local_host) : remote_address(family, remote_host);
  flow.dst = outbound ? remote_address(family, remote_host) : local_address(family, local_host);
  const bool icmp = service.protocol == kIcmp;
  flow.src_port = icmp ? 0 : outbound ? client_port : service.port;
  flow.dst_port = icmp || outbound ? service.port : client_port;
  flow.protocol = service.protocol;
  flow.tcp_flags = service.protocol == kTcp ? 0x1b : 0;
  flow.tos = draw < 2 ? 0xb8 : 0;
  flow.in_if = outbound ? 1 : 2;
  flow.out_if = outbound ? 2 : 1;
  flow.src_as = outbound ? 0 : as_number(remote_host);
  flow.dst_as = outbound ? as_number(remote_host) : 0;
  flow.src_mask = outbound ? 16 : 24;
  flow.dst_mask = outbound ? 24 : 16;
  flow.next_hop = outbound ? local_address(family, 65'000) : flow.dst;
}

void Traffic::draw_volume(flow::FlowRecord& flow) {
  flow.packets = 1 + static_cast<std::int64_t>(std::exp(uniform() * 6));
  flow.bytes = flow.packets * static_cast<std::int64_t>(60 + below(1'400));
}

}  // namespace generator
