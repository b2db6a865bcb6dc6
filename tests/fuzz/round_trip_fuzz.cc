#include <vector>

#include "fuzz/decoding.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"

// parse(emit(x)) == x, with x drawn from the input.
namespace {

using Octets = std::vector<std::byte>;

// Draws values from the input; zeros when it is used up.
class Draw {
 public:
  explicit Draw(wire::ByteView octets) : octets_(octets) {}
  template <std::unsigned_integral T>
  T value() {
    const auto taken = octets_.take<sizeof(T)>();
    return taken ? wire::load_be<T, 0>(*taken) : T{0};
  }

 private:
  wire::ByteReader octets_;
};

wire::Template draw_template(Draw& draw, bool has_enterprises) {
  wire::Template drawn{.id = static_cast<std::uint16_t>(draw.value<std::uint16_t>() | 256),
                       .is_options = (draw.value<std::uint8_t>() & 1) != 0};
  const std::size_t fields = 1 + draw.value<std::uint8_t>() % 40;
  for (std::size_t i = 0; i < fields; ++i) {
    const bool is_enterprise = has_enterprises && (draw.value<std::uint8_t>() & 1) != 0;
    const auto id = draw.value<std::uint16_t>();
    drawn.fields.push_back(
        {.enterprise = is_enterprise ? draw.value<std::uint32_t>() | 1 : 0,
         .id = static_cast<std::uint16_t>(has_enterprises ? id & 0x7fff : id),
         .length = static_cast<std::uint16_t>(draw.value<std::uint16_t>() | (i == 0 ? 1 : 0))});
  }
  if (drawn.is_options) {
    drawn.scope_count =
        static_cast<std::uint16_t>(1 + draw.value<std::uint8_t>() % drawn.fields.size());
  }
  return drawn;
}

template <class Emit, class Next>
void check_template(const wire::Template& drawn, Emit emit, Next next) {
  Octets octets;
  wire::ByteWriter out(octets);
  emit(out, drawn);
  wire::ByteReader set{wire::ByteView(octets)};
  const auto taken = next(set);
  CHECK(taken.has_value() && taken->has_value());
  CHECK(**taken == drawn);
  CHECK(set.remaining() == 0);
}

void check_netflow5(Draw& draw) {
  const wire::Netflow5Header header{.count = 1,
                                    .sys_uptime_ms = draw.value<std::uint32_t>(),
                                    .unix_secs = draw.value<std::uint32_t>(),
                                    .unix_nsecs = draw.value<std::uint32_t>(),
                                    .flow_sequence = draw.value<std::uint32_t>(),
                                    .engine_type = draw.value<std::uint8_t>(),
                                    .engine_id = draw.value<std::uint8_t>(),
                                    .sampling = draw.value<std::uint16_t>()};
  const wire::Netflow5Record record{.src = draw.value<std::uint32_t>(),
                                    .dst = draw.value<std::uint32_t>(),
                                    .packets = draw.value<std::uint32_t>(),
                                    .octets = draw.value<std::uint32_t>(),
                                    .src_port = draw.value<std::uint16_t>(),
                                    .tcp_flags = draw.value<std::uint8_t>(),
                                    .dst_mask = draw.value<std::uint8_t>()};
  Octets octets;
  wire::ByteWriter out(octets);
  header.emit(out);
  record.emit(out);
  const auto message = wire::parse_netflow5(wire::ByteView(octets));
  CHECK(message.has_value() && message->header == header && message->record_count() == 1);
  CHECK(wire::Netflow5Record::from(message->records.first<wire::Netflow5Record::kSize>()) ==
        record);
}

void check_message(Draw& draw) {
  Octets octets;
  wire::ByteWriter out(octets);
  wire::IpfixHeader header{.length = 0,
                           .export_time_s = draw.value<std::uint32_t>(),
                           .sequence = draw.value<std::uint32_t>(),
                           .observation_domain = draw.value<std::uint32_t>()};
  wire::IpfixWriter writer(out, header);
  const std::size_t sets = draw.value<std::uint8_t>() % 5;
  for (std::size_t i = 0; i < sets; ++i) {
    wire::SetWriter set(out, static_cast<std::uint16_t>(i));
    out.put_zeros(draw.value<std::uint8_t>());
    set.finish(4);
  }
  writer.finish();
  header.length = static_cast<std::uint16_t>(octets.size());
  const auto message = wire::parse_ipfix(wire::ByteView(octets));
  CHECK(message.has_value() && message->header == header);
  wire::ByteReader rest(message->sets);
  for (std::size_t i = 0; i < sets; ++i) {
    const auto set = wire::next_set(rest);
    CHECK(set.has_value() && set->id == i);
  }
  CHECK(!message->has_more(rest));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  Draw draw(fuzz::octets_of(data, size));
  check_netflow5(draw);
  check_message(draw);
  const auto ipfix = draw_template(draw, true);
  check_template(ipfix, wire::emit_ipfix_template,
                 ipfix.is_options ? wire::next_ipfix_options_template : wire::next_ipfix_template);
  const auto netflow9 = draw_template(draw, false);
  check_template(
      netflow9, wire::emit_netflow9_template,
      netflow9.is_options ? wire::next_netflow9_options_template : wire::next_netflow9_template);
  return 0;
}
