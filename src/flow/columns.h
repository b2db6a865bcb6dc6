#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string_view>

#include "base/clock.h"
#include "flow/address.h"

namespace flow {

// How a column's value is held in memory and what it means. The widths of the stores derive from
// it.
enum class ColumnType : std::uint8_t {
  Time,     // int64, Unix milliseconds
  Address,  // two uint64
  U8,
  U16,
  U32,
  Counter,  // int64, never negative: SUM over UBIGINT would go through HUGEINT
  Mac,      // uint64, the low 48 bits
  Flag,     // bool
  Name,     // uint32, an id of flow/name_pool.h; text in every store and answer
  Word,     // uint8, which of words_of(column); the number in every store, the word in answers
};

// One row per column of a flow: X(name, type, is a dimension, meaning with its unit).
// Store schema, query names, CSV headers, API schema and the browser's column list derive from
// this table. What the exporter did not say is absent (see FlowRecord::present), never 0.
// NOLINTBEGIN(readability-identifier-naming): enumerators are the query language's names.
#define WEIR_FLOW_COLUMNS(X)                                                                   \
  X(start, Time, false, "first packet, as the exporter said")                                  \
  X(end, Time, false, "last packet, as the exporter said")                                     \
  X(export_time, Time, false, "header's export time; only where start or end was not said")    \
  X(received, Time, false, "arrival of the datagram; never falls within a store; the cursor")  \
  X(exporter, Address, true, "source address of the datagram")                                 \
  X(domain, U32, true, "observation domain (IPFIX), source id (v9), engine type and id (v5)")  \
  X(in_if, U32, true, "ifIndex of the ingress interface")                                      \
  X(out_if, U32, true, "ifIndex of the egress interface")                                      \
  X(direction, U8, true, "flowDirection: 0 ingress, 1 egress")                                 \
  X(src, Address, true, "source address")                                                      \
  X(dst, Address, true, "destination address")                                                 \
  X(src_port, U16, true, "source port; absent for protocols without ports unless exported")    \
  X(dst_port, U16, true, "destination port; ICMP: type * 256 + code where so exported")        \
  X(protocol, U8, true, "IP protocol number")                                                  \
  X(tos, U8, true, "IP class of service octet")                                                \
  X(tcp_flags, U16, true, "OR of the TCP flags seen")                                          \
  X(icmp_type, U8, true, "ICMP or ICMPv6 type")                                                \
  X(icmp_code, U8, true, "ICMP or ICMPv6 code")                                                \
  X(bytes, Counter, false, "octets as exported, not multiplied by the sampling rate")          \
  X(packets, Counter, false, "packets as exported, not multiplied by the sampling rate")       \
  X(sampling_rate, U32, true, "1 in N packets was looked at; absent: not known to be sampled") \
  X(sampling_source, Word, true, "where sampling_rate came from, see SamplingSource")          \
  X(src_as, U32, true, "source AS number as exported")                                         \
  X(dst_as, U32, true, "destination AS number as exported")                                    \
  X(next_hop, Address, true, "next hop's address, else the BGP next hop's")                    \
  X(src_mask, U8, true, "prefix length of the route to the source")                            \
  X(dst_mask, U8, true, "prefix length of the route to the destination")                       \
  X(vlan, U16, true, "VLAN id")                                                                \
  X(src_mac, Mac, true, "source MAC address")                                                  \
  X(dst_mac, Mac, true, "destination MAC address")                                             \
  X(forwarding_status, U8, true, "forwardingStatus, RFC 7270 section 4.12")                    \
  X(end_reason, U8, true, "flowEndReason, RFC 5102 section 5.11.3")                            \
  X(nat_src, Address, true, "source address after translation")                                \
  X(nat_dst, Address, true, "destination address after translation")                           \
  X(nat_src_port, U16, true, "source port after translation")                                  \
  X(nat_dst_port, U16, true, "destination port after translation")                             \
  X(locality, Word, true, "which ends are local, see Locality")                                \
  X(counted, Flag, true, "false: another observation point counts this traffic")               \
  X(app, Name, true, "application")                                                            \
  X(app_evidence, Word, true, "what named the application, see AppEvidence")                   \
  X(site, Name, true, "name of the remote end, see SiteEvidence")                              \
  X(site_evidence, Word, true, "what named the site, see SiteEvidence")                        \
  X(src_country, Name, true, "source's country, ISO 3166-1 alpha-2")                           \
  X(dst_country, Name, true, "destination's country, ISO 3166-1 alpha-2")

enum class Column : std::uint8_t {
#define X(name, type, dimension, meaning) name,
  WEIR_FLOW_COLUMNS(X)
#undef X
};
// NOLINTEND(readability-identifier-naming)

struct ColumnSpec {
  Column column;
  std::string_view name;
  ColumnType type;
  bool is_dimension;  // may be grouped by
  std::string_view meaning;
};

inline constexpr auto kColumns = std::to_array<ColumnSpec>({
#define X(name, type, dimension, meaning) \
  {Column::name, #name, ColumnType::type, dimension, meaning},
    WEIR_FLOW_COLUMNS(X)
#undef X
});
inline constexpr std::size_t kColumnCount = kColumns.size();
static_assert(kColumnCount <= 64, "a row's presence is one 64-bit mask");

constexpr const ColumnSpec& spec(Column column) {
  return kColumns[static_cast<std::size_t>(column)];
}
std::optional<Column> find_column(std::string_view name);

// A set of columns.
using ColumnMask = std::uint64_t;
constexpr ColumnMask bit(Column column) {
  return ColumnMask{1} << static_cast<unsigned>(column);
}

enum class Locality : std::uint8_t { LocalToLocal, LocalToRemote, RemoteToLocal, RemoteToRemote };
enum class SamplingSource : std::uint8_t { Header, Record, Options, Setting };

// The exporter's own id of the application; an entry of the protocols list; a service's port; the
// IP protocol alone.
enum class AppEvidence : std::uint8_t { Exporter, List, Service, Protocol };

// The client asked a name server for that name and was told that address; the name stood in the
// connection's first packets; the address's reverse name; the name of the AS it is in.
enum class SiteEvidence : std::uint8_t { Dns, Sni, Ptr, As };

// The words of a column of ColumnType::Word, by number; of any other, none.
std::span<const std::string_view> words_of(Column column);

// The word that stands for the number, "?" for one that is none of ours: a newer Weir's, perhaps.
std::string_view word_of(Column column, std::uint64_t number);

// The C++ type that holds a column's value.
template <ColumnType Type>
struct ColumnValueOf;
template <>
struct ColumnValueOf<ColumnType::Time> {
  using type = base::UnixMs;
};
template <>
struct ColumnValueOf<ColumnType::Address> {
  using type = Address;
};
template <>
struct ColumnValueOf<ColumnType::U8> {
  using type = std::uint8_t;
};
template <>
struct ColumnValueOf<ColumnType::U16> {
  using type = std::uint16_t;
};
template <>
struct ColumnValueOf<ColumnType::U32> {
  using type = std::uint32_t;
};
template <>
struct ColumnValueOf<ColumnType::Counter> {
  using type = std::int64_t;
};
template <>
struct ColumnValueOf<ColumnType::Mac> {
  using type = std::uint64_t;
};
template <>
struct ColumnValueOf<ColumnType::Flag> {
  using type = bool;
};
template <>
struct ColumnValueOf<ColumnType::Name> {
  using type = std::uint32_t;
};
template <>
struct ColumnValueOf<ColumnType::Word> {
  using type = std::uint8_t;
};
template <ColumnType Type>
using ColumnValue = typename ColumnValueOf<Type>::type;

}  // namespace flow
