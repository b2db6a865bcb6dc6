#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <vector>

#include "wire/bytes/byte_reader.h"
#include "wire/export/registry.h"
#include "wire/export/set.h"
#include "wire/export/template.h"

// Export datagrams as if they had been sent at another time.
namespace wire {

// Moves what datagrams say of absolute times: the header's, and in records every registered element
// of a time, its reverse too. What counts from a device's start or from the header's time
// (sysUpTime stamps, deltas, durations) moves with these and stays. A time of 0 stays: it says
// nothing. So do times inside structured data (RFC 6313) and in elements that are not registered.
//
// v9 and IPFIX records can be read only by their templates, of which each exporter has its own. A
// set whose template comes later is read by the first one that look() met.
class Retimer {
 public:
  // In all; what is announced beyond them is not kept, and records of it keep their times.
  static constexpr std::size_t kTemplatesMax = 65'536;

  struct Seen {
    std::uint32_t flows = 0;            // records, but for those of options
    std::uint32_t unreadable_sets = 0;  // without a template: their records are not counted
  };

  // Learns the datagram's templates. `exporter` is the caller's number of who sent it.
  Seen look(std::size_t exporter, ByteView datagram);
  // After the last look() and before the first shift(): the datagrams will come again.
  void begin_again() { current_.clear(); }
  // The same, and adds `seconds` to the datagram's times.
  Seen shift(std::size_t exporter, std::span<std::byte> datagram, std::int64_t seconds);

 private:
  struct Key {
    std::size_t exporter;
    std::uint16_t version;
    std::uint32_t domain;
    std::uint16_t id;

    auto operator<=>(const Key&) const = default;
  };
  struct Known {
    Template described;
    std::size_t smallest_octets = 0;
    std::vector<std::optional<ElementType>> times = {};  // of each field; empty: no time
  };
  // A datagram under way. `place` is its octets again, to be written; empty: only looked at.
  struct Walk {
    std::size_t exporter;
    std::uint16_t version;
    std::uint32_t domain = 0;
    std::int64_t export_ms = 0;  // as it came
    ByteView datagram;
    std::span<std::byte> place;
    std::int64_t seconds = 0;
    Seen seen = {};
  };

  void walk(Walk& walk);
  static void walk_netflow5(Walk& walk);
  void walk_netflow9(Walk& walk);
  void walk_ipfix(Walk& walk);
  void take_set(Walk& walk, const Set& set);
  void learn(const Walk& walk, ByteView octets, bool is_options);
  const Known* find(const Walk& walk, std::uint16_t id) const;
  static void take_records(Walk& walk, const Known& known, ByteView octets);
  static bool take_record(const Walk& walk, const Known& known, ByteReader& records);

  std::map<Key, Known> first_;    // of each key the first one that came
  std::map<Key, Known> current_;  // and the last one
};

}  // namespace wire
