#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "base/clock.h"
#include "wire/bytes/byte_writer.h"
#include "wire/export/netflow5.h"
#include "wire/export/set.h"
#include "wire/export/template.h"

// The exporter's side of a message: headers, sets and sequence numbers. What records mean is their
// writer's business.
namespace wire {

enum class TemplateProtocol : std::uint8_t { NetFlow9, Ipfix };

// Octets of a datagram's payload that pass every tunnel of an Ethernet.
constexpr std::size_t kDatagramOctetsMax = 1'400;

// Writes an exporter's NetFlow v9 or IPFIX messages one after the other, in the memory of one.
//
// A message is begun by the first thing put into it and ended by finish(), which writes its header:
// the sequence counts messages in v9, data records (options among them) in IPFIX.
class MessageWriter {
 public:
  MessageWriter(TemplateProtocol protocol, std::uint32_t domain, base::UnixMs boot);
  MessageWriter(const MessageWriter&) = delete;  // parts of it point to each other
  MessageWriter& operator=(const MessageWriter&) = delete;

  // Octets of the message when a record of `record_octets` of set `set_id` is in it, and its set
  // is finished.
  std::size_t octets_with(std::uint16_t set_id, std::size_t record_octets) const;

  void put_template(const Template& announced);

  // Where the next data record of set `set_id` is to be put: exactly one, by the caller.
  ByteWriter& record(std::uint16_t set_id);

  // Nothing was put into the present message yet.
  bool is_empty() const { return is_finished_ || records_ == 0; }

  // The whole message as of `now`, valid until something is put into the next one.
  ByteView finish(base::UnixMs now);

  // What the next message's header will say.
  std::uint32_t sequence() const { return sequence_; }

  // v9's header says whole seconds; so that stamps since boot keep their milliseconds, its uptime
  // is as of them.
  static base::UnixMs said_time(TemplateProtocol protocol, base::UnixMs now);

 private:
  std::size_t header_octets() const;
  void begin();
  void open_set(std::uint16_t id);
  void close_set();

  TemplateProtocol protocol_;
  std::uint32_t domain_;
  base::UnixMs boot_;
  std::vector<std::byte> octets_;
  ByteWriter out_;
  std::optional<SetWriter> set_;
  std::uint16_t set_id_ = 0;
  bool is_finished_ = false;
  std::size_t records_ = 0;  // templates among them
  std::size_t data_records_ = 0;
  std::uint32_t sequence_ = 0;
};

// The same for NetFlow v5, whose datagrams hold records of one kind.
class Netflow5Writer {
 public:
  // As many as fit kDatagramOctetsMax, fewer than the 30 that are customary.
  static constexpr std::size_t kRecordsMax =
      (kDatagramOctetsMax - Netflow5Header::kSize) / Netflow5Record::kSize;

  // `sampling_rate` of 1: not sampled. The header has 14 bits for it.
  Netflow5Writer(std::uint16_t engine, std::uint32_t sampling_rate, base::UnixMs boot);
  Netflow5Writer(const Netflow5Writer&) = delete;
  Netflow5Writer& operator=(const Netflow5Writer&) = delete;

  void put(const Netflow5Record& record);
  std::size_t records() const { return is_finished_ ? 0 : records_; }
  ByteView finish(base::UnixMs now);
  std::uint32_t sequence() const { return sequence_; }

 private:
  void begin();

  std::uint16_t engine_;
  std::uint16_t sampling_;
  base::UnixMs boot_;
  std::vector<std::byte> octets_;
  ByteWriter out_;
  bool is_finished_ = false;
  std::size_t records_ = 0;
  std::uint32_t sequence_ = 0;
};

}  // namespace wire
