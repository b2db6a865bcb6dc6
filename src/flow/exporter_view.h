#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "flow/address.h"
#include "flow/ledger.h"

// What the collector shows of itself: immutable, published whole about twice a second by each
// stage, handed to the API by main.
namespace flow {

struct TemplateView {
  std::uint32_t domain = 0;
  std::uint16_t id = 0;
  bool is_options = false;
  base::UnixMs learned = 0;
  // Registry names, "id" or "pen:id" where unknown, a blank between two: a sender can have Weir
  // keep a million of them, and so they take little more room than their letters.
  std::string fields;
};

struct SamplingView {
  std::uint32_t domain = 0;
  std::uint64_t sampler = 0;
  std::uint32_t rate = 1;
  std::uint8_t source = 0;  // SamplingSource
};

// What an exporter said of one of its interfaces in options records. A stranger's texts: whole
// characters of UTF-8 without control characters.
struct ToldInterface {
  std::uint32_t index = 0;
  std::string name;
  std::string description;  // empty: it said none
  base::UnixMs told = 0;    // last
};

struct ExporterView {
  Address exporter;
  std::uint64_t datagrams_by_version[4] = {};  // v5, v9, IPFIX, other
  base::UnixMs first_seen = 0;
  base::UnixMs last_seen = 0;
  std::int64_t clock_skew_ms = 0;  // received - export time of the latest datagram
  LedgerCounts since_start;        // of this process, uncommitted included
  LedgerCounts since_barrier;      // the part of it that is not yet committed
  std::uint64_t pending_sets = 0;
  std::uint64_t pending_octets = 0;
  std::uint64_t not_kept = 0;  // samplers and observation domains over their caps
  std::vector<std::shared_ptr<const TemplateView>> templates;
  std::vector<SamplingView> sampling;
  // Learned from its flows: after how long it reports one that goes on, and one that is silent.
  // 0: not learned yet.
  std::int64_t active_timeout_ms = 0;
  std::int64_t inactive_timeout_ms = 0;
  // By index. Null: it told of none.
  std::shared_ptr<const std::vector<ToldInterface>> interfaces = {};
  std::uint64_t interfaces_not_kept = 0;  // times that one told of was over the caps
  std::uint64_t interface_names_cut = 0;  // times that a text was longer than is kept
};

// What a worker counted in a segment whose barrier it has passed and whose commit is to come.
struct PassedLedger {
  std::uint64_t segment = 0;
  std::shared_ptr<const std::vector<LedgerRow>> rows;
};

struct WorkerView {
  std::vector<ExporterView> exporters;
  // Since the start, of no exporter above: over the cap, of no protocol, evicted since.
  LedgerCounts of_no_exporter;
  std::vector<LedgerRow> uncommitted;  // of segments whose barrier the worker has not passed
  std::vector<PassedLedger> passed;    // some may be committed since: compare their segments
};

struct PortView {
  std::string address;  // "0.0.0.0:2055"
  bool bound = false;
  std::string problem;  // why not bound, with the holder where it can be known; empty when bound
  std::string holder;   // "nfcapd (process 4711)"; empty: nobody holds it, or it cannot be known
  std::uint64_t datagrams = 0;
  std::uint64_t octets = 0;
  std::uint64_t kernel_drops = 0;  // SO_RXQ_OVFL
  std::uint64_t truncated = 0;     // MSG_TRUNC
  std::uint32_t receive_buffer_octets = 0;
};

// A datagram that was refused before decoding, kept for the setup page.
struct RefusedDatagram {
  base::UnixMs received = 0;
  Address sender;
  std::uint16_t port = 0;
  std::string reason;
  std::string first_octets;  // hexadecimal, at most 32 octets
};

// One whose datagrams are not taken, as the settings say who may send.
struct RefusedSender {
  Address sender;
  std::uint64_t datagrams = 0;  // at least: it may have been forgotten and come back
  std::uint16_t port = 0;       // that it sent to last
  base::UnixMs last_seen = 0;
};

struct ReceiveView {
  std::vector<PortView> ports;
  PortView former_ports;  // sums of those that are listened on no more
  std::uint64_t refused_senders = 0;
  std::vector<RefusedSender> refused_by_sender = {};  // the busiest of them, those first
  std::uint64_t unknown_versions = 0;
  std::uint64_t worker_channel_full = 0;
  std::uint64_t journal_refused =
      0;  // datagrams not journalled (budget, disk full), so not decoded
  std::uint64_t segments_waiting = 0;
  std::uint64_t segments_set_aside = 0;
  std::vector<std::string> set_aside;  // one line for each, with what was wrong and where it is now
  bool replaying = false;
  std::string journal_problem;  // why datagrams cannot be journalled now; empty: they can
  RefusedDatagram last_refused;
  RefusedDatagram last_refused_sender;  // of those refused for their sender
  RefusedDatagram last_unknown;         // of those refused for their version
};

}  // namespace flow
