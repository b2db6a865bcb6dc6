#include "demo/router.h"

#include <array>

#include "demo/devices.h"

namespace demo {
namespace {

constexpr std::uint32_t kDomain = 0;
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

bool is_at_home(const flow::Address& address) {
  constexpr std::uint32_t kLan = 0xc0a8'01;
  if (address.is_v4()) return address.as_v4() >> 8 == kLan;
  return household_network().contains(address);
}

std::uint32_t interface_of(const flow::Address& address) {
  return is_at_home(address) ? kHomeInterface : kInternetInterface;
}

void put_address(wire::ByteWriter& out, const flow::Address& address, bool is_v6) {
  if (is_v6) out.put(address.hi);
  out.put_be(address.lo, is_v6 ? 8 : 4);
}

void put_record(wire::ByteWriter& out, const Flow& flow, bool is_v6, base::UnixMs boot) {
  put_address(out, flow.src, is_v6);
  put_address(out, flow.dst, is_v6);
  out.put(flow.src_port);
  out.put(flow.dst_port);
  out.put(spec(flow.app).protocol);
  out.put(flow.tcp_flags);
  out.put(interface_of(flow.src));
  out.put(interface_of(flow.dst));
  out.put(static_cast<std::uint64_t>(flow.bytes));
  out.put(static_cast<std::uint64_t>(flow.packets));
  out.put(static_cast<std::uint32_t>(flow.start - boot));
  out.put(static_cast<std::uint32_t>(flow.end - boot));
}

}  // namespace

Router::Router(base::UnixMs begin)
    : boot_(base::floor_to(begin - base::kMsPerHour, base::kMsPerSecond)),
      messages_(wire::TemplateProtocol::NetFlow9, kDomain, boot_) {}

std::vector<Router::Octets> Router::tell(std::span<const Flow> flows, base::UnixMs now) {
  std::vector<Octets> datagrams;
  const auto finish = [&] {
    const wire::ByteView message = messages_.finish(now);
    datagrams.emplace_back(message.begin(), message.end());
  };
  if (now >= templates_due_) {
    for (const bool is_v6 : {false, true}) messages_.put_template(make_template(is_v6));
    finish();
    templates_due_ = now + base::kMsPerMinute;
  }
  for (const bool is_v6 : {false, true}) {
    const wire::Template used = make_template(is_v6);
    const std::size_t octets = wire::smallest_record_octets(used.fields);
    for (const Flow& flow : flows) {
      if (flow.src.is_v4() == is_v6) continue;
      if (messages_.octets_with(used.id, octets) > wire::kDatagramOctetsMax) finish();
      put_record(messages_.record(used.id), flow, is_v6, boot_);
    }
    if (!messages_.is_empty()) finish();
  }
  return datagrams;
}

}  // namespace demo
