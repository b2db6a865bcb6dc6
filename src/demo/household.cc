#include "demo/household.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <utility>

namespace demo {
namespace {

constexpr double kHoursScale = 9;
constexpr std::int64_t kSegmentOctets = 1'400;
constexpr std::uint8_t kSynAckPshFin = 0x1b;
constexpr std::int64_t kLongestMs = 4 * base::kMsPerHour;
// Of the conversations with the Internet, so many begin with a question to the router.
constexpr double kAsksDns = 0.35;

// std::uniform_real_distribution and its like may differ from one library to the next.
class Dice {
 public:
  explicit Dice(std::uint64_t seed) : random_(seed) {}

  double uniform() { return static_cast<double>(random_() >> 11) * 0x1p-53; }  // [0, 1)
  std::uint64_t below(std::uint64_t limit) { return random_() % limit; }
  double exponential(double mean) { return -std::log(1.0 - uniform()) * mean; }
  // About `mean` of them, as independent callers make it.
  int arrivals(double mean) {
    int count = 0;
    for (double at = exponential(1); at < mean; at += exponential(1)) ++count;
    return count;
  }

 private:
  std::mt19937_64 random_;
};

// SplitMix64's last step: near seeds make far ones.
std::uint64_t mix(std::uint64_t value) {
  value = (value ^ value >> 30) * 0xbf58'476d'1ce4'e5b9;
  value = (value ^ value >> 27) * 0x94d0'49bb'1331'11eb;
  return value ^ value >> 31;
}

bool is_working_day(base::UnixMs local) {
  const std::int64_t days = base::floor_to(local, base::kMsPerDay) / base::kMsPerDay;
  const std::int64_t weekday = ((days + 3) % 7 + 7) % 7;  // 1970 began on a Thursday; 0: Monday
  return weekday < 5;
}

double intensity(const Habit& habit, base::UnixMs local) {
  if (habit.weekdays == Weekdays::Working && !is_working_day(local)) return 0;
  const auto hour =
      static_cast<std::size_t>((local - base::floor_to(local, base::kMsPerDay)) / base::kMsPerHour);
  return (habit.hours[hour] - '0') / kHoursScale;
}

flow::Address remote_v6(const Place& place, std::uint64_t host) {
  return {.hi = 0x2001'0db8'0000'0000 | std::uint64_t{place.v6_net} << 16, .lo = host + 1};
}

Flow reverse(const Flow& flow, std::int64_t octets) {
  Flow back = flow;
  std::swap(back.src, back.dst);
  std::swap(back.src_port, back.dst_port);
  back.bytes = octets;
  return back;
}

std::int64_t packets_of(std::int64_t octets, std::int64_t other_octets) {
  // What goes one way is acknowledged the other.
  return 1 + octets / kSegmentOctets + other_octets / (2 * kSegmentOctets);
}

}  // namespace

Household::Household(const Settings& settings)
    : settings_(settings), next_hour_(base::floor_to(settings.begin, base::kMsPerHour)) {}

std::vector<Report> Household::take_until(base::UnixMs until) {
  for (; next_hour_ < until; next_hour_ += base::kMsPerHour) live_through(next_hour_);
  std::vector<Report> reports;
  while (!waiting_.empty() && waiting_.top().told < until) {
    reports.push_back(waiting_.top());
    waiting_.pop();
  }
  return reports;
}

void Household::live_through(base::UnixMs hour) {
  const auto number = static_cast<std::uint64_t>(hour / base::kMsPerHour);
  std::uint64_t seed = mix(settings_.seed ^ mix(number));
  for (const Device& device : devices()) {
    for (const Habit& habit : device.habits) talk(device, habit, hour, seed = mix(seed + 1));
  }
}

// All conversations of a device and habit that begin within the hour.
void Household::talk(const Device& device, const Habit& habit, base::UnixMs hour,
                     std::uint64_t seed) {
  Dice dice(seed);
  const double wanted = habit.per_hour * intensity(habit, hour + settings_.zone_offset_ms);
  for (int left = dice.arrivals(wanted); left > 0; --left) {
    const AppSpec app = spec(habit.app);
    Flow up;
    up.app = habit.app;
    up.start = hour + static_cast<std::int64_t>(dice.below(base::kMsPerHour));
    const double lasts_s = static_cast<double>(habit.seconds) * (0.3 + dice.exponential(0.7));
    up.end = up.start + std::min(static_cast<std::int64_t>(lasts_s * 1'000), kLongestMs);
    // What lasts longer carries more.
    const double size = (0.5 + dice.uniform()) * lasts_s / static_cast<double>(habit.seconds);
    const auto down_octets =
        static_cast<std::int64_t>(static_cast<double>(habit.down_octets) * size);
    up.bytes = 40 + static_cast<std::int64_t>(static_cast<double>(habit.up_octets) * size);

    const bool is_at_home = habit.device >= 0;
    const std::uint64_t host = dice.below(habit.place.count);
    const bool is_v6 = !is_at_home && habit.place.v6_net != 0 &&
                       static_cast<int>(dice.below(100)) < device.ipv6_percent;
    up.src = is_v6 ? device.v6() : device.v4();
    up.dst = is_at_home ? devices()[static_cast<std::size_t>(habit.device)].v4()
             : is_v6    ? remote_v6(habit.place, host)
                        : flow::Address::v4(habit.place.v4 + static_cast<std::uint32_t>(host));
    up.src_port = static_cast<std::uint16_t>(49'152 + dice.below(11'000));
    up.dst_port = app.port;
    up.tcp_flags = app.protocol == kTcp ? kSynAckPshFin : 0;
    Flow down = reverse(up, 40 + down_octets);
    up.packets = packets_of(up.bytes, down.bytes);
    down.packets = packets_of(down.bytes, up.bytes);
    tell(up, app.protocol == kTcp);
    tell(down, app.protocol == kTcp);

    const bool is_router = device.number == devices().front().number;
    if (is_at_home || is_router || dice.uniform() >= kAsksDns) continue;
    Flow question{.start = up.start - 20 - static_cast<std::int64_t>(dice.below(30)),
                  .end = up.start - 10,
                  .src = device.v4(),
                  .dst = devices().front().v4(),
                  .src_port = static_cast<std::uint16_t>(49'152 + dice.below(11'000)),
                  .dst_port = spec(App::Dns).port,
                  .bytes = 60 + static_cast<std::int64_t>(dice.below(30)),
                  .packets = 1,
                  .app = App::Dns};
    tell(question, false);
    tell(reverse(question, 120 + static_cast<std::int64_t>(dice.below(200))), false);
  }
}

// Cuts it into what the router tells minute by minute; the parts' volumes add up to the whole.
void Household::tell(const Flow& whole, bool ends_itself) {
  const std::int64_t length = whole.end - whole.start;
  const std::int64_t parts = std::max<std::int64_t>(1, (length + kActiveMs - 1) / kActiveMs);
  for (std::int64_t part = 0; part < parts; ++part) {
    const auto share = [&](std::int64_t volume) {
      return volume * (part + 1) / parts - volume * part / parts;
    };
    Report report{.flow = whole};
    report.flow.bytes = share(whole.bytes);
    report.flow.packets = share(whole.packets);
    if (report.flow.packets == 0) continue;  // silent for a minute: nothing to tell
    const bool is_last = part == parts - 1;
    report.flow.start = whole.start + part * kActiveMs;
    report.flow.end = is_last ? whole.end : report.flow.start + kActiveMs - 1;
    report.told = report.flow.end + (is_last && !ends_itself ? kInactiveMs : 1);
    report.number = reports_++;
    waiting_.push(report);
  }
}

}  // namespace demo
