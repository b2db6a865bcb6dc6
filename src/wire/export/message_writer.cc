#include "wire/export/message_writer.h"

#include <algorithm>

#include "base/check.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow9.h"

namespace wire {
namespace {

constexpr std::size_t kSetAlignment = 4;
constexpr std::uint16_t kDeterministicMode = 1 << 14;
constexpr std::uint32_t kSamplingRateMax = (1 << 14) - 1;

std::uint32_t seconds_of(base::UnixMs time) {
  return static_cast<std::uint32_t>(time / base::kMsPerSecond);
}

// Writes a header over the zeros that were kept for it.
template <class Header>
void overwrite(std::vector<std::byte>& octets, const Header& header) {
  std::vector<std::byte> written;
  ByteWriter out(written);
  header.emit(out);
  std::ranges::copy(written, octets.begin());
}

}  // namespace

MessageWriter::MessageWriter(TemplateProtocol protocol, std::uint32_t domain, base::UnixMs boot)
    : protocol_(protocol), domain_(domain), boot_(boot), out_(octets_) {
  octets_.reserve(kDatagramOctetsMax);
  begin();
}

base::UnixMs MessageWriter::said_time(TemplateProtocol protocol, base::UnixMs now) {
  return protocol == TemplateProtocol::Ipfix ? now : base::floor_to(now, base::kMsPerSecond);
}

std::size_t MessageWriter::header_octets() const {
  return protocol_ == TemplateProtocol::Ipfix ? IpfixHeader::kSize : Netflow9Header::kSize;
}

void MessageWriter::begin() {
  octets_.clear();
  out_.put_zeros(header_octets());
  records_ = 0;
  data_records_ = 0;
  is_finished_ = false;
}

std::size_t MessageWriter::octets_with(std::uint16_t set_id, std::size_t record_octets) const {
  const std::size_t now = is_finished_ ? header_octets() : octets_.size();
  const bool is_open = !is_finished_ && set_ && set_id_ == set_id;
  const std::size_t with = now + (is_open ? 0 : SetHeader::kSize) + record_octets;
  // An open set before it is padded first, the record's own then.
  return with + 2 * (kSetAlignment - 1);
}

void MessageWriter::open_set(std::uint16_t id) {
  if (is_finished_) begin();
  if (set_ && set_id_ == id) return;
  close_set();
  set_.emplace(out_, id);
  set_id_ = id;
}

void MessageWriter::close_set() {
  if (set_) set_->finish(kSetAlignment);
  set_.reset();
}

void MessageWriter::put_template(const Template& announced) {
  if (protocol_ == TemplateProtocol::Ipfix) {
    open_set(announced.is_options ? kIpfixOptionsTemplateSet : kIpfixTemplateSet);
    emit_ipfix_template(out_, announced);
  } else {
    open_set(announced.is_options ? kNetflow9OptionsTemplateSet : kNetflow9TemplateSet);
    emit_netflow9_template(out_, announced);
  }
  ++records_;
}

ByteWriter& MessageWriter::record(std::uint16_t set_id) {
  CHECK(set_id >= Set::kFirstDataId);
  open_set(set_id);
  ++records_;
  ++data_records_;
  return out_;
}

ByteView MessageWriter::finish(base::UnixMs now) {
  if (is_finished_) begin();
  close_set();
  is_finished_ = true;
  if (protocol_ == TemplateProtocol::Ipfix) {
    overwrite(octets_, IpfixHeader{.length = static_cast<std::uint16_t>(octets_.size()),
                                   .export_time_s = seconds_of(now),
                                   .sequence = sequence_,
                                   .observation_domain = domain_});
    sequence_ += static_cast<std::uint32_t>(data_records_);
  } else {
    overwrite(octets_, Netflow9Header{.count = static_cast<std::uint16_t>(records_),
                                      .sys_uptime_ms = static_cast<std::uint32_t>(
                                          said_time(protocol_, now) - boot_),
                                      .unix_secs = seconds_of(now),
                                      .sequence = sequence_,
                                      .source_id = domain_});
    ++sequence_;
  }
  return octets_;
}

Netflow5Writer::Netflow5Writer(std::uint16_t engine, std::uint32_t sampling_rate, base::UnixMs boot)
    : engine_(engine),
      sampling_(sampling_rate > 1
                    ? static_cast<std::uint16_t>(kDeterministicMode |
                                                 std::min(sampling_rate, kSamplingRateMax))
                    : std::uint16_t{0}),
      boot_(boot),
      out_(octets_) {
  octets_.reserve(kDatagramOctetsMax);
  begin();
}

void Netflow5Writer::begin() {
  octets_.clear();
  out_.put_zeros(Netflow5Header::kSize);
  records_ = 0;
  is_finished_ = false;
}

void Netflow5Writer::put(const Netflow5Record& record) {
  if (is_finished_) begin();
  CHECK(records_ < kRecordsMax);  // the caller finishes a full datagram
  record.emit(out_);
  ++records_;
}

ByteView Netflow5Writer::finish(base::UnixMs now) {
  if (is_finished_) begin();
  is_finished_ = true;
  overwrite(octets_, Netflow5Header{.count = static_cast<std::uint16_t>(records_),
                                    .sys_uptime_ms = static_cast<std::uint32_t>(now - boot_),
                                    .unix_secs = seconds_of(now),
                                    .unix_nsecs = static_cast<std::uint32_t>(
                                        now % base::kMsPerSecond * base::kNsPerMs),
                                    .flow_sequence = sequence_,
                                    .engine_type = static_cast<std::uint8_t>(engine_ >> 8),
                                    .engine_id = static_cast<std::uint8_t>(engine_),
                                    .sampling = sampling_});
  sequence_ += static_cast<std::uint32_t>(records_);
  return octets_;
}

}  // namespace wire
