#include "demo/truth.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <vector>

#include "demo/devices.h"
#include "flow/volume.h"

namespace demo {
namespace {

constexpr double kOctetsPerMb = 1e6;

struct HostSums {
  Volume in;
  Volume out;
};

const Device* device_of(const flow::Address& host) {
  const auto found = std::ranges::find_if(
      devices(), [&](const Device& device) { return host == device.v4() || host == device.v6(); });
  return found == devices().end() ? nullptr : &*found;
}

std::string_view name_of(const flow::Address& host) {
  const Device* device = device_of(host);
  return device == nullptr ? std::string_view{} : device->name;
}

std::string members(const Volume& volume) {
  return fmt::format(R"("bytes":{},"packets":{},"flows":{})", volume.bytes, volume.packets,
                     volume.flows);
}

std::map<flow::Address, HostSums> by_host(const std::map<Truth::Cell, Volume>& cells) {
  std::map<flow::Address, HostSums> hosts;
  for (const auto& [cell, volume] : cells) {
    (cell.is_in ? hosts[cell.host].in : hosts[cell.host].out) += volume;
  }
  return hosts;
}

double mb(const Volume& volume) {
  return static_cast<double>(volume.bytes) / kOctetsPerMb;
}

}  // namespace

Volume& Volume::operator+=(const Volume& other) {
  bytes += other.bytes;
  packets += other.packets;
  flows += other.flows;
  return *this;
}

void Truth::add(const Flow& flow) {
  const flow::Times times{flow.start, flow.end, false};
  const base::UnixMs last = base::floor_to(flow.end, base::kMsPerHour);
  for (base::UnixMs hour = base::floor_to(flow.start, base::kMsPerHour); hour <= last;
       hour += base::kMsPerHour) {
    const base::UnixMs next = hour + base::kMsPerHour;
    const Volume share{.bytes = flow::share(flow.bytes, times, hour, next),
                       .packets = flow::share(flow.packets, times, hour, next),
                       .flows = hour == last ? 1 : 0};
    if (share == Volume{}) continue;
    if (device_of(flow.src) != nullptr) cells_[{hour, flow.src, flow.app, false}] += share;
    if (device_of(flow.dst) != nullptr) cells_[{hour, flow.dst, flow.app, true}] += share;
    apps_[{hour, flow.app}] += share;
    hours_[hour] += share;
    all_ += share;
  }
}

std::string Truth::to_json() const {
  std::string json = fmt::format("{{{},\n\"applications\":[", members(all_));
  const auto out = std::back_inserter(json);
  const char* separator = "\n";
  for (const auto& [cell, volume] : apps_) {
    fmt::format_to(out, R"({}{{"time":{},"app":"{}",{}}})", separator, cell.first,
                   spec(cell.second).name, members(volume));
    separator = ",\n";
  }
  json += "],\n\"hours\":[";
  separator = "\n";
  for (const auto& [hour, volume] : hours_) {
    fmt::format_to(out, R"({}{{"time":{},{}}})", separator, hour, members(volume));
    separator = ",\n";
  }
  json += "],\n\"hosts\":[";
  separator = "\n";
  for (const auto& [host, sums] : by_host(cells_)) {
    fmt::format_to(out, R"({}{{"host":"{}","device":"{}","in":{{{}}},"out":{{{}}}}})", separator,
                   flow::to_text(host), name_of(host), members(sums.in), members(sums.out));
    separator = ",\n";
  }
  json += "],\n\"cells\":[";
  separator = "\n";
  for (const auto& [cell, volume] : cells_) {
    fmt::format_to(out, R"({}{{"time":{},"host":"{}","app":"{}","dir":"{}",{}}})", separator,
                   cell.hour, flow::to_text(cell.host), spec(cell.app).name,
                   cell.is_in ? "in" : "out", members(volume));
    separator = ",\n";
  }
  json += "]}";
  return json;
}

std::string Truth::to_table(std::int64_t zone_offset_ms) const {
  std::string text =
      fmt::format("{:<17} {:<22} {:>12} {:>12}\n", "host", "", "received MB", "sent MB");
  const auto out = std::back_inserter(text);
  for (const auto& [host, sums] : by_host(cells_)) {
    fmt::format_to(out, "{:<17} {:<22} {:>12.1f} {:>12.1f}\n", name_of(host), flow::to_text(host),
                   mb(sums.in), mb(sums.out));
  }
  fmt::format_to(out, "\n{:<17} {:>12} {:>12}\n", "application", "MB", "flows");
  std::map<App, Volume> apps;
  for (const auto& [cell, volume] : apps_) apps[cell.second] += volume;
  for (const auto& [app, volume] : apps) {
    fmt::format_to(out, "{:<17} {:>12.1f} {:>12}\n", spec(app).name, mb(volume), volume.flows);
  }
  fmt::format_to(out, "\n{:<17} {:>12} {:>12}\n", "hour", "MB", "flows");
  for (const auto& [hour, volume] : hours_) {
    const std::int64_t local = hour + zone_offset_ms;
    const std::int64_t of_day = local - base::floor_to(local, base::kMsPerDay);
    fmt::format_to(out, "{:02}:{:02}             {:>12.1f} {:>12}\n", of_day / base::kMsPerHour,
                   of_day / base::kMsPerMinute % 60, mb(volume), volume.flows);
  }
  fmt::format_to(out, "{:<17} {:>12.1f} {:>12}\n", "all", mb(all_), all_.flows);
  return text;
}

}  // namespace demo
