#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdint>
#include <cstdio>
#include <map>
#include <random>
#include <string>
#include <vector>

#include "seeds.h"
#include "wire/bytes/byte_writer.h"
#include "wire/packet/testing_packets.h"

// Writes a capture of made-up traffic and tells its totals: what a probe must find.
namespace packets {
namespace {

using wire::testing::Octets;

constexpr std::size_t kSnapOctets = 96;
constexpr std::size_t kEthernetOctets = 14;
constexpr std::uint32_t kBeginSeconds = 1'700'000'000;
constexpr std::uint64_t kNsPerSecond = 1'000'000'000;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kTcp = 6;
constexpr std::uint8_t kUdp = 17;
constexpr std::uint8_t kIcmp6 = 58;
constexpr std::uint8_t kEchoRequest = 8;  // in ICMPv6's place too, which has no such type

struct Options {
  std::uint64_t packets = 100'000;
  std::uint32_t conversations = 2'000;
  std::uint64_t per_second = 100'000;
  std::uint32_t payload_max = 1'400;
  std::uint64_t seed = 1;
  std::string pcap;
  std::string totals;
  std::string flows;
  std::string seeds;
};

struct Sum {
  std::uint64_t packets = 0;
  std::uint64_t octets = 0;
};

struct End {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
};

// One direction of a conversation: a frame without payload, whose lengths are set per packet.
struct Direction {
  End from;
  End to;
  bool is_v6 = false;
  Octets frame;
  std::size_t length_offset = 0;    // of the IP header's length
  std::uint16_t header_octets = 0;  // counted by that length, before any payload
  std::uint16_t ip_octets = 0;      // of the packet without payload
  std::uint8_t protocol = 0;
  Sum sum;  // of what was put into the capture
};

Octets segment(std::uint8_t protocol, std::uint16_t from, std::uint16_t to) {
  if (protocol == kTcp) return wire::testing::tcp(from, to, 0x10);
  if (protocol == kUdp) return wire::testing::udp(from, to);
  return wire::testing::icmp(kEchoRequest, 0);
}

Direction direction(bool is_v6, std::uint8_t protocol, const End& from, const End& to) {
  const Octets sent = segment(protocol, from.port, to.port);
  const auto octets = static_cast<std::uint16_t>(sent.size());
  if (is_v6) {
    const Octets packet = wire::testing::ipv6(
        {.src = from.address, .dst = to.address, .next_header = protocol}, sent);
    return {.from = from,
            .to = to,
            .is_v6 = true,
            .frame = wire::testing::ethernet(wire::testing::kTypeIpv6, packet),
            .length_offset = kEthernetOctets + 4,
            .header_octets = octets,
            .ip_octets = static_cast<std::uint16_t>(40 + octets),
            .protocol = protocol,
            .sum = {}};
  }
  const Octets packet =
      wire::testing::ipv4({.src = from.address, .dst = to.address, .protocol = protocol}, sent);
  return {.from = from,
          .to = to,
          .is_v6 = false,
          .frame = wire::testing::ethernet(wire::testing::kTypeIpv4, packet),
          .length_offset = kEthernetOctets + 2,
          .header_octets = static_cast<std::uint16_t>(20 + octets),
          .ip_octets = static_cast<std::uint16_t>(20 + octets),
          .protocol = protocol,
          .sum = {}};
}

std::vector<Direction> make_directions(const Options& options, std::mt19937_64& random) {
  std::vector<Direction> directions;
  for (std::uint32_t i = 0; i < options.conversations; ++i) {
    const bool is_v6 = i % 5 == 4;
    const auto kind = random() % 100;
    std::uint8_t protocol = kind < 70 ? kTcp : kind < 97 ? kUdp : kIcmp;
    if (protocol == kIcmp && is_v6) protocol = kIcmp6;
    const End server{static_cast<std::uint32_t>(0xc633'6400 + random() % 250), 443};
    const End client{0x0a00'0000 + i, static_cast<std::uint16_t>(20'000 + random() % 40'000)};
    directions.push_back(direction(is_v6, protocol, client, server));
    directions.push_back(direction(is_v6, protocol, server, client));
  }
  return directions;
}

class Capture {
 public:
  explicit Capture(std::FILE* file) : file_(file) {
    wire::ByteWriter out(waiting_);
    out.put(std::uint32_t{0xa1b2'3c4d});  // nanoseconds
    out.put(std::uint32_t{0x0002'0004});
    out.put_zeros(8);
    out.put(static_cast<std::uint32_t>(kSnapOctets));
    out.put(std::uint32_t{1});  // Ethernet
  }
  void put(const Direction& sent, std::uint16_t payload, std::uint64_t time_ns) {
    const std::size_t frame = sent.frame.size() + payload;
    const std::size_t captured = std::min(frame, kSnapOctets);
    wire::ByteWriter out(waiting_);
    out.put(static_cast<std::uint32_t>(kBeginSeconds + time_ns / kNsPerSecond));
    out.put(static_cast<std::uint32_t>(time_ns % kNsPerSecond));
    out.put(static_cast<std::uint32_t>(captured));
    out.put(static_cast<std::uint32_t>(frame));
    const std::size_t begin = waiting_.size();
    out.put(wire::ByteView(sent.frame).first(std::min(sent.frame.size(), captured)));
    out.put_zeros(begin + captured - waiting_.size());
    out.patch_u16(begin + sent.length_offset,
                  static_cast<std::uint16_t>(sent.header_octets + payload));
    if (waiting_.size() >= kWriteOctets) write();
  }
  bool finish() {
    write();
    return std::fclose(file_) == 0 && is_well_;
  }

 private:
  static constexpr std::size_t kWriteOctets = 1 << 20;

  void write() {
    is_well_ = is_well_ && std::fwrite(waiting_.data(), waiting_.size(), 1, file_) == 1;
    waiting_.clear();
  }

  std::FILE* file_;
  Octets waiting_;
  bool is_well_ = true;
};

bool write_totals(const std::string& path, const std::vector<Direction>& directions) {
  Sum all;
  std::map<int, Sum> sums;
  std::size_t used = 0;
  for (const Direction& each : directions) {
    for (Sum* sum : {&all, &sums[each.protocol]}) {
      sum->packets += each.sum.packets;
      sum->octets += each.sum.octets;
    }
    used += each.sum.packets > 0 ? 1 : 0;
  }
  std::string protocols;
  for (const auto& [protocol, sum] : sums) {
    if (sum.packets == 0) continue;
    protocols += fmt::format("{}\"{}\":{{\"packets\":{},\"octets\":{}}}",
                             protocols.empty() ? "" : ",", protocol, sum.packets, sum.octets);
  }
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return false;
  fmt::print(file, "{{\"packets\":{},\"octets\":{},\"directions\":{},\"protocols\":{{{}}}}}\n",
             all.packets, all.octets, used, protocols);
  return std::fclose(file) == 0;
}

std::string address_text(bool is_v6, std::uint32_t address) {
  if (is_v6) return fmt::format("2001:db8::{:x}:{:x}", address >> 16, address & 0xffff);
  return fmt::format("{}.{}.{}.{}", address >> 24, address >> 16 & 0xff, address >> 8 & 0xff,
                     address & 0xff);
}

// One line a direction: the 5-tuple, without ports for ICMP, and its sum.
bool write_flows(const std::string& path, const std::vector<Direction>& directions) {
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return false;
  fmt::print(file, "src,src_port,dst,dst_port,protocol,bytes,packets\n");
  for (const Direction& each : directions) {
    if (each.sum.packets == 0) continue;
    const bool is_icmp = each.protocol == kIcmp || each.protocol == kIcmp6;
    fmt::print(file, "{},{},{},{},{},{},{}\n", address_text(each.is_v6, each.from.address),
               is_icmp ? 0 : each.from.port, address_text(each.is_v6, each.to.address),
               is_icmp ? 0 : each.to.port, each.protocol, each.sum.octets, each.sum.packets);
  }
  return std::fclose(file) == 0;
}

int run(const Options& options) {
  if (!options.seeds.empty() && !write_seeds(options.seeds)) return 3;
  if (options.pcap.empty()) return 0;
  std::FILE* file = std::fopen(options.pcap.c_str(), "wbe");
  if (file == nullptr) return 3;
  std::mt19937_64 random(options.seed);
  auto directions = make_directions(options, random);
  Capture capture(file);
  for (std::uint64_t i = 0; i < options.packets; ++i) {
    Direction& sent = directions[random() % directions.size()];
    const auto payload = static_cast<std::uint16_t>(random() % options.payload_max);
    capture.put(sent, payload, i * kNsPerSecond / options.per_second);
    ++sent.sum.packets;
    sent.sum.octets += std::uint64_t{sent.ip_octets} + payload;
  }
  if (!capture.finish()) return 3;
  if (!options.totals.empty() && !write_totals(options.totals, directions)) return 3;
  return options.flows.empty() || write_flows(options.flows, directions) ? 0 : 3;
}

}  // namespace
}  // namespace packets

int main(int argc, char** argv) {
  CLI::App app{"weir-packets writes a capture whose totals it tells"};
  packets::Options options;
  app.add_option("--packets", options.packets, "how many")->capture_default_str();
  app.add_option("--conversations", options.conversations, "that go on side by side")
      ->check(CLI::Range(1, 1 << 24))
      ->capture_default_str();
  app.add_option("--per-second", options.per_second, "by the capture's clock")
      ->check(CLI::Range(1, 100'000'000))
      ->capture_default_str();
  app.add_option("--payload-max", options.payload_max,
                 "octets of payload are fewer; of a frame, 96 are captured")
      ->check(CLI::Range(1, 1'400))
      ->capture_default_str();
  app.add_option("--seed", options.seed, "same seed, same packets")->capture_default_str();
  app.add_option("--pcap", options.pcap, "file for the capture");
  app.add_option("--totals", options.totals, "file for its totals by protocol, JSON");
  app.add_option("--flows", options.flows, "file for its totals by 5-tuple, CSV");
  app.add_option("--seeds", options.seeds, "folder for frames of each kind, for fuzzing");
  CLI11_PARSE(app, argc, argv);
  return packets::run(options);
}
