#pragma once

#include <cstdint>

#include "base/clock.h"
#include "flow/address.h"

namespace demo {

// What the made-up devices are used for. Names are those by which Weir knows the ports.
enum class App : std::uint8_t {
  Dns,
  Https,
  Imaps,
  Ipp,
  Mqtts,
  Ntp,
  Quic,
  Smb,
  Ssh,
  Steam,
  Stun,
  Xmpp
};
inline constexpr std::size_t kAppCount = 12;

struct AppSpec {
  const char* name;
  std::uint8_t protocol;
  std::uint16_t port;
};
inline constexpr std::uint8_t kTcp = 6;
inline constexpr std::uint8_t kUdp = 17;

constexpr AppSpec spec(App app) {
  constexpr AppSpec kSpecs[kAppCount] = {
      {"dns", kUdp, 53},     {"https", kTcp, 443},   {"imaps", kTcp, 993}, {"ipp", kTcp, 631},
      {"mqtts", kTcp, 8883}, {"ntp", kUdp, 123},     {"quic", kUdp, 443},  {"smb", kTcp, 445},
      {"ssh", kTcp, 22},     {"steam", kUdp, 27015}, {"stun", kUdp, 3478}, {"xmpp", kTcp, 5223}};
  return kSpecs[static_cast<std::size_t>(app)];
}

// One direction of a conversation, as far as a report tells of it.
struct Flow {
  base::UnixMs start = 0;
  base::UnixMs end = 0;
  flow::Address src = {};
  flow::Address dst = {};
  std::uint16_t src_port = 0;
  std::uint16_t dst_port = 0;
  std::int64_t bytes = 0;
  std::int64_t packets = 0;
  std::uint8_t tcp_flags = 0;
  App app = App::Https;

  bool operator==(const Flow&) const = default;
};

}  // namespace demo
