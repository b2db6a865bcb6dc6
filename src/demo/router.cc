#include "demo/router.h"

#include <algorithm>
#include <array>

#include "demo/devices.h"
#include "wire/export/netflow9.h"
#include "wire/export/set.h"

namespace demo {
namespace {

constexpr std::size_t kDatagramOctetsMax = 1'400;
constexpr std::uint16_t kTemplateV4 = 256;
constexpr std::uint16_t kTemplateV6 = 257;
constexpr std::uint32_t kHomeInterface = 1;
constexpr std::uint32_t kInternetInterface = 2;

// Behind the two addresses: ports, protocol, flags, interfaces, counters, uptimes of first and last
// packet.
constexpr auto kFields = std::to_array<wire::FieldSpecifier>({{0, 7, 2},
                                                              {0, 11, 2},
                                                              {0, 4, 1},
                                                              {0, 6, 1},
                                                              {0, 10, 4},
                                                              {0, 14, 4},
                                                              {0, 1, 8},
                                                              {0, 2, 8},
                                                              {0, 22, 4},
                                                              {0, 21, 4}});

wire::Template make_template(bool is_v6) {
  wire::Template made{.id = is_v6 ? kTemplateV6 : kTemplateV4};
  if (is_v6) {
    made.fields = {{0, 27, 16}, {0, 28, 16}};
  } else {
    made.fields = {{0, 8, 4}, {0, 12, 4}};
  }
  made.fields.insert(made.fields.end(), kFields.begin(), kFields.end());
  return made;
}

std::size_t flows_per_datagram(bool is_v6) {
  const std::size_t octets = wire::smallest_record_octets(make_template(is_v6).fields);
  return (kDatagramOctetsMax - wire::Netflow9Header::kSize - wire::SetHeader::kSize - 3) / octets;
}

bool is_at_home(const flow::Address& address) {
  constexpr std::uint32_t kLan = 0xc0a8'01;
  if (address.is_v4()) return address.as_v4() >> 8 == kLan;
  return household_network().contains(address);
}

std::uint32_t interface_of(const flow::Address& address) {
  return is_at_home(address) ? kHomeInterface : kInternetInterface;
}

}  // namespace

Router::Router(base::UnixMs begin)
    : boot_(base::floor_to(begin - base::kMsPerHour, base::kMsPerSecond)) {}

std::vector<Router::Octets> Router::tell(std::span<const Flow> flows, base::UnixMs now) {
  std::vector<Octets> datagrams;
  if (now >= templates_due_) {
    datagrams.push_back(templates(now));
    templates_due_ = now + base::kMsPerMinute;
  }
  for (const bool is_v6 : {false, true}) {
    std::vector<const Flow*> family;
    for (const Flow& flow : flows) {
      if (flow.src.is_v4() != is_v6) family.push_back(&flow);
    }
    const std::size_t most = flows_per_datagram(is_v6);
    for (std::span<const Flow* const> rest = family; !rest.empty();) {
      const auto fitting = rest.first(std::min(rest.size(), most));
      datagrams.push_back(records(fitting, is_v6, now));
      rest = rest.subspan(fitting.size());
    }
  }
  return datagrams;
}

void Router::put_header(Octets& octets, base::UnixMs now, std::size_t records) {
  wire::ByteWriter out(octets);
  wire::Netflow9Header{.count = static_cast<std::uint16_t>(records),
                       .sys_uptime_ms = static_cast<std::uint32_t>(now - boot_),
                       .unix_secs = static_cast<std::uint32_t>(now / base::kMsPerSecond),
                       .sequence = datagrams_++,
                       .source_id = 0}
      .emit(out);
}

Router::Octets Router::templates(base::UnixMs now) {
  Octets octets;
  put_header(octets, now, 2);
  wire::ByteWriter out(octets);
  wire::SetWriter set(out, wire::kNetflow9TemplateSet);
  for (const bool is_v6 : {false, true}) wire::emit_netflow9_template(out, make_template(is_v6));
  set.finish();
  return octets;
}

Router::Octets Router::records(std::span<const Flow* const> flows, bool is_v6, base::UnixMs now) {
  Octets octets;
  put_header(octets, now, flows.size());
  wire::ByteWriter out(octets);
  wire::SetWriter set(out, is_v6 ? kTemplateV6 : kTemplateV4);
  for (const Flow* flow : flows) {
    for (const flow::Address* address : {&flow->src, &flow->dst}) {
      if (is_v6) out.put(address->hi);
      out.put_be(address->lo, is_v6 ? 8 : 4);
    }
    out.put(flow->src_port);
    out.put(flow->dst_port);
    out.put(spec(flow->app).protocol);
    out.put(flow->tcp_flags);
    out.put(interface_of(flow->src));
    out.put(interface_of(flow->dst));
    out.put(static_cast<std::uint64_t>(flow->bytes));
    out.put(static_cast<std::uint64_t>(flow->packets));
    out.put(static_cast<std::uint32_t>(flow->start - boot_));
    out.put(static_cast<std::uint32_t>(flow->end - boot_));
  }
  set.finish();
  return octets;
}

}  // namespace demo
