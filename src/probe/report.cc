#include "probe/report.h"

#include <fmt/format.h>

#include <iterator>
#include <numeric>

namespace probe {
namespace {

class Lines {
 public:
  explicit Lines(const std::string& name) : name_(name) {}

  void add(std::string_view what, std::uint64_t number) {
    fmt::format_to(std::back_inserter(text_), "{}: {} {}\n", name_, what, number);
  }
  void add_if_any(std::string_view what, std::uint64_t number) {
    if (number != 0) add(what, number);
  }
  std::string take() { return std::move(text_); }

 private:
  const std::string& name_;
  std::string text_;
};

void add_meter(Lines& lines, const Report& report) {
  const MeterCounts& meter = report.meter;
  const std::uint64_t unread =
      std::accumulate(meter.unread.begin(), meter.unread.end(), std::uint64_t{0});
  lines.add("packets seen", meter.packets);
  lines.add("packets dropped by the kernel", report.capture.dropped_by_kernel);
  lines.add_if_any("packets dropped by the interface", report.capture.dropped_by_interface);
  lines.add_if_any("packets the filter did not pass", report.filtered);
  lines.add_if_any("packets not sampled", meter.not_sampled);
  lines.add("packets counted in flows", meter.counted);
  lines.add("octets counted in flows", meter.counted_octets);
  lines.add("packets not understood", unread);
  for (const wire::Unread reason : wire::kUnread) {
    lines.add_if_any(fmt::format("packets {}", to_text(reason)),
                     meter.unread[static_cast<std::size_t>(reason)]);
  }
  lines.add_if_any("packets counted whose ports the capture cut off", meter.ports_beyond_snaplen);
  lines.add_if_any("packets counted that end before their ports", meter.ports_truncated);
  lines.add_if_any("fragments counted without their first", meter.fragments_without_first);
  lines.add_if_any("packets counted that say more octets than there were", meter.says_too_much);
}

}  // namespace

std::string to_text(const Report& report) {
  Lines lines(report.name);
  add_meter(lines, report);
  const ExporterCounts& exporter = report.exporter;
  lines.add("flows exported", exporter.flows);
  lines.add("datagrams sent", exporter.datagrams);
  lines.add("flows going on", report.live_flows);
  lines.add_if_any("flows ended for want of room", report.evicted);
  lines.add_if_any("flows not exported, IPv6 in NetFlow v5", exporter.flows_not_said);
  lines.add_if_any("flows not sent", exporter.flows_not_sent);
  lines.add_if_any("datagrams not sent", exporter.datagrams_not_sent);
  lines.add_if_any("datagrams refused, nobody listening", exporter.refused);
  lines.add_if_any("times the interface disappeared", report.capture.times_lost);
  return lines.take();
}

}  // namespace probe
