#include "know/services.h"

#include <gtest/gtest.h>

#include <map>
#include <set>
#include <string>

#include "flow/name_pool.h"

namespace know {
namespace {

std::string_view app(std::uint8_t protocol, std::uint16_t src_port, std::uint16_t dst_port) {
  static const Services services;
  return flow::NamePool::instance().text_of(services.app(protocol, src_port, dst_port).name);
}

TEST(Services, TheNamedPortIsTheServiceOnWhicheverSideItStands) {
  EXPECT_EQ(app(6, 51'234, 443), "https");
  EXPECT_EQ(app(6, 443, 51'234), "https");
  EXPECT_EQ(app(17, 40'000, 53), "dns");
}

TEST(Services, OfTwoNamedPortsTheLowerIsTheService) {
  EXPECT_EQ(app(6, 5432, 22), "ssh");
  EXPECT_EQ(app(6, 80, 8080), "http");
}

TEST(Services, APortWithoutANameIsOther) {
  EXPECT_EQ(app(6, 50'001, 50'002), "other-tcp");
  EXPECT_EQ(app(17, 50'001, 50'002), "other-udp");
  EXPECT_EQ(app(17, 0, 0), "other-udp");
}

TEST(Services, APortsNameHoldsForItsTransportOnly) {
  EXPECT_EQ(app(17, 50'001, 22), "other-udp");
}

TEST(Services, AProtocolWithoutPortsIsItsOwnApplication) {
  EXPECT_EQ(app(1, 0, 0x0800), "icmp");
  EXPECT_EQ(app(58, 0, 0), "ipv6-icmp");
  EXPECT_EQ(app(47, 0, 0), "gre");
  EXPECT_EQ(app(253, 0, 0), "other");
}

TEST(ShippedServices, NameEachPortOnce) {
  std::set<std::pair<std::uint16_t, unsigned>> seen;
  for (const Service& service : shipped_services()) {
    EXPECT_GT(service.port, 0) << service.name;
    for (const unsigned transport : {1u, 2u}) {
      if ((static_cast<unsigned>(service.transport) & transport) == 0) continue;
      EXPECT_TRUE(seen.emplace(service.port, transport).second)
          << service.name << " names port " << service.port << " again";
    }
  }
}

TEST(ShippedServices, NamesCanBeWrittenInAFilterWithoutQuotes) {
  const auto fits = [](std::string_view name) {
    return !name.empty() && name.find_first_not_of("abcdefghijklmnopqrstuvwxyz0123456789-") ==
                                std::string_view::npos;
  };
  for (const Service& service : shipped_services()) EXPECT_TRUE(fits(service.name)) << service.name;
  for (const ProtocolName& one : shipped_protocols()) EXPECT_TRUE(fits(one.name)) << one.name;
}

}  // namespace
}  // namespace know
