#include "exporter.h"

#include <algorithm>
#include <array>

#include "wire/export/netflow9.h"
#include "wire/export/set.h"

namespace generator {

namespace {

using flow::Column;
using probe::Field;
using probe::field_of;

constexpr std::size_t kDatagramOctetsMax = wire::kDatagramOctetsMax;
constexpr std::uint16_t kFirstTemplateId = 256;
constexpr std::uint16_t kSamplingTemplateId = 9'999;
constexpr std::uint32_t kDomain = 1;
// Room for a message's header, a set's header and the set's padding.
constexpr std::size_t kRoomAroundRecords = wire::Netflow9Header::kSize + wire::SetHeader::kSize + 3;

constexpr auto kIPv4Fields = std::to_array<Field>({
    field_of(Column::src, 4),
    field_of(Column::dst, 4),
    field_of(Column::next_hop, 4),
    {9, 1, Column::src_mask},
    {13, 1, Column::dst_mask},
});
constexpr auto kIPv6Fields = std::to_array<Field>({
    field_of(Column::src, 16, probe::Family::IPv6),
    field_of(Column::dst, 16, probe::Family::IPv6),
    field_of(Column::next_hop, 16, probe::Family::IPv6),
    {29, 1, Column::src_mask},
    {30, 1, Column::dst_mask},
});
constexpr auto kFields = std::to_array<Field>({
    field_of(Column::src_port, 2),
    field_of(Column::dst_port, 2),
    field_of(Column::protocol, 1),
    field_of(Column::tos, 1),
    field_of(Column::tcp_flags, 1),
    field_of(Column::in_if, 4),
    field_of(Column::out_if, 4),
    field_of(Column::src_as, 4),
    field_of(Column::dst_as, 4),
});
// Half of the templates count in 4 octets, half in 8.
constexpr auto kCounters32 =
    std::to_array<Field>({field_of(Column::bytes, 4), field_of(Column::packets, 4)});
constexpr auto kCounters64 =
    std::to_array<Field>({field_of(Column::bytes, 8), field_of(Column::packets, 8)});
constexpr auto kUptimes =
    std::to_array<Field>({{22, 4, Column::start, true}, {21, 4, Column::end, true}});
constexpr auto kMilliseconds =
    std::to_array<Field>({field_of(Column::start, 8), field_of(Column::end, 8)});

void append(std::vector<Field>& fields, std::span<const Field> more) {
  fields.insert(fields.end(), more.begin(), more.end());
}

wire::TemplateProtocol template_protocol(Protocol protocol) {
  return protocol == Protocol::Ipfix ? wire::TemplateProtocol::Ipfix
                                     : wire::TemplateProtocol::NetFlow9;
}

}  // namespace

Exporter::Exporter(const ExporterSettings& settings, base::UnixMs boot)
    : settings_(settings), boot_(boot) {
  if (settings.protocol == Protocol::NetFlow5) {
    netflow5_ =
        std::make_unique<wire::Netflow5Writer>(std::uint8_t{0}, settings.sampling_rate, boot);
    flows_per_datagram_ = wire::Netflow5Writer::kRecordsMax;
    return;
  }
  messages_ =
      std::make_unique<wire::MessageWriter>(template_protocol(settings.protocol), kDomain, boot);
  for (const Family family : {Family::IPv4, Family::IPv6}) {
    if (family == Family::IPv6 && settings.ipv6_percent == 0) continue;
    for (std::uint16_t i = 0; i < settings.templates; ++i) {
      templates_.push_back(make_template(i, family, settings.protocol));
    }
  }
  std::size_t longest = 1;
  for (const auto& each : templates_) longest = std::max(longest, each.flows.record_octets);
  flows_per_datagram_ = (kDatagramOctetsMax - kRoomAroundRecords) / longest;
}

Exporter::TurnedTemplate Exporter::make_template(std::uint16_t index, Family family,
                                                 Protocol protocol) {
  std::vector<Field> fields;
  append(fields, family == Family::IPv4 ? std::span<const Field>(kIPv4Fields) : kIPv6Fields);
  append(fields, kFields);
  append(fields, index % 2 == 0 ? std::span<const Field>(kCounters32) : kCounters64);
  append(fields, protocol == Protocol::Ipfix ? std::span<const Field>(kMilliseconds) : kUptimes);
  const auto turned = static_cast<std::ptrdiff_t>(index % fields.size());
  std::rotate(fields.begin(), fields.begin() + turned, fields.end());

  const auto first =
      static_cast<std::uint16_t>(kFirstTemplateId * (family == Family::IPv4 ? 1 : 8));
  return {probe::make_template(static_cast<std::uint16_t>(first + index), std::move(fields)),
          family};
}

Message Exporter::next(Traffic& traffic, base::UnixMs now, std::size_t flows_max) {
  if (settings_.protocol == Protocol::NetFlow5) return netflow5(traffic, now, flows_max);
  if (datagrams_ >= settings_.templates_every) {
    datagrams_ = 0;
    templates_sent_ = 0;
  }
  ++datagrams_;
  if (templates_sent_ < templates_.size()) return templates_message(now);
  return flows_message(traffic, now, flows_max);
}

Message Exporter::netflow5(Traffic& traffic, base::UnixMs now, std::size_t flows_max) {
  const std::size_t count = std::min(flows_max, flows_per_datagram_);
  Message message;
  for (std::size_t i = 0; i < count; ++i) {
    message.flows.push_back(traffic.next(Family::IPv4, now));
    netflow5_->put(probe::to_netflow5(message.flows.back(), boot_));
  }
  const wire::ByteView octets = netflow5_->finish(now);
  message.octets.assign(octets.begin(), octets.end());
  return message;
}

const Exporter::TurnedTemplate& Exporter::turn_of() const {
  const std::uint64_t turn = datagrams_ * 37 % 100;  // spreads the families over the datagrams
  const bool ipv6 = turn < settings_.ipv6_percent;
  const std::size_t index = datagrams_ % settings_.templates;
  return templates_[ipv6 ? settings_.templates + index : index];
}

Message Exporter::flows_message(Traffic& traffic, base::UnixMs now, std::size_t flows_max) {
  const TurnedTemplate& used = turn_of();
  // Flows are made as of what the header can say, so that a collector finds their milliseconds.
  const base::UnixMs said_now =
      wire::MessageWriter::said_time(template_protocol(settings_.protocol), now);
  const std::size_t count = std::min(flows_max, flows_per_datagram_);
  Message message;
  for (std::size_t i = 0; i < count; ++i) {
    message.flows.push_back(traffic.next(used.family, said_now));
    probe::put_record(messages_->record(used.flows.announced.id), used.flows.fields,
                      message.flows.back(), boot_);
  }
  return finished(std::move(message), now);
}

Message Exporter::templates_message(base::UnixMs now) {
  const std::size_t octets_each =
      2 * wire::SetHeader::kSize + wire::SetHeader::kSize * templates_.front().flows.fields.size();
  const std::size_t room = (kDatagramOctetsMax - 2 * kRoomAroundRecords) / octets_each;
  const std::size_t count = std::min(room, templates_.size() - templates_sent_);
  for (std::size_t i = templates_sent_; i < templates_sent_ + count; ++i) {
    messages_->put_template(templates_[i].flows.announced);
  }
  Message message;
  if (settings_.sampling_rate > 1 && templates_sent_ == 0) {
    messages_->put_template(
        probe::sampling_template(template_protocol(settings_.protocol), kSamplingTemplateId));
    probe::put_sampling(messages_->record(kSamplingTemplateId), kDomain, settings_.sampling_rate,
                        probe::Sampling::Deterministic);
    message.options = 1;
  }
  templates_sent_ += count;
  return finished(std::move(message), now);
}

Message Exporter::finished(Message message, base::UnixMs now) {
  const wire::ByteView octets = messages_->finish(now);
  message.octets.assign(octets.begin(), octets.end());
  return message;
}

}  // namespace generator
