#include "demo/devices.h"

#include <array>

namespace demo {
namespace {

constexpr std::uint32_t kLan = 0xc0a8'0100;                   // 192.168.1.0/24
constexpr std::uint64_t kLan6 = 0x2001'0db8'000a'0001;        // 2001:db8:a:1::/64
constexpr std::uint64_t kHousehold6 = 0x2001'0db8'000a'0000;  // 2001:db8:a::/48
constexpr std::int64_t kKb = 1'000;
constexpr std::int64_t kMb = 1'000'000;
constexpr std::int64_t kGb = 1'000'000'000;

// Addresses that are kept for examples (RFC 5737, RFC 3849), as if services lived there.
constexpr std::uint32_t kNet1 = 0xc000'0200;  // 192.0.2.0/24
constexpr std::uint32_t kNet2 = 0xc633'6400;  // 198.51.100.0/24
constexpr std::uint32_t kNet3 = 0xcb00'7100;  // 203.0.113.0/24
constexpr Place kNobody{.v4 = 0};
constexpr Place kVideo{.v4 = kNet3 + 10, .count = 16, .v6_net = 0x1001};
constexpr Place kMusic{.v4 = kNet3 + 40, .count = 6, .v6_net = 0x1002};
constexpr Place kShop{.v4 = kNet3 + 60, .count = 4, .v6_net = 0x1003};
constexpr Place kGames{.v4 = kNet3 + 80, .count = 12};
constexpr Place kGameStore{.v4 = kNet3 + 100, .count = 5};
constexpr Place kWeb{.v4 = kNet1 + 20, .count = 200, .v6_net = 0x1010};
constexpr Place kCloud{.v4 = kNet2 + 10, .count = 3, .v6_net = 0x1020};
constexpr Place kWork{.v4 = kNet2 + 40, .count = 6};
constexpr Place kMeetings{.v4 = kNet2 + 60, .count = 8, .v6_net = 0x1021};
constexpr Place kMail{.v4 = kNet2 + 80, .count = 2, .v6_net = 0x1022};
constexpr Place kPush{.v4 = kNet2 + 90, .count = 10};
constexpr Place kThings{.v4 = kNet2 + 110, .count = 4};
constexpr Place kTimeServers{.v4 = kNet2 + 120, .count = 4};
constexpr Place kResolver{.v4 = kNet2 + 53, .count = 1, .v6_net = 0x1053};

enum Number : std::uint8_t { Router, Nas, Printer, WorkLaptop };  // those that others talk to

constexpr std::string_view kAlways = "999999999999999999999999";
//                                    0     6     12    18
constexpr std::string_view kAwake = "310001368655667666789875";
constexpr std::string_view kOffice = "000000002898669998520000";

using enum App;
using enum Weekdays;

// What for, when, how many an hour at most, seconds, octets down and up, with whom, on which days.
constexpr Habit kRouter[] = {
    {Dns, kAwake, 220, 1, 240, 80, kResolver},
    {Ntp, kAlways, 4, 1, 76, 76, kTimeServers},
};
constexpr Habit kNas[] = {
    // The night's backup, from two on.
    {Https, "009600000000000000000000", 6, 600, 8 * kMb, 500 * kMb, kCloud},
    {Https, kAlways, 2, 4, 60 * kKb, 8 * kKb, kCloud},
    {Ntp, kAlways, 2, 1, 76, 76, kTimeServers},
};
constexpr Habit kPrinter[] = {
    {Https, "000000009000000000000000", 1, 6, 300 * kKb, 20 * kKb, kThings},
};
constexpr Habit kWorkLaptop[] = {
    {Https, kOffice, 130, 20, 900 * kKb, 120 * kKb, kWork, Working},
    {Quic, kOffice, 60, 15, 500 * kKb, 40 * kKb, kWeb, Working},
    {Stun, "000000000950009500000000", 1.6, 2'400, 420 * kMb, 310 * kMb, kMeetings, Working},
    {Ssh, "000000000369036930000000", 2, 1'500, 3 * kMb, 800 * kKb, kWork, Working},
    {Imaps, kOffice, 12, 8, 250 * kKb, 30 * kKb, kMail, Working},
    {Smb, "000000000000900006000000", 1.5, 90, 15 * kMb, 600 * kMb, kNobody, Working, Nas},
    {Ipp, "000000000050300690000000", 1.2, 12, 20 * kKb, 4 * kMb, kNobody, Working, Printer},
};
constexpr Habit kPc[] = {
    {Steam, "400000000000000135778998", 2, 1'400, 70 * kMb, 25 * kMb, kGames},
    {Https, "000000000000000950000000", 0.5, 1'200, 6 * kGb, 30 * kMb, kGameStore},
    {Quic, "200000000000012345678875", 70, 15, 1'400 * kKb, 60 * kKb, kWeb},
    {Smb, "000000000000000000900400", 1, 60, 900 * kMb, 12 * kMb, kNobody, All, Nas},
};
constexpr Habit kTv[] = {
    // An evening's films; children's programmes before.
    {Quic, "400000000000000035579999", 1.7, 2'000, 1'700 * kMb, 18 * kMb, kVideo},
    {Https, "100000000000000035579995", 20, 8, 600 * kKb, 25 * kKb, kVideo},
    {Https, kAlways, 3, 3, 30 * kKb, 6 * kKb, kThings},
};
constexpr Habit kPhone[] = {
    {Quic, kAwake, 110, 12, 900 * kKb, 60 * kKb, kWeb},
    {Quic, "200000232111322111348983", 3, 420, 130 * kMb, 3 * kMb, kVideo},
    {Imaps, kAwake, 8, 5, 80 * kKb, 12 * kKb, kMail},
    {Xmpp, kAlways, 6, 500, 9 * kKb, 7 * kKb, kPush},
    // The day's photographs, once the phone is charging.
    {Https, "000000000000000000000095", 1.2, 300, 2 * kMb, 350 * kMb, kCloud},
};
constexpr Habit kOtherPhone[] = {
    {Quic, "100001489311223222589853", 90, 12, 700 * kKb, 45 * kKb, kWeb},
    {Quic, "000000130000000000257972", 2.5, 500, 150 * kMb, 4 * kMb, kVideo},
    {Https, "000000111111111112345310", 12, 9, 700 * kKb, 50 * kKb, kShop},
    {Xmpp, kAlways, 5, 500, 8 * kKb, 6 * kKb, kPush},
};
constexpr Habit kTablet[] = {
    {Quic, "000000020000003698720000", 2, 1'100, 420 * kMb, 7 * kMb, kVideo},
    {Quic, "000000030000003688720000", 50, 10, 500 * kKb, 30 * kKb, kWeb},
};
constexpr Habit kSpeaker[] = {
    {Https, "000000996200000000244300", 1, 2'400, 58 * kMb, 900 * kKb, kMusic},
    {Https, kAlways, 4, 3, 12 * kKb, 9 * kKb, kThings},
};
constexpr Habit kThermostat[] = {
    {Mqtts, kAlways, 12, 4, 1 * kKb, 2 * kKb, kThings},
    {Ntp, kAlways, 1, 1, 76, 76, kTimeServers},
};
constexpr Habit kDoorbell[] = {
    // A film whenever something moves.
    {Https, "100000267765676678653211", 9, 25, 40 * kKb, 7 * kMb, kThings},
    {Mqtts, kAlways, 20, 3, 900, 1'200, kThings},
};

constexpr auto kDevices = std::to_array<Device>({
    {"Router", 1, 0, kRouter},
    {"NAS", 10, 0, kNas},
    {"Printer", 11, 0, kPrinter},
    {"Work laptop", 20, 60, kWorkLaptop},
    {"Gaming PC", 21, 40, kPc},
    {"Living-room TV", 30, 50, kTv},
    {"Anna's phone", 40, 75, kPhone},
    {"Ben's phone", 41, 70, kOtherPhone},
    {"Tablet", 42, 60, kTablet},
    {"Kitchen speaker", 50, 0, kSpeaker},
    {"Thermostat", 60, 0, kThermostat},
    {"Doorbell camera", 61, 0, kDoorbell},
});

}  // namespace

flow::Address Device::v4() const {
  return flow::Address::v4(kLan + number);
}

flow::Address Device::v6() const {
  return {.hi = kLan6, .lo = number};
}

std::span<const Device> devices() {
  return kDevices;
}

flow::Network household_network() {
  return {{.hi = kHousehold6, .lo = 0}, 48};
}

}  // namespace demo
