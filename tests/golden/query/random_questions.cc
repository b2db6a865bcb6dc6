#include "golden/query/random_questions.h"

#include <algorithm>

#include "flow/name_pool.h"
#include "golden/query/script.h"

namespace script {
namespace {

using flow::Column;
using flow::FlowRecord;

template <class T>
void set(FlowRecord& flow, Column column, T& field, T value) {
  field = value;
  flow.present |= flow::bit(column);
}

flow::Address address(std::string_view text) {
  return *flow::parse_address(text);
}

}  // namespace

std::vector<FlowRecord> RandomQuestions::flows(std::size_t count) {
  std::vector<FlowRecord> made;
  for (std::size_t i = 0; i < count; ++i) made.push_back(flow());
  // A store's rows come in the order of receipt.
  std::ranges::sort(made, {}, &FlowRecord::received);
  return made;
}

FlowRecord RandomQuestions::flow() {
  FlowRecord flow;
  set_times(flow);
  set_ends(flow);
  set(flow, Column::exporter, flow.exporter, address(one_in(2) ? "192.0.2.1" : "2001:db8::e"));
  set(flow, Column::counted, flow.counted, !one_in(8));
  static const std::vector<std::string> kApps = {"dns", "http", "https", "other"};
  set(flow, Column::app, flow.app,
      flow::NamePool::instance().id_of(flow::NameKind::Known, one_of(kApps)));
  set(flow, Column::protocol, flow.protocol, static_cast<std::uint8_t>(one_in(3) ? 17 : 6));
  if (!one_in(10)) set(flow, Column::bytes, flow.bytes, std::int64_t{below(1'000'000)});
  if (!one_in(10)) set(flow, Column::packets, flow.packets, std::int64_t{below(1'000)});
  if (!one_in(4)) set(flow, Column::in_if, flow.in_if, below(4));
  if (!one_in(4)) set(flow, Column::out_if, flow.out_if, below(4));
  if (!one_in(3)) set(flow, Column::src_port, flow.src_port, static_cast<std::uint16_t>(below(6)));
  if (!one_in(3)) set(flow, Column::dst_port, flow.dst_port, static_cast<std::uint16_t>(below(6)));
  if (one_in(3))
    set(flow, Column::tcp_flags, flow.tcp_flags, static_cast<std::uint16_t>(below(64)));
  if (one_in(3)) set(flow, Column::vlan, flow.vlan, static_cast<std::uint16_t>(below(3)));
  if (one_in(3)) set(flow, Column::src_as, flow.src_as, 64'500 + below(3));
  if (one_in(4))
    set(flow, Column::src_mac, flow.src_mac, std::uint64_t{below(2)} + 0x0200000000ffU);
  if (one_in(4)) {
    set(flow, Column::sampling_rate, flow.sampling_rate, below(3) * 50);
    set(flow, Column::sampling_source, flow.sampling_source, static_cast<std::uint8_t>(below(4)));
  }
  set_meanings(flow);
  return flow;
}

void RandomQuestions::set_meanings(FlowRecord& flow) {
  static const std::vector<std::string> kSites = {"example.org", "www.example.org", "AS64500"};
  static const std::vector<std::string> kCountries = {"DE", "IS"};
  auto& names = flow::NamePool::instance();
  set(flow, Column::app_evidence, flow.app_evidence, static_cast<std::uint8_t>(below(4)));
  if (one_in(2)) {
    set(flow, Column::site, flow.site, names.id_of(flow::NameKind::Heard, one_of(kSites)));
    set(flow, Column::site_evidence, flow.site_evidence, static_cast<std::uint8_t>(below(4)));
  }
  const auto country = [&] { return names.id_of(flow::NameKind::Known, one_of(kCountries)); };
  if (one_in(3)) set(flow, Column::src_country, flow.src_country, country());
  if (one_in(3)) set(flow, Column::dst_country, flow.dst_country, country());
}

// Mostly a flow of some minutes, received soon after; some without times, some with impossible
// ones, some that lie on a minute.
void RandomQuestions::set_times(FlowRecord& flow) {
  set(flow, Column::received, flow.received, kNow - std::int64_t{below(2 * 3'600'000)});
  if (one_in(12)) {
    set(flow, Column::export_time, flow.export_time, flow.received - std::int64_t{below(60'000)});
    return;
  }
  base::UnixMs end = flow.received - std::int64_t{below(30'000)};
  if (one_in(8)) end = base::floor_to(end, base::kMsPerMinute);
  if (one_in(40)) end = flow.received + base::kMsPerHour;
  set(flow, Column::end, flow.end, end);
  if (one_in(12)) return;
  base::UnixMs start = end - std::int64_t{below(one_in(3) ? 1'800'000 : 20'000)};
  if (one_in(8)) start = base::floor_to(start, base::kMsPerMinute);
  if (one_in(40)) start = end + 1;
  if (one_in(40)) start = end - 3 * base::kMsPerDay;
  set(flow, Column::start, flow.start, start);
}

void RandomQuestions::set_ends(FlowRecord& flow) {
  if (some_have_no_ends_ && one_in(20)) return;
  static const std::vector<std::string> kLocal = {"10.0.0.1", "10.0.0.2", "10.0.0.3", "fd00::1"};
  static const std::vector<std::string> kRemote = {"8.8.8.8", "2001:db8::1", "2001:db8::2"};
  const bool src_is_local = !one_in(3);
  const bool dst_is_local = one_in(3);
  set(flow, Column::src, flow.src, address(one_of(src_is_local ? kLocal : kRemote)));
  set(flow, Column::dst, flow.dst, address(one_of(dst_is_local ? kLocal : kRemote)));
  const auto locality = static_cast<std::uint8_t>((src_is_local ? 0 : 2) + (dst_is_local ? 0 : 1));
  set(flow, Column::locality, flow.locality, locality);
}

std::string RandomQuestions::some_of(std::vector<std::string> words, std::uint32_t most) {
  std::ranges::shuffle(words, random_);
  words.resize(1 + below(most));
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ",") + word;
  return text;
}

std::string RandomQuestions::term(int depth) {
  static const std::vector<std::string> kConditions = {"host:10.0.0.1",
                                                       "src:10/8",
                                                       "net:2001:db8::/32",
                                                       "-dst:*",
                                                       "port:1,3",
                                                       "dst_port:0",
                                                       "src_port:>=4",
                                                       "proto:udp",
                                                       "app:dns,http*",
                                                       "app:*s",
                                                       "dir:in",
                                                       "dir:out,local",
                                                       "locality:R2R,L2L",
                                                       "bytes:>500k",
                                                       "pkts:<=10",
                                                       "dur:>1m",
                                                       "dur:0",
                                                       "flag:syn+ack",
                                                       "flag:*",
                                                       "vlan:*",
                                                       "vlan:1..2",
                                                       "src_as:64501",
                                                       "if:2",
                                                       "in_if:0,1",
                                                       "exporter:192.0.2.1",
                                                       "counted:no",
                                                       "mac:02:00:00:00:00:ff",
                                                       "sampling_rate:>0",
                                                       "received:>=2026-08-13T19:30Z",
                                                       "sampling_source:options",
                                                       "site:*.example.org",
                                                       "site:example.org",
                                                       "evidence:dns,ptr",
                                                       "country:de",
                                                       "app_evidence:list",
                                                       "exporter:2001:db8::/32"};
  const std::string minus = one_in(3) ? "-" : "";
  if (depth > 0 && one_in(4)) return minus + "(" + filter(depth - 1) + ")";
  const std::string& condition = one_of(kConditions);
  return condition.starts_with('-') ? condition : minus + condition;
}

std::string RandomQuestions::filter(int depth) {
  std::string text = term(depth);
  while (one_in(3)) text += (one_in(2) ? " | " : " ") + term(depth);
  return text;
}

query::PlanText RandomQuestions::question() {
  query::PlanText text;
  if (!one_in(3)) text.filter = filter(2);
  text.range = one_of({"-3h", "-1h", "-90m..-17m", "-3601s..-61s", "-100s..now", "-1800s..-1799s",
                       "2026-08-13T18:30Z..2026-08-13T19:30Z"});
  if (one_in(6)) {
    text.flows = "1";
    if (one_in(2)) text.limit = std::to_string(1 + below(20));
    return text;
  }
  text.metric = some_of({"bytes", "packets", "flows", "raw_bytes", "raw_packets", "raw_flows"}, 4);
  // The sets for which there are rollups come up often.
  switch (below(5)) {
    case 0:
      break;
    case 1:
      text.by = some_of({"host", "dir", "app", "locality"}, 3);
      break;
    case 2:
      text.by = some_of({"if", "dir", "app", "exporter"}, 3);
      break;
    default:
      text.by = some_of({"src",          "dst",        "src_port",      "dst_port",
                         "protocol",     "app",        "dir",           "vlan",
                         "src_as",       "locality",   "sampling_rate", "sampling_source",
                         "src_mac",      "tcp_flags",  "in_if",         "out_if",
                         "exporter",     "counted",    "site",          "site_evidence",
                         "app_evidence", "dst_country"},
                        3);
  }
  if (one_in(3)) text.step = one_of({"1m", "5m", "7s", "1h", "90s", "day", "week", "month"});
  if (one_in(2)) text.top = std::to_string(1 + below(5));
  if (one_in(4)) text.top = "10000";
  return text;
}

}  // namespace script
