#include "probe/exporter/flow_exporter.h"

#include <fmt/format.h>

#include <algorithm>

namespace probe {
namespace {

using flow::Column;

constexpr std::uint16_t kFirstTemplateId = 256;
constexpr std::uint16_t kSamplingTemplateId = 512;
constexpr std::uint16_t kInterfaceTemplateId = 513;
constexpr std::uint16_t kIcmpTypeCode4 = 32;
constexpr std::uint16_t kIcmpTypeCode6 = 139;
constexpr std::uint16_t kStartUptime = 22;
constexpr std::uint16_t kEndUptime = 21;
// How long before the packets of a clock that was set back the exporter says it started.
constexpr std::int64_t kUptimeAnewMs = base::kMsPerHour;
constexpr std::uint8_t kIcmp = 1;
constexpr std::uint8_t kIcmp6 = 58;

// What stands where other flows have ports. A flow whose protocol has none does not say 0.
enum class Ends : std::uint8_t { Ports, Icmp, None };

std::uint16_t template_id(Family family, Ends ends, bool has_vlan) {
  return static_cast<std::uint16_t>(kFirstTemplateId + (family == Family::IPv6 ? 6 : 0) +
                                    static_cast<int>(ends) * 2 + (has_vlan ? 1 : 0));
}

std::vector<Field> fields_of(Family family, Ends ends, bool has_vlan,
                             wire::TemplateProtocol protocol) {
  const bool is_v6 = family == Family::IPv6;
  const std::uint16_t address_octets = is_v6 ? 16 : 4;
  std::vector<Field> fields{field_of(Column::src, address_octets, family),
                            field_of(Column::dst, address_octets, family)};
  if (ends == Ends::Ports) {
    fields.push_back(field_of(Column::src_port, 2));
    fields.push_back(field_of(Column::dst_port, 2));
    fields.push_back(field_of(Column::tcp_flags, 1));
  } else if (ends == Ends::Icmp) {
    fields.push_back({is_v6 ? kIcmpTypeCode6 : kIcmpTypeCode4, 2, Column::dst_port});
  }
  fields.push_back(field_of(Column::protocol, 1));
  fields.push_back(field_of(Column::tos, 1));
  if (has_vlan) fields.push_back(field_of(Column::vlan, 2));
  fields.push_back(field_of(Column::bytes, 8));
  fields.push_back(field_of(Column::packets, 8));
  fields.push_back(field_of(Column::in_if, 4));
  fields.push_back(field_of(Column::end_reason, 1));
  if (protocol == wire::TemplateProtocol::Ipfix) {
    fields.push_back(field_of(Column::start, 8));
    fields.push_back(field_of(Column::end, 8));
  } else {
    fields.push_back({kStartUptime, 4, Column::start, true});
    fields.push_back({kEndUptime, 4, Column::end, true});
  }
  return fields;
}

std::vector<FlowTemplate> make_templates(wire::TemplateProtocol protocol) {
  std::vector<FlowTemplate> templates;
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    for (const Ends ends : {Ends::Ports, Ends::Icmp, Ends::None}) {
      for (const bool has_vlan : {false, true}) {
        templates.push_back(make_template(template_id(family, ends, has_vlan),
                                          fields_of(family, ends, has_vlan, protocol)));
      }
    }
  }
  return templates;
}

Ends ends_of(std::uint8_t protocol) {
  if (protocol == kIcmp || protocol == kIcmp6) return Ends::Icmp;
  return wire::has_ports(protocol) ? Ends::Ports : Ends::None;
}

flow::FlowRecord to_record(const EndedFlow& ended, const ExporterSettings& settings) {
  flow::FlowRecord record;
  record.src = {ended.key.src.hi, ended.key.src.lo};
  record.dst = {ended.key.dst.hi, ended.key.dst.lo};
  record.src_port = ended.key.src_port;
  record.dst_port = ended.key.dst_port;
  record.protocol = ended.key.protocol;
  record.vlan = ended.key.vlan;
  record.tos = ended.tos;
  record.tcp_flags = ended.tcp_flags;
  record.bytes = static_cast<std::int64_t>(ended.octets);
  record.packets = static_cast<std::int64_t>(ended.packets);
  record.in_if = settings.interface_index;
  record.end_reason = static_cast<std::uint8_t>(ended.reason);
  record.start = ended.first_ms;
  record.end = ended.last_ms;
  return record;
}

}  // namespace

FlowExporter::FlowExporter(const ExporterSettings& settings, std::unique_ptr<Outlet> outlet)
    : settings_(settings), outlet_(std::move(outlet)) {
  if (settings.version != ExportVersion::NetFlow5) templates_ = make_templates(protocol());
  begin_domain();
}

wire::TemplateProtocol FlowExporter::protocol() const {
  return settings_.version == ExportVersion::Ipfix ? wire::TemplateProtocol::Ipfix
                                                   : wire::TemplateProtocol::NetFlow9;
}

void FlowExporter::begin_domain() {
  templates_sent_.reset();
  if (settings_.version == ExportVersion::NetFlow5) {
    netflow5_.emplace(static_cast<std::uint16_t>(settings_.interface_index),
                      settings_.sampling_rate, settings_.boot);
  } else {
    messages_.emplace(protocol(), settings_.interface_index, settings_.boot);
  }
}

void FlowExporter::move_to(std::uint32_t interface_index, base::UnixMs now) {
  flush(now);
  settings_.interface_index = interface_index;
  begin_domain();
}

void FlowExporter::keep_boot_before(base::UnixMs time) {
  if (time >= settings_.boot || settings_.version == ExportVersion::Ipfix) return;
  send_waiting(settings_.boot);
  settings_.boot = base::floor_to(time, base::kMsPerSecond) - kUptimeAnewMs;
  begin_domain();
}

void FlowExporter::add(std::span<const EndedFlow> flows, base::UnixMs now) {
  if (flows.empty()) return;
  keep_boot_before(std::ranges::min(flows, {}, &EndedFlow::first_ms).first_ms);
  for (const EndedFlow& ended : flows) {
    const flow::FlowRecord record = to_record(ended, settings_);
    if (netflow5_) {
      add_netflow5(record, now);
    } else {
      add_record(record, now);
    }
  }
}

void FlowExporter::add_netflow5(const flow::FlowRecord& flow, base::UnixMs now) {
  if (!flow.src.is_v4() || !flow.dst.is_v4()) {
    ++counts_.flows_not_said;
    return;
  }
  netflow5_->put(to_netflow5(flow, settings_.boot));
  ++waiting_flows_;
  if (netflow5_->records() == wire::Netflow5Writer::kRecordsMax) send_waiting(now);
}

const FlowTemplate& FlowExporter::template_of(const flow::FlowRecord& flow) const {
  const Family family = flow.src.is_v4() && flow.dst.is_v4() ? Family::IPv4 : Family::IPv6;
  const std::uint16_t id = template_id(family, ends_of(flow.protocol), flow.vlan != 0);
  return templates_[id - kFirstTemplateId];
}

void FlowExporter::add_record(const flow::FlowRecord& flow, base::UnixMs now) {
  if (messages_->is_empty() && is_templates_due(now)) put_templates(now);
  const FlowTemplate& used = template_of(flow);
  if (messages_->octets_with(used.announced.id, used.record_octets) > wire::kDatagramOctetsMax) {
    send_waiting(now);
    if (is_templates_due(now)) put_templates(now);
  }
  put_record(messages_->record(used.announced.id), used.fields, flow, settings_.boot);
  ++waiting_flows_;
}

bool FlowExporter::is_templates_due(base::UnixMs now) const {
  return !templates_sent_ || now - *templates_sent_ >= kTemplatesEveryMs || now < *templates_sent_;
}

void FlowExporter::put_templates(base::UnixMs now) {
  templates_sent_ = now;
  for (const FlowTemplate& each : templates_) messages_->put_template(each.announced);
  messages_->put_template(interface_template(protocol(), kInterfaceTemplateId));
  if (settings_.sampling_rate > 1) {
    messages_->put_template(sampling_template(protocol(), kSamplingTemplateId));
    put_sampling(messages_->record(kSamplingTemplateId), settings_.interface_index,
                 settings_.sampling_rate, Sampling::Random);
  }
  put_interface(messages_->record(kInterfaceTemplateId), settings_.interface_index,
                settings_.interface_name);
}

void FlowExporter::flush(base::UnixMs now) {
  keep_boot_before(now);
  send_waiting(now);
}

void FlowExporter::send_waiting(base::UnixMs now) {
  if (netflow5_) {
    if (netflow5_->records() > 0) send(netflow5_->finish(now), now);
  } else if (!messages_->is_empty()) {
    send(messages_->finish(now), now);
  }
}

void FlowExporter::send(wire::ByteView datagram, base::UnixMs now) {
  const Outlet::Sent sent = outlet_->send(datagram, waiting_flows_, now);
  if (sent.is_sent) {
    ++counts_.datagrams;
    counts_.flows += waiting_flows_;
  } else {
    ++counts_.datagrams_not_sent;
    counts_.flows_not_sent += waiting_flows_;
  }
  waiting_flows_ = 0;
  if (!sent.is_refused && sent.is_sent) return;
  if (sent.is_refused) ++counts_.refused;
  templates_sent_.reset();  // a collector that comes back knows none
  say_sending_failed(sent, now);
}

void FlowExporter::say_sending_failed(const Outlet::Sent& sent, base::UnixMs now) {
  log_.line(now, [&](std::uint64_t held_back) {
    const std::string reason = sent.is_refused
                                   ? std::string("nobody listens at the collector's port")
                                   : to_text(base::IoError{"send", "", sent.errno_value, ""});
    spdlog::warn("{}: {}; sending goes on ({} times not said)", settings_.interface_name, reason,
                 held_back);
  });
}

}  // namespace probe
