#include <map>
#include <memory>

#include "fuzz/decoding.h"
#include "wire/bytes/byte_reader.h"

// A story of a collector: datagrams of several exporters, time that passes, restarts with the state
// of the last barrier. After each step the ledger must add up and every flow must be in it.
//
// The input is a list of steps: what (1 octet), how much (2 octets), and for a datagram so many
// octets. `what`: its low 2 bits choose the step, the rest the exporter.
namespace {

constexpr std::int64_t kNsPerMs = 1'000'000;

class Collector {
 public:
  void datagram(std::uint8_t exporter, std::span<const std::byte> payload) {
    std::vector<flow::FlowRecord> flows;
    decoder_->decode({.exporter = flow::Address::v4(exporter),
                      .exporter_port = 1,
                      .local_port = 2,
                      .received_ns = now_ms_ * kNsPerMs,
                      .payload = payload},
                     flows);
    fuzz::check_storable(flows);
    ++datagrams_;
    flows_ += flows.size();
  }
  void pass_time(std::uint16_t seconds) {
    now_ms_ += std::int64_t{seconds} * 1'000;
    decoder_->expire(now_ms_);
  }
  void barrier() {
    total_ += fuzz::sum_of(decoder_->take_ledger());
    for (auto& state : decoder_->take_changed_states()) states_[state.exporter] = state;
  }
  // As after kill -9 right behind a barrier.
  void restart() {
    barrier();
    decoder_ = std::make_unique<collect::Decoder>();
    for (const auto& [exporter, state] : states_) CHECK(decoder_->restore(state));
  }
  void check() {
    barrier();
    fuzz::check_adds_up(total_);
    CHECK(total_.datagrams == datagrams_);
    CHECK(total_.flows == flows_);
    std::uint64_t pending = 0;
    for (const auto& exporter : decoder_->view().exporters) pending += exporter.pending_sets;
    CHECK(total_[flow::NotCounted::NoTemplatePending] == pending);
  }

 private:
  std::unique_ptr<collect::Decoder> decoder_ = std::make_unique<collect::Decoder>();
  std::map<flow::Address, flow::ExporterState> states_;
  flow::LedgerCounts total_;
  std::uint64_t datagrams_ = 0;
  std::uint64_t flows_ = 0;
  std::int64_t now_ms_ = 1'700'000'000'000;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  wire::ByteReader story(fuzz::octets_of(data, size));
  Collector collector;
  while (const auto step = story.take<3>()) {
    const auto what = wire::load_be<std::uint8_t, 0>(*step);
    const auto how_much = wire::load_be<std::uint16_t, 1>(*step);
    switch (what & 3) {
      case 0:
      case 1:
        collector.datagram(what >> 2,
                           *story.take(std::min<std::size_t>(how_much, story.remaining())));
        break;
      case 2:
        collector.pass_time(how_much);
        break;
      default:
        collector.restart();
    }
    collector.check();
  }
  return 0;
}
