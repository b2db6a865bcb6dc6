#include "load.h"

#include <algorithm>

namespace generator {
namespace {

// A device that came up a day ago: its uptime stamps do not wrap.
constexpr std::int64_t kUptimeMs = base::kMsPerDay;

std::vector<flow::Address> addresses_of(const std::vector<Load::Sender>& senders) {
  std::vector<flow::Address> addresses;
  addresses.reserve(senders.size());
  for (const Load::Sender& sender : senders) addresses.push_back(sender.address);
  return addresses;
}

}  // namespace

Load::Load(std::uint64_t seed, const ExporterSettings& settings, std::vector<Sender> senders,
           base::UnixMs now)
    : traffic_(seed), totals_(addresses_of(senders)) {
  const base::UnixMs boot = base::floor_to(now - kUptimeMs, base::kMsPerSecond);
  for (Sender& sender : senders) {
    lines_.push_back({Exporter(settings, boot), std::move(sender.outlet), {}});
  }
}

void Load::send_until(std::int64_t flows_due, bool all, base::UnixMs now) {
  while (flows_made_ < flows_due) {
    Line& line = lines_[turn_];
    const std::int64_t wanted = flows_due - flows_made_;
    const auto per_datagram = static_cast<std::int64_t>(line.exporter.flows_per_datagram());
    if (wanted < per_datagram && !all) break;

    const auto flows_max = static_cast<std::size_t>(std::min(wanted, per_datagram));
    line.unsent.push_back(line.exporter.next(traffic_, now, flows_max));
    flows_made_ += static_cast<std::int64_t>(line.unsent.back().flows.size());
    turn_ = (turn_ + 1) % lines_.size();
  }
  for (std::size_t i = 0; i < lines_.size(); ++i) flush(i, now);
}

void Load::flush(std::size_t index, base::UnixMs now) {
  Line& line = lines_[index];
  std::vector<Octets> datagrams;
  datagrams.reserve(line.unsent.size());
  for (Message& message : line.unsent) datagrams.push_back(std::move(message.octets));

  ExporterTotals& sums = totals_.exporter(index);
  std::size_t done = 0;
  while (done < datagrams.size()) {
    const std::size_t taken = line.outlet->send(std::span(datagrams).subspan(done), now);
    for (std::size_t i = done; i < done + taken; ++i) {
      totals_.add_flows(index, line.unsent[i].flows);
      sums.datagrams += 1;
      sums.octets += datagrams[i].size();
      sums.options += line.unsent[i].options;
    }
    done += taken;
    if (done < datagrams.size()) {  // this one was refused: lost, and the next one's turn
      sums.refused += 1;
      done += 1;
    }
  }
  sums.sequence = line.exporter.sequence();
  line.unsent.clear();
}

}  // namespace generator
