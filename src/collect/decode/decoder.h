#pragma once

#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "collect/datagram.h"
#include "flow/exporter_view.h"
#include "flow/handover.h"
#include "flow/record.h"

namespace collect {

// A decoded record that is not a flow. Only `weir decode` asks for these.
struct OtherRecord {
  enum class Kind : std::uint8_t { Options, Event };
  Kind kind;
  flow::Address exporter;
  std::uint32_t domain = 0;
  std::vector<std::pair<std::string, std::string>> fields;  // element name, value as text
};

// Turns export datagrams into flows. One per worker: it alone holds the templates, options,
// sampling, sequence and pending sets of the exporters steered to that worker. Not thread-safe.
//
// Bounded by the caps in decode/caps.h, each with a counter; nothing a sender does makes it throw,
// stop or grow beyond them.
class Decoder {
 public:
  Decoder();
  ~Decoder();

  // Appends the datagram's flows to `flows` (all of them or, where the protocol's scope of damage
  // says so, those of its good sets) and counts the rest in the ledger. Flows carry what the
  // exporter said plus exporter, received and sampling; enrichment fills the rest. Sets that
  // waited for a template this datagram brings are decoded now, with their own time of receipt.
  void decode(const Datagram& datagram, std::vector<flow::FlowRecord>& flows);

  // Where options and event records go too; null (the default): they are only counted.
  void set_others(std::vector<OtherRecord>* others);

  // Gives up pending sets whose template did not come in time, and calls lost what is missing by
  // the sequence. Once a second or so. False: there was nothing of either.
  bool expire(base::UnixMs now_ms);

  // The ledger since the last call, and the states that changed since the last call.
  std::vector<flow::LedgerRow> take_ledger();
  std::vector<flow::ExporterState> take_changed_states();

  // Puts back a state that take_changed_states() gave, of this or an older version. False: not
  // understood; the exporter then starts empty.
  bool restore(const flow::ExporterState& state);

  flow::WorkerView view() const;

 private:
  struct Impl;
  std::unique_ptr<Impl> impl_;
};

}  // namespace collect
