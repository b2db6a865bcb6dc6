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

struct Options {
  std::uint64_t packets = 100'000;
  std::uint32_t conversations = 2'000;
  std::uint64_t per_second = 100'000;
  std::uint64_t seed = 1;
  std::string pcap;
  std::string totals;
  std::string seeds;
};

struct Sum {
  std::uint64_t packets = 0;
  std::uint64_t octets = 0;
};

// One direction of a conversation: a frame without payload, whose lengths are set per packet.
struct Direction {
  Octets frame;
  std::size_t length_offset = 0;    // of the IP header's length
  std::uint16_t header_octets = 0;  // counted by that length, before any payload
  std::uint16_t ip_octets = 0;      // of the packet without payload
  std::uint8_t protocol = 0;
};

struct End {
  std::uint32_t address = 0;
  std::uint16_t port = 0;
};

Octets segment(std::uint8_t protocol, std::uint16_t from, std::uint16_t to) {
  if (protocol == 6) return wire::testing::tcp(from, to, 0x10);
  if (protocol == 17) return wire::testing::udp(from, to);
  return wire::testing::icmp(8, 0);
}

Direction direction(bool is_v6, std::uint8_t protocol, const End& from, const End& to) {
  const Octets sent = segment(protocol, from.port, to.port);
  const auto octets = static_cast<std::uint16_t>(sent.size());
  if (is_v6) {
    const Octets packet = wire::testing::ipv6(
        {.src = from.address, .dst = to.address, .next_header = protocol}, sent);
    return {.frame = wire::testing::ethernet(wire::testing::kTypeIpv6, packet),
            .length_offset = kEthernetOctets + 4,
            .header_octets = octets,
            .ip_octets = static_cast<std::uint16_t>(40 + octets),
            .protocol = protocol};
  }
  const Octets packet =
      wire::testing::ipv4({.src = from.address, .dst = to.address, .protocol = protocol}, sent);
  return {.frame = wire::testing::ethernet(wire::testing::kTypeIpv4, packet),
          .length_offset = kEthernetOctets + 2,
          .header_octets = static_cast<std::uint16_t>(20 + octets),
          .ip_octets = static_cast<std::uint16_t>(20 + octets),
          .protocol = protocol};
}

std::vector<Direction> make_directions(const Options& options, std::mt19937_64& random) {
  std::vector<Direction> directions;
  for (std::uint32_t i = 0; i < options.conversations; ++i) {
    const bool is_v6 = i % 5 == 4;
    const auto kind = random() % 100;
    std::uint8_t protocol = kind < 70 ? 6 : kind < 97 ? 17 : 1;
    if (protocol == 1 && is_v6) protocol = 58;
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

bool write_totals(const std::string& path, const std::map<int, Sum>& sums, std::size_t flows) {
  Sum all;
  std::string protocols;
  for (const auto& [protocol, sum] : sums) {
    all.packets += sum.packets;
    all.octets += sum.octets;
    protocols += fmt::format("{}\"{}\":{{\"packets\":{},\"octets\":{}}}",
                             protocols.empty() ? "" : ",", protocol, sum.packets, sum.octets);
  }
  std::FILE* file = std::fopen(path.c_str(), "we");
  if (file == nullptr) return false;
  fmt::print(file, "{{\"packets\":{},\"octets\":{},\"directions\":{},\"protocols\":{{{}}}}}\n",
             all.packets, all.octets, flows, protocols);
  return std::fclose(file) == 0;
}

int run(const Options& options) {
  if (!options.seeds.empty() && !write_seeds(options.seeds)) return 3;
  if (options.pcap.empty()) return 0;
  std::FILE* file = std::fopen(options.pcap.c_str(), "wbe");
  if (file == nullptr) return 3;
  std::mt19937_64 random(options.seed);
  const auto directions = make_directions(options, random);
  std::vector<bool> is_used(directions.size());
  std::map<int, Sum> sums;
  Capture capture(file);
  for (std::uint64_t i = 0; i < options.packets; ++i) {
    const std::size_t which = random() % directions.size();
    const auto payload = static_cast<std::uint16_t>(random() % 1'400);
    const Direction& sent = directions[which];
    capture.put(sent, payload, i * kNsPerSecond / options.per_second);
    is_used[which] = true;
    Sum& sum = sums[sent.protocol];
    ++sum.packets;
    sum.octets += std::uint64_t{sent.ip_octets} + payload;
  }
  if (!capture.finish()) return 3;
  const auto used = static_cast<std::size_t>(std::ranges::count(is_used, true));
  return options.totals.empty() || write_totals(options.totals, sums, used) ? 0 : 3;
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
  app.add_option("--seed", options.seed, "same seed, same packets")->capture_default_str();
  app.add_option("--pcap", options.pcap, "file for the capture");
  app.add_option("--totals", options.totals, "file for its totals, JSON");
  app.add_option("--seeds", options.seeds, "folder for frames of each kind, for fuzzing");
  CLI11_PARSE(app, argc, argv);
  return packets::run(options);
}
