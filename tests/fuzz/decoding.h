#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "base/check.h"
#include "base/log.h"
#include "collect/decode/decoder.h"
#include "flow/volume.h"

// What every fuzz target of the decoders holds them to.
namespace fuzz {

inline std::span<const std::byte> octets_of(const std::uint8_t* data, std::size_t size) {
  return std::as_bytes(std::span(data, size));
}

// Bad octets are the point here: nothing is logged.
inline const bool kIsQuiet = base::start_log("off");

// The equalities of flow/ledger.h, and that no sum is below 0.
inline void check_adds_up(const flow::LedgerCounts& counts) {
  CHECK(counts.sequence_sent == counts.sequence_received + counts.sequence_gap);
  CHECK(counts.records == counts.flows + counts.options + counts.events + counts.not_counted_sum());
  for (const std::uint64_t count : counts.not_counted) {
    CHECK(static_cast<std::int64_t>(count) >= 0);
  }
}

// What reaches a part can be read from it again: each time is absent or one that engines can hold.
inline void check_storable(const std::vector<flow::FlowRecord>& flows) {
  for (const flow::FlowRecord& flow : flows) {
    CHECK(!flow.has(flow::Column::start) || flow::is_storable(flow.start));
    CHECK(!flow.has(flow::Column::end) || flow::is_storable(flow.end));
    CHECK(!flow.has(flow::Column::export_time) || flow::is_storable(flow.export_time));
    CHECK(flow.has(flow::Column::end) || flow.has(flow::Column::export_time));
  }
}

inline flow::LedgerCounts sum_of(const std::vector<flow::LedgerRow>& rows) {
  flow::LedgerCounts sum;
  for (const flow::LedgerRow& row : rows) sum += row.counts;
  return sum;
}

// Arbitrary octets as one datagram of `version`, twice, so that templates it brings are used.
inline void decode_as(std::uint16_t version, const std::uint8_t* data, std::size_t size) {
  std::vector<std::byte> payload{static_cast<std::byte>(version >> 8),
                                 static_cast<std::byte>(version)};
  const auto rest = octets_of(data, size);
  payload.insert(payload.end(), rest.begin(), rest.end());
  collect::Decoder decoder;
  std::vector<collect::OtherRecord> others;
  decoder.set_others(&others);
  std::vector<flow::FlowRecord> flows;
  for (int turn = 0; turn < 2; ++turn) {
    decoder.decode({.exporter = flow::Address::v4(0xc0000201),
                    .exporter_port = 1,
                    .local_port = 2,
                    .received_ns = 1'700'000'000'000'000'000,
                    .payload = payload},
                   flows);
  }
  decoder.expire(1'800'000'000'000);
  const auto counts = sum_of(decoder.take_ledger());
  check_adds_up(counts);
  CHECK(counts.datagrams == 2);
  check_storable(flows);
  CHECK(counts.flows == flows.size());
  CHECK(counts.options == others.size());
}

}  // namespace fuzz
