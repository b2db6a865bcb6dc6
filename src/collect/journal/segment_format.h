#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>

#include "base/result.h"
#include "collect/datagram.h"
#include "wire/bytes/byte_reader.h"
#include "wire/bytes/byte_writer.h"

// A journal segment is a pcap file (nanoseconds, big-endian, LINKTYPE_RAW): each datagram as an IP
// packet with headers made for it, so that tshark and `weir decode` open it.
//
//   file   = file header (24 octets), record…
//   record = seconds, nanoseconds, length, length (4 octets each), IP header, UDP header, payload
//
// IP source and UDP ports are the datagram's own; the destination address is unspecified. Both
// checksums are filled, and by them a reader knows a record that a power cut or a bad disk damaged.
namespace collect {

constexpr std::size_t kSegmentHeaderOctets = 24;
constexpr std::size_t kRecordHeaderOctets = 16;
// Headers before a datagram's payload, at most: record, IPv6, UDP.
constexpr std::size_t kOverheadMaxOctets = kRecordHeaderOctets + 40 + 8;

void put_segment_header(wire::ByteWriter& out);

// Everything of the record but the payload, which follows it. The payload fits an IP packet, for it
// came in one.
void put_record_header(wire::ByteWriter& out, const Datagram& datagram);

// Octets that the record will take.
std::size_t record_octets(const Datagram& datagram);

enum class RecordFault : std::uint8_t {
  Torn,     // the file ends inside it, or its length was never written: nothing after it is found
  Damaged,  // its length is right, its headers or checksum are not: the next record can be found
};

// Takes the file's header. False: no segment of ours.
bool take_segment_header(wire::ByteReader& in);

// Takes the next record; its payload points into `in`. After Damaged `in` stands behind the record,
// after Torn where it was. Needs in.remaining() > 0.
base::Expected<Datagram, RecordFault> take_record(wire::ByteReader& in);

}  // namespace collect
