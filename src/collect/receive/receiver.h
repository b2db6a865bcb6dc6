#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <stop_token>
#include <vector>

#include "base/log.h"
#include "base/snapshot.h"
#include "collect/journal/journal.h"
#include "collect/journal/replay.h"
#include "collect/receive/admission.h"
#include "collect/receive/refused_senders.h"
#include "collect/receive/udp_port.h"
#include "collect/worker.h"
#include "flow/exporter_view.h"

namespace collect {

// The receive thread: takes datagrams from all ports, decides before the journal what is refused,
// journals the rest by one write per burst, and gives each worker those of its exporters. Closes
// segments by barriers.
//
// received = refused by sender + refused by version + worker channel full + journal refused
//            + sent to workers, and what is sent to workers is in the journal.
class Receiver {
 public:
  // A barrier closes the segment when it holds datagrams and is this old, or has made this many
  // rows; or when it is as large as Journal says.
  static constexpr std::int64_t kBarrierAgeMs = 5 * base::kMsPerMinute;
  static constexpr std::uint64_t kBarrierRows = 1'000'000;

  struct Options {
    std::vector<state::Endpoint> listen;
    std::uint64_t buffer_octets = 0;
    Admission::Senders senders;
    base::UnixNs last_received_ns = 0;  // of all datagrams in store and journal: times never fall
    std::int64_t bind_retry_ms = 5'000;
  };
  // All outlive the receiver.
  Receiver(Options options, Journal& journal, std::vector<Worker*> workers,
           const ReplayStatus& replay);

  // Binds what can be bound, one error for each port that cannot. Once, before run(), while the
  // process still has its privileges.
  std::vector<base::IoError> open_ports();
  // As they were at the last open_ports(); to know the number behind a port 0.
  std::vector<flow::PortView> ports() const;

  // Any thread: from soon on these ports are listened on and these senders taken. A port that stays
  // keeps its socket; one that goes is emptied first, and what came while it was is counted as
  // dropped. What cannot be bound is tried again.
  void change(std::vector<state::Endpoint> listen, Admission::Senders senders);

  // Until stopped: then takes what waits in the sockets, sends the last barrier and closes the
  // workers' inboxes.
  void run(const std::stop_token& stop);

  // Any thread; published about twice a second.
  const base::Snapshot<flow::ReceiveView>& view() const { return view_; }

 private:
  struct LastRefused {
    Datagram datagram;  // without its payload
    Refusal refusal{};
    std::vector<std::byte> first_octets;
  };

  void look_at_clocks();
  void wait(int stop_event);
  void gather(int stop_event) const;
  std::size_t take_from_all();
  // As far as a few bursts reach.
  std::size_t empty(UdpPort& port);
  std::size_t take_from(UdpPort& port);
  void sort_out(std::span<const Datagram> received);
  void refuse(const Datagram& datagram, Refusal refusal);
  static flow::RefusedDatagram view_of(const std::optional<LastRefused>& refused);
  void send_to_workers();
  void drain_ports();
  void take_change();
  void take_leave_of(UdpPort& port);
  void retry_ports();
  void pass_barrier_if_due();
  void pass_barrier();
  std::uint64_t rows_made() const;
  void watch_clock();
  void publish_view();

  struct Intake {
    std::vector<state::Endpoint> listen;
    Admission::Senders senders;
  };

  Options options_;
  base::Snapshot<Intake> wanted_;
  std::shared_ptr<const Intake> taken_ = wanted_.get();
  Admission admission_;
  Journal& journal_;
  const std::vector<Worker*> workers_;
  const ReplayStatus& replay_;
  ReceiveSlots slots_;
  std::vector<UdpPort> ports_;
  flow::PortView former_ports_;

  base::UnixNs now_ns_ = 0;     // the machine's UTC clock, which may be set back
  std::int64_t steady_ms_ = 0;  // never falls: for intervals
  base::UnixNs last_received_ns_;
  std::int64_t next_retry_ms_ = 0;  // steady, as the two below
  std::int64_t next_view_ms_ = 0;
  std::int64_t segment_begun_ms_ = 0;
  std::uint64_t rows_at_barrier_ = 0;

  // Of the burst in hand.
  std::vector<Datagram> accepted_;
  std::vector<std::vector<Datagram>> by_worker_;
  std::vector<bool> has_room_;

  RefusedSenders refused_senders_;
  std::uint64_t unknown_versions_ = 0;
  std::uint64_t worker_channel_full_ = 0;
  std::uint64_t journal_refused_ = 0;
  std::string journal_problem_;
  std::optional<LastRefused> last_refused_sender_;
  std::optional<LastRefused> last_unknown_;
  base::SampledLog log_{base::kMsPerMinute};
  base::SampledLog clock_log_{base::kMsPerMinute};
  base::Snapshot<flow::ReceiveView> view_;
};

}  // namespace collect
