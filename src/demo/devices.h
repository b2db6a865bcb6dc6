#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "demo/flow.h"
#include "flow/address.h"

// Who lives in the demo's network and what they do all day: a table, read by household.cc.
namespace demo {

enum class Weekdays : std::uint8_t { All, Working };

// Where somebody's conversations go: to some of a service's addresses on the Internet.
struct Place {
  std::uint32_t v4 = 0;  // the first of `count`
  std::uint16_t count = 1;
  std::uint16_t v6_net = 0;  // 2001:db8:<v6_net>::/48; 0: none
};

struct Habit {
  App app = App::Https;
  // Of each hour of the day from midnight on, 0 to 9 ninths of `per_hour` conversations.
  std::string_view hours = {};
  double per_hour = 1;
  std::int64_t seconds = 10;     // how long one lasts in the mean
  std::int64_t down_octets = 0;  // to the device, in the mean
  std::int64_t up_octets = 0;
  Place place = {};
  Weekdays weekdays = Weekdays::All;
  int device = -1;  // of ours, by its index, instead of `place`
};

struct Device {
  std::string_view name;
  std::uint8_t number = 0;  // 192.168.1.<number>, and 2001:db8:a:1::<number>
  int ipv6_percent = 0;     // of its conversations with the Internet
  std::span<const Habit> habits;

  flow::Address v4() const;
  flow::Address v6() const;
};

// The first is the router: it answers everybody's DNS questions.
std::span<const Device> devices();

// 2001:db8:a::/48: what the household's Internet provider gave it.
flow::Network household_network();

}  // namespace demo
