#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <span>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "flow/address.h"

// The loss ledger: per exporter and minute of receipt, what came, what was kept, and by name what
// was not. Committed with the parts it describes.
namespace flow {

// Every reason for which something received is not stored as a flow, options record or event.
// X(name, unit it counts in, what it means to the operator). A whole datagram, or a set of unknown
// template, counts as one record until something tells its records.
#define WEIR_NOT_COUNTED(X)                                                                       \
  X(UnknownVersion, "datagrams", "the first 16 bits name no export protocol Weir reads")          \
  X(HeaderTruncated, "datagrams", "shorter than its protocol's header")                           \
  X(LengthLies, "datagrams", "the message length field disagrees with the datagram")              \
  X(CountLies, "records", "the v5 header announces more records than the datagram holds")         \
  X(SetHeaderTruncated, "sets", "octets after the last set are too few for a set header")         \
  X(SetShorterThanItsHeader, "sets", "a set's length is below the 4 octets of its header")        \
  X(SetLongerThanMessage, "sets", "a set's length reaches beyond the message")                    \
  X(ReservedSetId, "sets", "a set id that the protocol reserves")                                 \
  X(RecordTruncated, "records", "a data record ends before its template does")                    \
  X(VariableLengthTruncated, "records", "a variable length field's length or octets are cut off") \
  X(TemplateTruncated, "sets", "a template ends before its field count does")                     \
  X(TemplateZeroSize, "sets", "a template whose smallest record has no octets")                   \
  X(TemplateTooManyFields, "sets", "a template with more fields than Weir keeps")                 \
  X(TemplateIdReserved, "sets", "a template with an id below 256")                                \
  X(ScopeInvalid, "sets", "an options template whose scope field count is 0 or above its fields") \
  X(TemplatesOverCap, "sets", "the exporter has as many templates as Weir keeps")                 \
  X(NoTemplatePending, "sets", "waiting for its template")                                        \
  X(NoTemplateExpired, "sets", "its template did not come in time")                               \
  X(NoTemplateOverCap, "sets", "its template is unknown and the pending cache is full")           \
  X(ExporterOverCap, "datagrams", "as many exporters are known as Weir keeps")                    \
  X(SegmentSetAside, "records", "its journal segment ended the process twice in replay")          \
  X(StoreRefused, "records", "the store could not take it: disk budget or disk full")             \
  X(PartDamaged, "records", "its part was found damaged and set aside")

enum class NotCounted : std::uint8_t {
#define X(name, unit, meaning) name,
  WEIR_NOT_COUNTED(X)
#undef X
};

struct NotCountedSpec {
  NotCounted reason;
  std::string_view name;
  std::string_view unit;
  std::string_view meaning;
};
inline constexpr auto kNotCounted = std::to_array<NotCountedSpec>({
#define X(name, unit, meaning) {NotCounted::name, #name, unit, meaning},
    WEIR_NOT_COUNTED(X)
#undef X
});
inline constexpr std::size_t kNotCountedReasons = kNotCounted.size();

// Sums; rows of the same exporter and minute add up.
//
// 1. sequence_sent = sequence_received + sequence_gap, in the exporter's own unit: flows (v5),
//    datagrams (v9), data records including options data (IPFIX).
// 2. records = flows + options + events + the sum of not_counted. A bidirectional record is two
// flows
//    and counts as two.
//
// A row is what changed since the last one of its exporter and minute. It may take back what an
// earlier row counted (a pending set whose template came): the difference is then below 0, held
// modulo 2^64, and the sums are right again.
struct LedgerCounts {
  std::uint64_t datagrams = 0;
  std::uint64_t octets = 0;  // UDP payload
  std::uint64_t records = 0;
  std::uint64_t flows = 0;
  std::uint64_t options = 0;
  std::uint64_t events = 0;
  std::uint64_t templates = 0;  // template records understood; not part of `records`
  std::uint64_t sequence_sent = 0;
  std::uint64_t sequence_received = 0;
  std::uint64_t sequence_gap = 0;
  std::uint64_t reordered = 0;       // datagrams that came after a later one; no loss
  std::uint64_t repeated = 0;        // datagrams whose sequence came before; no loss
  std::uint64_t restarts = 0;        // the exporter began to count anew; no gap
  std::uint64_t spread_clamped = 0;  // flows whose times lay outside what is spread
  std::array<std::uint64_t, kNotCountedReasons> not_counted{};

  std::uint64_t& operator[](NotCounted reason) {
    return not_counted[static_cast<std::size_t>(reason)];
  }
  std::uint64_t operator[](NotCounted reason) const {
    return not_counted[static_cast<std::size_t>(reason)];
  }
  std::uint64_t not_counted_sum() const;
  LedgerCounts& operator+=(const LedgerCounts& other);
  bool operator==(const LedgerCounts&) const = default;
};

struct LedgerRow {
  Address exporter;
  base::UnixMs minute;  // start of the minute of receipt
  LedgerCounts counts;
};

// One row per minute and exporter, in this order. When there are `rows_max` of them, what further
// ones counted stands under the unspecified address: one row a minute.
std::vector<LedgerRow> merged(std::span<const LedgerRow> rows,
                              std::size_t rows_max = std::numeric_limits<std::size_t>::max());

}  // namespace flow
