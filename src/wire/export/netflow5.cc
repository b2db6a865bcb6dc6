#include "wire/export/netflow5.h"

#include <algorithm>

namespace wire {

void Netflow5Header::emit(ByteWriter& out) const {
  out.put(kVersion);
  out.put(count);
  out.put(sys_uptime_ms);
  out.put(unix_secs);
  out.put(unix_nsecs);
  out.put(flow_sequence);
  out.put(engine_type);
  out.put(engine_id);
  out.put(sampling);
}

void Netflow5Record::emit(ByteWriter& out) const {
  out.put(src);
  out.put(dst);
  out.put(next_hop);
  out.put(in_if);
  out.put(out_if);
  out.put(packets);
  out.put(octets);
  out.put(first_ms);
  out.put(last_ms);
  out.put(src_port);
  out.put(dst_port);
  out.put_zeros(1);
  out.put(tcp_flags);
  out.put(protocol);
  out.put(tos);
  out.put(src_as);
  out.put(dst_as);
  out.put(src_mask);
  out.put(dst_mask);
  out.put_zeros(2);
}

base::Expected<Netflow5Message, Malformed> parse_netflow5(ByteView datagram) {
  ByteReader reader(datagram);
  const auto bytes = reader.take<Netflow5Header::kSize>();
  if (!bytes) return base::Unexpected(Malformed::HeaderTruncated);
  const auto header = Netflow5Header::from(*bytes);
  const std::size_t whole =
      std::min<std::size_t>(header.count, reader.remaining() / Netflow5Record::kSize);
  return Netflow5Message{header, reader.rest().first(whole * Netflow5Record::kSize)};
}

}  // namespace wire
