#include <memory>
#include <vector>

#include "fuzz/decoding.h"
#include "probe/meter.h"
#include "wire/packet/headers.h"

// Arbitrary octets as a captured frame: a link type (2 octets), then the frame, of which the
// capture kept all, then half. What the probe makes of it is decoded by the collector, which must
// find the same volume and nothing wrong.
namespace {

constexpr base::UnixNs kTimeNs = 1'700'000'000'000'000'000;

class DecodingOutlet final : public probe::Outlet {
 public:
  explicit DecodingOutlet(std::vector<flow::FlowRecord>& flows) : flows_(flows) {}
  ~DecodingOutlet() override {
    const auto counts = fuzz::sum_of(decoder_.take_ledger());
    fuzz::check_adds_up(counts);
    CHECK(counts.not_counted_sum() == 0);
  }
  Sent send(wire::ByteView datagram, std::size_t, base::UnixMs) override {
    CHECK(datagram.size() <= wire::kDatagramOctetsMax);
    decoder_.decode({.exporter = flow::Address::v4(1),
                     .exporter_port = 1,
                     .local_port = 2,
                     .received_ns = kTimeNs,
                     .payload = datagram},
                    flows_);
    return {.is_sent = true};
  }

 private:
  collect::Decoder decoder_;
  std::vector<flow::FlowRecord>& flows_;
};

void probe_frames(std::uint16_t link_type, wire::ByteView frame, probe::ExportVersion version) {
  std::vector<flow::FlowRecord> flows;
  std::uint64_t counted_octets = 0;
  std::uint64_t counted = 0;
  {
    probe::MeterSettings settings;
    settings.table.flows_max = 16;
    probe::ExporterSettings exporter;
    exporter.version = version;
    exporter.interface_name = "eth0";
    exporter.boot = kTimeNs / base::kNsPerMs - base::kMsPerHour;
    probe::Meter meter(settings, exporter, std::make_unique<DecodingOutlet>(flows));
    meter.see(link_type, frame, frame.size(), kTimeNs);
    meter.see(link_type, frame.first(frame.size() / 2), frame.size(), kTimeNs);
    meter.finish();
    counted_octets = meter.counts().counted_octets;
    counted = meter.counts().counted;
  }
  for (const flow::FlowRecord& flow : flows) {
    counted_octets -= static_cast<std::uint64_t>(flow.bytes);
    counted -= static_cast<std::uint64_t>(flow.packets);
  }
  CHECK(counted_octets == 0 && counted == 0);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::ByteReader input(fuzz::octets_of(data, size));
  const auto head = input.take<2>();
  if (!head) return 0;
  const auto link_type = wire::load_be<std::uint16_t, 0>(*head);
  const wire::ByteView frame = input.rest();
  const auto parsed = wire::parse_headers(link_type, frame, frame.size());
  if (parsed) CHECK(parsed->octets >= 20);
  probe_frames(link_type, frame, probe::ExportVersion::NetFlow9);
  probe_frames(link_type, frame, probe::ExportVersion::Ipfix);
  return 0;
}
