#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include "base/clock.h"
#include "flow/record.h"
#include "outlet.h"
#include "probe/exporter/fields.h"
#include "traffic.h"
#include "wire/export/message_writer.h"

namespace generator {

enum class Protocol : std::uint8_t { NetFlow5, NetFlow9, Ipfix };

struct ExporterSettings {
  Protocol protocol = Protocol::NetFlow9;
  std::uint16_t templates = 1;          // per family; each in its own order of fields
  std::uint32_t ipv6_percent = 0;       // of the datagrams; v5 cannot say IPv6
  std::uint32_t sampling_rate = 1;      // 1: not sampled, nothing said
  std::uint32_t templates_every = 500;  // datagrams between two sendings of all templates
};

// A datagram and what it carries.
struct Message {
  Octets octets;
  std::vector<flow::FlowRecord> flows;
  std::uint64_t options = 0;
};

// Writes one exporter's datagrams: each within 1,400 octets, sequence numbers as the protocol
// counts them, templates (and the sampling option) first and again every so often.
class Exporter {
 public:
  Exporter(const ExporterSettings& settings, base::UnixMs boot);

  // The next datagram: templates when they are due, else at most `flows_max` flows.
  Message next(Traffic& traffic, base::UnixMs now, std::size_t flows_max);

  // As many flows as every data datagram holds.
  std::size_t flows_per_datagram() const { return flows_per_datagram_; }
  // The sequence's next value: flows (v5), datagrams (v9), data records (IPFIX).
  std::uint32_t sequence() const {
    return netflow5_ ? netflow5_->sequence() : messages_->sequence();
  }

 private:
  struct TurnedTemplate {
    probe::FlowTemplate flows;
    Family family;
  };
  static TurnedTemplate make_template(std::uint16_t index, Family family, Protocol protocol);

  Message netflow5(Traffic& traffic, base::UnixMs now, std::size_t flows_max);
  Message flows_message(Traffic& traffic, base::UnixMs now, std::size_t flows_max);
  Message templates_message(base::UnixMs now);
  Message finished(Message message, base::UnixMs now);
  const TurnedTemplate& turn_of() const;

  ExporterSettings settings_;
  base::UnixMs boot_;
  std::unique_ptr<wire::MessageWriter> messages_;   // v9 and IPFIX
  std::unique_ptr<wire::Netflow5Writer> netflow5_;  // v5
  std::vector<TurnedTemplate> templates_;           // IPv4 ones first, then the IPv6 ones
  std::size_t flows_per_datagram_ = 0;
  std::uint64_t datagrams_ = 0;
  std::size_t templates_sent_ = 0;  // of the present sending
};

}  // namespace generator
