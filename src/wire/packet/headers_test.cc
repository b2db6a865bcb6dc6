#include "wire/packet/headers.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

#include "wire/packet/testing_packets.h"

namespace wire {
namespace {

using namespace testing;  // NOLINT(google-build-using-namespace): the packets' words

constexpr std::uint16_t kEthernet = 1;
constexpr std::uint16_t kRaw = 101;
constexpr std::uint64_t kMapped = std::uint64_t{0xffff} << 32;

base::Expected<PacketHeaders, Unread> parse(std::uint16_t link_type, const Octets& frame) {
  return parse_headers(link_type, frame, frame.size());
}

const Octets kUdp4 = ipv4({}, udp(1'000, 53, 10));
const Octets kTcp6 = ipv6({.next_header = 6, .traffic_class = 0xb8}, tcp(2'000, 443, 0x12, 100));

TEST(ParseHeaders, ReadsWhatMakesAFlow) {
  const auto udp4 = parse(kEthernet, ethernet(kTypeIpv4, kUdp4));
  ASSERT_TRUE(udp4);
  EXPECT_EQ(udp4->src, (IpAddress{0, kMapped | 0x0a000001}));
  EXPECT_EQ(udp4->dst, (IpAddress{0, kMapped | 0x0a000002}));
  EXPECT_EQ(udp4->octets, 38u);
  EXPECT_EQ(udp4->src_port, 1'000);
  EXPECT_EQ(udp4->dst_port, 53);
  EXPECT_EQ(udp4->protocol, 17);
  EXPECT_EQ(udp4->vlan, 0);
  EXPECT_EQ(udp4->ports, Ports::Known);
  EXPECT_FALSE(udp4->is_first_fragment);
  EXPECT_FALSE(udp4->says_too_much);

  const auto tcp6 = parse(kEthernet, ethernet(kTypeIpv6, kTcp6));
  ASSERT_TRUE(tcp6);
  EXPECT_EQ(tcp6->src, (IpAddress{0x20010db800000000, 1}));
  EXPECT_EQ(tcp6->octets, 160u);
  EXPECT_EQ(tcp6->dst_port, 443);
  EXPECT_EQ(tcp6->tcp_flags, 0x12);
  EXPECT_EQ(tcp6->tos, 0xb8);
}

struct Wrapped {
  std::string name;
  std::uint16_t link_type;
  Octets frame;
  std::uint16_t vlan;
};

std::vector<Wrapped> wrappings(const Octets& packet) {
  const bool is_v4 = packet == kUdp4;
  const std::uint16_t type = is_v4 ? kTypeIpv4 : kTypeIpv6;
  const std::uint16_t ppp = is_v4 ? 0x0021 : 0x0057;
  return {
      {"ethernet", kEthernet, ethernet(type, packet), 0},
      {"vlan", kEthernet, ethernet(0x8100, vlan(0x6005, type, packet)), 5},
      {"priority alone", kEthernet, ethernet(0x8100, vlan(0x6000, type, packet)), 0},
      {"qinq", kEthernet, ethernet(0x88a8, vlan(7, 0x8100, vlan(5, type, packet))), 7},
      {"pppoe", kEthernet, ethernet(0x8864, pppoe(ppp, packet)), 0},
      {"vlan, pppoe", kEthernet, ethernet(0x8100, vlan(7, 0x8864, pppoe(ppp, packet))), 7},
      {"mpls", kEthernet, ethernet(0x8847, mpls(packet)), 0},
      {"pppoe, mpls", kEthernet, ethernet(0x8864, pppoe(0x0281, mpls(packet))), 0},
      {"snap", kEthernet, ethernet(68, words({0xaaaa, 0x0300, 0, type}, packet)), 0},
      {"ppp", 9, words({ppp}, packet), 0},
      {"ppp with address", 50, words({0xff03, ppp}, packet), 0},
      {"pppoe alone", 51, pppoe(ppp, packet), 0},
      {"cisco hdlc", 104, words({0x0f00, type}, packet), 0},
      {"cooked", 113, words({0, 1, 6, 0, 0, 0, 0, type}, packet), 0},
      {"cooked, vlan", 113, words({0, 1, 6, 0, 0, 0, 0, 0x8100, 9, type}, packet), 9},
      {"cooked 2", 276, words({type, 0, 0, 0, 0, 0, 0, 0, 0, 0}, packet), 0},
      {"loopback", 0, words({0x0200, 0}, packet), 0},
      {"openbsd loopback", 108, words({0, 2}, packet), 0},
      {"raw", kRaw, packet, 0},
      {"raw of bsd", 12, packet, 0},
  };
}

TEST(ParseHeaders, GoesBehindEveryLinkHeaderCutAtEveryOctet) {
  for (const Octets& packet : {kUdp4, kTcp6}) {
    for (const Wrapped& wrapped : wrappings(packet)) {
      SCOPED_TRACE(wrapped.name);
      const auto whole = parse(wrapped.link_type, wrapped.frame);
      ASSERT_TRUE(whole) << to_text(whole.error());
      EXPECT_EQ(whole->octets, packet.size());
      EXPECT_EQ(whole->vlan, wrapped.vlan);
      EXPECT_EQ(whole->ports, Ports::Known);
      const std::size_t link_octets = wrapped.frame.size() - packet.size();
      const std::size_t fixed = packet == kUdp4 ? 20 : 40;
      for (std::size_t length = 0; length < wrapped.frame.size(); ++length) {
        // Kept short by the capture: the wire had all of it.
        const auto cut = parse_headers(wrapped.link_type, ByteView(wrapped.frame).first(length),
                                       wrapped.frame.size());
        if (length < link_octets + fixed) {
          ASSERT_FALSE(cut) << length;
          EXPECT_THAT(cut.error(),
                      ::testing::AnyOf(Unread::LinkTruncated, Unread::IpTruncated, Unread::IpLies));
        } else {
          ASSERT_TRUE(cut) << length;
          EXPECT_EQ(cut->octets, packet.size());
          EXPECT_EQ(cut->ports,
                    length < link_octets + fixed + 4 ? Ports::BeyondSnaplen : Ports::Known);
          EXPECT_FALSE(cut->says_too_much);
        }
      }
    }
  }
}

TEST(ParseHeaders, NamesWhatIsNoIp) {
  const Octets body(60);
  const auto reason = [](std::uint16_t link_type, const Octets& frame) {
    const auto parsed = parse(link_type, frame);
    return parsed ? "" : std::string(to_text(parsed.error()));
  };
  const std::string not_ip(to_text(Unread::NotIp));
  EXPECT_EQ(reason(kEthernet, ethernet(0x0806, body)), not_ip);                   // ARP
  EXPECT_EQ(reason(kEthernet, ethernet(0x8863, body)), not_ip);                   // discovery
  EXPECT_EQ(reason(kEthernet, ethernet(0x8864, words({0x1109}, body))), not_ip);  // ends a session
  EXPECT_EQ(reason(kEthernet, ethernet(0x8864, pppoe(0xc021, body))), not_ip);    // LCP
  EXPECT_EQ(reason(kEthernet, ethernet(38, words({0x4242, 0x0300}, body))), not_ip);  // STP
  EXPECT_EQ(reason(kEthernet, ethernet(0x8847, mpls(body))), not_ip);  // a control word
  EXPECT_EQ(reason(147, body), to_text(Unread::LinkTypeUnknown));
  EXPECT_EQ(reason(kRaw, body), to_text(Unread::IpLies));
}

TEST(ParseHeaders, ReadsBehindExtensionHeadersCutAtEveryOctet) {
  const Octets inner = udp(1'000, 53, 8);
  const Octets packet = ipv6(
      {.next_header = 0}, extension(43, extension(60, extension(51, extension(17, inner, true)))));
  const auto whole = parse(kRaw, packet);
  ASSERT_TRUE(whole);
  EXPECT_EQ(whole->protocol, 17);
  EXPECT_EQ(whole->dst_port, 53);
  EXPECT_EQ(whole->octets, packet.size());
  const std::size_t behind = packet.size() - inner.size();
  for (std::size_t length = 0; length < packet.size(); ++length) {
    const auto cut = parse_headers(kRaw, ByteView(packet).first(length), packet.size());
    if (length < 40) {
      EXPECT_EQ(cut.error(), Unread::IpTruncated) << length;
    } else if (length < behind) {
      EXPECT_EQ(cut.error(), Unread::ExtensionTruncated) << length;
    } else {
      EXPECT_TRUE(cut) << length;
    }
  }
}

TEST(ParseHeaders, LeavesWhatHasNoPortsWithoutThem) {
  const auto esp = parse(kRaw, ipv6({.next_header = 50}, Octets(20)));
  ASSERT_TRUE(esp);
  EXPECT_EQ(esp->protocol, 50);
  EXPECT_EQ(esp->ports, Ports::None);
  const auto nothing = parse(kRaw, ipv6({.next_header = 60}, extension(59, {})));
  ASSERT_TRUE(nothing);
  EXPECT_EQ(nothing->protocol, 59);
}

TEST(ParseHeaders, ReadsIcmpTypeAndCodeInThePortsPlace) {
  const auto icmp4 = parse(kRaw, ipv4({.protocol = 1}, icmp(3, 4)));
  ASSERT_TRUE(icmp4);
  EXPECT_EQ(icmp4->src_port, 0);
  EXPECT_EQ(icmp4->dst_port, 0x0304);
  const auto icmp6 = parse(kRaw, ipv6({.next_header = 58}, icmp(128, 0)));
  ASSERT_TRUE(icmp6);
  EXPECT_EQ(icmp6->dst_port, 0x8000);
}

TEST(ParseHeaders, TellsFirstLaterAndOnlyFragments) {
  const Octets body = udp(1'000, 53, 40);
  const auto first4 = parse(kRaw, ipv4({.id = 9, .flags_and_offset = 0x2000}, body));
  ASSERT_TRUE(first4);
  EXPECT_TRUE(first4->is_first_fragment);
  EXPECT_EQ(first4->ports, Ports::Known);
  EXPECT_EQ(first4->fragment_id, 9u);
  const auto later4 = parse(kRaw, ipv4({.id = 9, .flags_and_offset = 6}, body));
  ASSERT_TRUE(later4);
  EXPECT_EQ(later4->ports, Ports::LaterFragment);
  EXPECT_EQ(later4->src_port, 0);
  const auto first6 = parse(kRaw, ipv6({.next_header = 44}, fragment(17, 0, true, body)));
  ASSERT_TRUE(first6);
  EXPECT_TRUE(first6->is_first_fragment);
  EXPECT_EQ(first6->dst_port, 53);
  const auto later6 = parse(kRaw, ipv6({.next_header = 44}, fragment(17, 48, false, body)));
  ASSERT_TRUE(later6);
  EXPECT_EQ(later6->ports, Ports::LaterFragment);
  const auto only6 = parse(kRaw, ipv6({.next_header = 44}, fragment(17, 0, false, body)));
  ASSERT_TRUE(only6);
  EXPECT_FALSE(only6->is_first_fragment);
  EXPECT_EQ(only6->dst_port, 53);
}

TEST(ParseHeaders, HeadersBehindAFragmentsAreOnlyInTheFirst) {
  const Octets headers = wire::testing::extension(17, udp(1'000, 53, 40));
  const auto first = parse(kRaw, ipv6({.next_header = 44}, fragment(60, 0, true, headers)));
  ASSERT_TRUE(first);
  EXPECT_TRUE(first->is_first_fragment);
  EXPECT_EQ(first->protocol, 17);
  EXPECT_EQ(first->dst_port, 53);
  const auto later = parse(kRaw, ipv6({.next_header = 44}, fragment(60, 56, false, headers)));
  ASSERT_TRUE(later);
  EXPECT_EQ(later->ports, Ports::LaterUnknown);
  EXPECT_EQ(later->protocol, 60);
  const Octets nested = fragment(44, 0, true, fragment(17, 0, true, headers));
  const auto within = parse(kRaw, ipv6({.next_header = 44}, nested));
  ASSERT_TRUE(within);
  EXPECT_EQ(within->protocol, 44);
  EXPECT_EQ(within->ports, Ports::None);
}

TEST(ParseHeaders, APacketThatEndsBeforeItsPortsIsNoShortCapture) {
  const auto parsed = parse(kRaw, ipv4({}, Octets(3)));
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->ports, Ports::Truncated);
}

TEST(ParseHeaders, LinkPaddingIsNoPartOfThePacket) {
  Octets frame = ethernet(kTypeIpv4, ipv4({}, Octets(2)));
  frame.resize(60);
  const auto parsed = parse(kEthernet, frame);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->octets, 22u);
  EXPECT_EQ(parsed->ports, Ports::Truncated);
}

TEST(ParseHeaders, TellsLyingLengths) {
  Octets packet = kUdp4;
  ByteWriter(packet).patch_u16(2, 40'000);
  EXPECT_TRUE(parse(kRaw, packet)->says_too_much);
  ByteWriter(packet).patch_u16(2, 19);  // less than its own header
  EXPECT_EQ(parse(kRaw, packet).error(), Unread::IpLies);
  packet[0] = std::byte{0x44};  // a header of 16 octets
  EXPECT_EQ(parse(kRaw, packet).error(), Unread::IpLies);
  packet[0] = std::byte{0x4f};  // a header of 60 octets, more than there are
  EXPECT_EQ(parse(kRaw, packet).error(), Unread::IpTruncated);
  packet[0] = std::byte{0x55};
  EXPECT_EQ(parse(kRaw, packet).error(), Unread::IpLies);
}

TEST(ParseHeaders, WithoutALengthTheWiresCounts) {
  Octets packet = kUdp4;  // as a card that cuts it would be given it
  ByteWriter(packet).patch_u16(2, 0);
  const auto parsed = parse_headers(kRaw, packet, 9'000);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->octets, 9'000u);
  EXPECT_FALSE(parsed->says_too_much);
}

TEST(ParseHeaders, TakesOptionsOfIpv4) {
  const Octets packet = ipv4({.option_words = 10}, udp(1'000, 53));
  const auto parsed = parse(kRaw, packet);
  ASSERT_TRUE(parsed);
  EXPECT_EQ(parsed->dst_port, 53);
  for (std::size_t length = 20; length < 60; ++length) {
    EXPECT_EQ(parse_headers(kRaw, ByteView(packet).first(length), packet.size()).error(),
              Unread::IpTruncated);
  }
}

}  // namespace
}  // namespace wire
