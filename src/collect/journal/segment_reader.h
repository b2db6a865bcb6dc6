#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <string>

#include "base/result.h"
#include "collect/datagram.h"
#include "wire/bytes/byte_reader.h"

namespace collect {

// Reads a segment's datagrams in order. What is broken is skipped and counted, never an error: a
// torn tail is what a power cut leaves.
class SegmentReader {
 public:
  // An error when the file cannot be read at all. A file that is no segment has no datagrams and
  // is all torn.
  static base::Expected<SegmentReader, base::IoError> open(const std::filesystem::path& path);

  // Empty at the end. The payload points into memory(), which outlives the reader.
  std::optional<Datagram> next();

  // Where in the file the record that next() gave last begins.
  std::uint64_t record_offset() const { return record_offset_; }

  std::uint64_t damaged_records() const { return damaged_records_; }
  // Octets at the end that hold no whole record; known once next() answered empty.
  std::uint64_t torn_octets() const { return torn_octets_; }

  // What payloads point into; kept for as long as anyone holds it.
  const std::shared_ptr<const void>& memory() const { return memory_; }

 private:
  SegmentReader(std::shared_ptr<const void> memory, wire::ByteView octets);

  std::shared_ptr<const void> memory_;
  std::size_t file_octets_;
  wire::ByteReader rest_;
  std::uint64_t record_offset_ = 0;
  std::uint64_t damaged_records_ = 0;
  std::uint64_t torn_octets_ = 0;
};

}  // namespace collect
