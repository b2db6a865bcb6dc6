#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "probe/exporter/fields.h"
#include "probe/exporter/outlet.h"
#include "probe/table/flow_table.h"
#include "wire/export/message_writer.h"

namespace probe {

enum class ExportVersion : std::uint8_t { NetFlow5 = 5, NetFlow9 = 9, Ipfix = 10 };

struct ExporterSettings {
  ExportVersion version = ExportVersion::NetFlow9;
  std::uint32_t interface_index = 1;  // and observation domain (v5: engine id) of its own
  std::string interface_name;
  std::uint32_t sampling_rate = 1;  // 1: not sampled, nothing said
  base::UnixMs boot = 0;            // of which v5 and v9 count their times
};

struct ExporterCounts {
  std::uint64_t flows = 0;
  std::uint64_t datagrams = 0;
  std::uint64_t flows_not_sent = 0;      // in datagrams that the outlet did not take
  std::uint64_t datagrams_not_sent = 0;  //
  std::uint64_t refused = 0;             // datagrams to which nobody listened, as far as was told
  std::uint64_t flows_not_said = 0;      // IPv6 ones, of which v5 knows nothing
};

// Makes datagrams of one interface's ended flows. Templates, and options that say its name and the
// sampling, go first, again every kTemplatesEveryMs, and after a refusal.
class FlowExporter {
 public:
  static constexpr std::int64_t kTemplatesEveryMs = 60'000;

  FlowExporter(const ExporterSettings& settings, std::unique_ptr<Outlet> outlet);

  void add(std::span<const EndedFlow> flows, base::UnixMs now);
  // Sends what waits for a datagram to be full.
  void flush(base::UnixMs now);
  // The interface has another ifIndex from now on: another observation domain, told anew.
  void move_to(std::uint32_t interface_index, base::UnixMs now);

  std::uint32_t interface_index() const { return settings_.interface_index; }
  const ExporterCounts& counts() const { return counts_; }

 private:
  wire::TemplateProtocol protocol() const;
  void begin_domain();
  // Stamps of uptime know no time before the boot: where the clock was set back beyond it, the
  // exporter starts anew, with sequence and templates.
  void keep_boot_before(base::UnixMs time);
  void send_waiting(base::UnixMs now);
  void add_netflow5(const flow::FlowRecord& flow, base::UnixMs now);
  void add_record(const flow::FlowRecord& flow, base::UnixMs now);
  void put_templates(base::UnixMs now);
  bool is_templates_due(base::UnixMs now) const;
  const FlowTemplate& template_of(const flow::FlowRecord& flow) const;
  void send(wire::ByteView datagram, base::UnixMs now);
  void say_sending_failed(const Outlet::Sent& sent, base::UnixMs now);

  ExporterSettings settings_;
  std::unique_ptr<Outlet> outlet_;
  std::vector<FlowTemplate> templates_;
  std::optional<wire::MessageWriter> messages_;  // v9 and IPFIX
  std::optional<wire::Netflow5Writer> netflow5_;
  std::optional<base::UnixMs> templates_sent_;
  std::size_t waiting_flows_ = 0;
  ExporterCounts counts_;
  base::SampledLog log_{10'000};
};

}  // namespace probe
