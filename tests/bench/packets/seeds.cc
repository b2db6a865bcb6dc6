#include "seeds.h"

#include <cstdio>
#include <filesystem>
#include <vector>

#include "wire/packet/testing_packets.h"

namespace packets {
namespace {

using namespace wire::testing;  // NOLINT(google-build-using-namespace): the packets' words

struct Seed {
  const char* name;
  std::uint16_t link_type;
  Octets frame;
};

std::vector<Seed> seeds() {
  const Octets v4 = ipv4({}, udp(1'000, 53, 10));
  const Octets v6 = ipv6({.next_header = 6}, tcp(2'000, 443, 2));
  return {
      {"udp4", 1, ethernet(kTypeIpv4, v4)},
      {"tcp6", 1, ethernet(kTypeIpv6, v6)},
      {"icmp4", 1, ethernet(kTypeIpv4, ipv4({.protocol = 1}, icmp(8, 0)))},
      {"options4", 1, ethernet(kTypeIpv4, ipv4({.option_words = 3}, udp(1, 2)))},
      {"qinq", 1, ethernet(0x88a8, vlan(7, 0x8100, vlan(5, kTypeIpv4, v4)))},
      {"pppoe", 1, ethernet(0x8864, pppoe(0x0057, v6))},
      {"mpls", 1, ethernet(0x8847, mpls(v4))},
      {"snap", 1, ethernet(68, words({0xaaaa, 0x0300, 0, kTypeIpv4}, v4))},
      {"ppp", 9, words({0x0021}, v4)},
      {"hdlc", 104, words({0x0f00, kTypeIpv6}, v6)},
      {"cooked", 113, words({0, 1, 6, 0, 0, 0, 0, kTypeIpv4}, v4)},
      {"cooked2", 276, words({kTypeIpv6, 0, 0, 0, 0, 0, 0, 0, 0, 0}, v6)},
      {"loopback", 0, words({0x0200, 0}, v4)},
      {"raw", 101, v6},
      {"extensions", 101,
       ipv6({.next_header = 0},
            extension(43, extension(60, extension(51, extension(17, udp(1, 2), true)))))},
      {"fragment4", 101, ipv4({.flags_and_offset = 0x2000}, udp(1, 2, 40))},
      {"fragment6", 101, ipv6({.next_header = 44}, fragment(17, 8, false, Octets(16)))},
  };
}

}  // namespace

bool write_seeds(const std::string& folder) {
  for (const Seed& seed : seeds()) {
    const Octets octets = words({seed.link_type}, seed.frame);
    std::FILE* file = std::fopen((std::filesystem::path(folder) / seed.name).c_str(), "wbe");
    if (file == nullptr) return false;
    const bool is_written = std::fwrite(octets.data(), octets.size(), 1, file) == 1;
    if (std::fclose(file) != 0 || !is_written) return false;
  }
  return true;
}

}  // namespace packets
