#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <vector>

#include "collect/decode/message.h"
#include "collect/decode/template_cache.h"
#include "wire/bytes/byte_reader.h"

namespace collect {

// A data set that came before its template, with what its message's header said.
struct PendingSet {
  MessageHeader header;
  std::uint16_t template_id = 0;
  std::vector<std::byte> octets;

  TemplateKey key() const { return {header.protocol, header.domain, template_id}; }
};

// The waiting data sets of one exporter, oldest first.
class PendingSets {
 public:
  // `octets_in_all` counts the octets of all exporters' pending sets; it outlives this.
  explicit PendingSets(std::size_t& octets_in_all) : octets_in_all_(octets_in_all) {}
  ~PendingSets() { octets_in_all_ -= octets_; }
  PendingSets(const PendingSets&) = delete;
  PendingSets& operator=(const PendingSets&) = delete;

  // False: over a cap, not kept.
  bool add(PendingSet set);
  // Takes out those that wait for `key`, oldest first.
  std::vector<PendingSet> take(const TemplateKey& key);
  // Takes out those received before `before_ms`.
  std::vector<PendingSet> take_older_than(base::UnixMs before_ms);

  const std::deque<PendingSet>& all() const { return sets_; }
  std::size_t octets() const { return octets_; }

 private:
  template <class Wanted>
  std::vector<PendingSet> take_if(Wanted wanted);

  std::size_t& octets_in_all_;
  std::size_t octets_ = 0;
  std::deque<PendingSet> sets_;
};

}  // namespace collect
