#include "collect/decode/finish.h"

#include <algorithm>
#include <cstdlib>
#include <limits>
#include <utility>

#include "base/clock.h"
#include "flow/protocols.h"

namespace collect {
namespace {

using base::UnixMs;
using flow::Column;
using flow::FlowRecord;
using flow::kProtocolIcmp;
using flow::kProtocolIcmp6;

constexpr std::uint8_t kDirectionEgress = 1;
constexpr std::uint64_t kUnixEpochInNtpSeconds = 2'208'988'800;

void set_time(FlowRecord& flow, Column column, UnixMs time) {
  if (!flow::is_storable(time)) return;
  (column == Column::start ? flow.start : flow.end) = time;
  flow.present |= flow::bit(column);
}

template <Column End, Clue From>
void from_seconds(Row& row) {
  set_time(row.flow, End, static_cast<UnixMs>(row.clues[From]) * base::kMsPerSecond);
}

// The header's sysUpTime, or the wall clock of the exporter's start (160): without either a stamp
// says nothing.
template <Column End, Clue From>
void from_uptime(Row& row) {
  const auto stamp = static_cast<std::uint32_t>(row.clues[From]);
  if (row.header.sys_uptime_ms) {
    set_time(row.flow, End, uptime_to_unix(row.header, stamp));
  } else if (row.system_init_ms) {
    set_time(row.flow, End, *row.system_init_ms + stamp);
  }
}

// As above, in a template that gives 160 in the record itself.
template <Column End, Clue From>
void from_uptime_and_init(Row& row) {
  const std::uint64_t init = row.clues[Clue::SystemInitMilliseconds];
  if (init > static_cast<std::uint64_t>(kTimeMaxMs)) return;
  set_time(row.flow, End, static_cast<UnixMs>(init) + static_cast<std::uint32_t>(row.clues[From]));
}

template <Column End, Clue From>
void from_delta_before_export(Row& row) {
  set_time(row.flow, End, row.header.export_ms - static_cast<UnixMs>(row.clues[From] / 1'000));
}

// dateTimeMicroseconds and dateTimeNanoseconds are NTP's 64 bits: seconds since 1900 and 2^-32ths.
// Some exporters send a plain count since 1970 instead; that is believed where it lies within a day
// of the export time and the NTP reading does not.
template <Column End, Clue From, std::int64_t UnitsPerMs>
void from_ntp(Row& row) {
  const std::uint64_t value = row.clues[From];
  const auto seconds =
      static_cast<std::int64_t>(value >> 32) - static_cast<std::int64_t>(kUnixEpochInNtpSeconds);
  const auto fraction_ms = static_cast<std::int64_t>((value & 0xffff'ffff) * 1'000 >> 32);
  const UnixMs ntp = seconds * base::kMsPerSecond + fraction_ms;
  const auto plain = static_cast<UnixMs>(value / static_cast<std::uint64_t>(UnitsPerMs));
  const auto is_near = [&](UnixMs time) {
    return std::abs(time - row.header.export_ms) < base::kMsPerDay;
  };
  set_time(row.flow, End, !is_near(ntp) && is_near(plain) ? plain : ntp);
}

template <Clue From>
void both_from_milliseconds(Row& row) {
  if (row.clues[From] > static_cast<std::uint64_t>(kTimeMaxMs)) return;
  set_time(row.flow, Column::start, static_cast<UnixMs>(row.clues[From]));
  set_time(row.flow, Column::end, static_cast<UnixMs>(row.clues[From]));
}

template <Finish First, Finish Second>
void both(Row& row) {
  First(row);
  Second(row);
}

// A duration makes the end that was not said from the other.
template <Clue From, std::int64_t UnitsPerMs>
void from_duration(Row& row) {
  const auto duration = static_cast<UnixMs>(row.clues[From]) / UnitsPerMs;
  FlowRecord& flow = row.flow;
  if (flow.has(Column::start) && !flow.has(Column::end)) {
    set_time(flow, Column::end, flow.start + duration);
  } else if (flow.has(Column::end) && !flow.has(Column::start)) {
    set_time(flow, Column::start, flow.end - duration);
  }
}

void say_export_time_where_times_are_missing(FlowRecord& flow, const MessageHeader& header) {
  constexpr auto kBoth = flow::bit(Column::start) | flow::bit(Column::end);
  if ((flow.present & kBoth) == kBoth) return;
  flow.export_time = header.export_ms;
  flow.present |= flow::bit(Column::export_time);
}

void export_time_where_times_are_missing(Row& row) {
  say_export_time_where_times_are_missing(row.flow, row.header);
}

// Both families' fields in the template and both zero for one end: it is of the other end's family.
void family_of_other_end(Row& row) {
  FlowRecord& flow = row.flow;
  if (!flow.has(Column::src) || !flow.has(Column::dst)) return;
  const auto zero4 = flow::Address::v4(0);
  if (flow.src.is_unspecified() && flow.dst.is_v4()) flow.src = zero4;
  if (flow.dst.is_unspecified() && flow.src.is_v4()) flow.dst = zero4;
}

void unknown_direction_is_not_said(Row& row) {
  if (row.flow.direction > kDirectionEgress) row.flow.present &= ~flow::bit(Column::direction);
}

bool is_icmp(const FlowRecord& flow) {
  return flow.has(Column::protocol) &&
         (flow.protocol == kProtocolIcmp || flow.protocol == kProtocolIcmp6);
}

void set_icmp(FlowRecord& flow, std::uint64_t type_and_code) {
  flow.icmp_type = static_cast<std::uint8_t>(type_and_code >> 8);
  flow.icmp_code = static_cast<std::uint8_t>(type_and_code);
  flow.present |= flow::bit(Column::icmp_type) | flow::bit(Column::icmp_code);
}

void icmp_only_where_protocol_is(Row& row) {
  constexpr auto kIcmp = flow::bit(Column::icmp_type) | flow::bit(Column::icmp_code);
  if (row.flow.has(Column::protocol) && !is_icmp(row.flow)) row.flow.present &= ~kIcmp;
}

template <Clue From, std::uint8_t OfProtocol>
void icmp_from_clue(Row& row) {
  if (row.flow.has(Column::protocol) && row.flow.protocol == OfProtocol) {
    set_icmp(row.flow, row.clues[From]);
  }
}

void icmp_from_ports(Row& row) {
  say_icmp_of_ports(row.flow);
}

void set_sampling(FlowRecord& flow, std::uint32_t rate, flow::SamplingSource source) {
  flow.sampling_rate = rate;
  flow.sampling_source = static_cast<std::uint8_t>(source);
  flow.present |= flow::bit(Column::sampling_rate) | flow::bit(Column::sampling_source);
}

template <ClueMask Given>
void sampling_from_record(Row& row) {
  if (row.flow.has(Column::sampling_rate)) return;
  if (const auto rate = told_rate(row.clues, Given)) {
    set_sampling(row.flow, *rate, flow::SamplingSource::Record);
  }
}

constexpr SamplingKey sampling_key(const Row& row, SamplingScope scope, std::uint64_t id) {
  return {static_cast<std::uint8_t>(row.header.protocol), row.header.domain, scope, id};
}

template <Clue From>
void sampling_of_sampler(Row& row) {
  if (row.sampling.empty() || row.flow.has(Column::sampling_rate)) return;
  if (const auto rate =
          row.sampling.find(sampling_key(row, SamplingScope::Sampler, row.clues[From]))) {
    set_sampling(row.flow, *rate, flow::SamplingSource::Options);
  }
}

void sampling_of_where_it_was_seen(Row& row) {
  if (!row.sampling.has_more_than_samplers() || row.flow.has(Column::sampling_rate)) return;
  std::optional<std::uint32_t> rate;
  if (row.flow.has(Column::in_if)) {
    rate = row.sampling.find(sampling_key(row, SamplingScope::Interface, row.flow.in_if));
  }
  if (!rate) {
    rate = row.sampling.find(sampling_key(row, SamplingScope::Template, row.template_id));
  }
  if (!rate) rate = row.sampling.find(sampling_key(row, SamplingScope::System, 0));
  if (rate) set_sampling(row.flow, *rate, flow::SamplingSource::Options);
}

void application_by_its_number(Row& row) {
  const auto name = row.applications.find(row.clues[Clue::ApplicationId]);
  if (!name) return;
  row.flow.app = *name;
  row.flow.app_evidence = static_cast<std::uint8_t>(flow::AppEvidence::Exporter);
  row.flow.present |= flow::bit(Column::app) | flow::bit(Column::app_evidence);
}

// One way to know an end of a flow, for templates with the clue.
struct TimeSource {
  Clue clue;
  Finish finish;
};

constexpr Clue kInit = Clue::SystemInitMilliseconds;
constexpr std::int64_t kMicrosPerMs = 1'000;
constexpr std::int64_t kNanosPerMs = 1'000'000;

// Worst first: a better one overrides. 152 and 153, exact to the millisecond, override all.
constexpr TimeSource kStartSources[] = {
    {Clue::ObservationSeconds, both<from_seconds<Column::start, Clue::ObservationSeconds>,
                                    from_seconds<Column::end, Clue::ObservationSeconds>>},
    {Clue::ObservationMilliseconds, both_from_milliseconds<Clue::ObservationMilliseconds>},
    {Clue::ObservationMicroseconds,
     both<from_ntp<Column::start, Clue::ObservationMicroseconds, kMicrosPerMs>,
          from_ntp<Column::end, Clue::ObservationMicroseconds, kMicrosPerMs>>},
    {Clue::ObservationNanoseconds,
     both<from_ntp<Column::start, Clue::ObservationNanoseconds, kNanosPerMs>,
          from_ntp<Column::end, Clue::ObservationNanoseconds, kNanosPerMs>>},
    {Clue::StartSeconds, from_seconds<Column::start, Clue::StartSeconds>},
    {Clue::StartUptime, from_uptime<Column::start, Clue::StartUptime>},
    {Clue::StartDeltaMicroseconds,
     from_delta_before_export<Column::start, Clue::StartDeltaMicroseconds>},
    {Clue::StartNanoseconds, from_ntp<Column::start, Clue::StartNanoseconds, kNanosPerMs>},
    {Clue::StartMicroseconds, from_ntp<Column::start, Clue::StartMicroseconds, kMicrosPerMs>},
};
constexpr TimeSource kEndSources[] = {
    {Clue::EndSeconds, from_seconds<Column::end, Clue::EndSeconds>},
    {Clue::EndUptime, from_uptime<Column::end, Clue::EndUptime>},
    {Clue::EndDeltaMicroseconds, from_delta_before_export<Column::end, Clue::EndDeltaMicroseconds>},
    {Clue::EndNanoseconds, from_ntp<Column::end, Clue::EndNanoseconds, kNanosPerMs>},
    {Clue::EndMicroseconds, from_ntp<Column::end, Clue::EndMicroseconds, kMicrosPerMs>},
};

// What a plan gives, asked while its finishes are chosen.
struct Given {
  const FieldPlan& plan;

  bool operator()(Clue clue) const { return (plan.clues & bit(clue)) != 0; }
  bool operator()(Column column) const { return (plan.columns & flow::bit(column)) != 0; }
};

void add_times(const Given& given, std::vector<Finish>& finishes) {
  if (!given(Column::start)) {
    for (const TimeSource& source : kStartSources) {
      // An observation time says both ends; it must not override an end that the record gives.
      const bool says_both =
          source.clue >= Clue::ObservationSeconds && source.clue <= Clue::ObservationNanoseconds;
      if (given(source.clue) && !(says_both && given(Column::end))) {
        finishes.push_back(source.finish);
      }
    }
    if (given(Clue::StartUptime) && given(kInit)) {
      finishes.push_back(from_uptime_and_init<Column::start, Clue::StartUptime>);
    }
  }
  if (!given(Column::end)) {
    for (const TimeSource& source : kEndSources) {
      if (given(source.clue)) finishes.push_back(source.finish);
    }
    if (given(Clue::EndUptime) && given(kInit)) {
      finishes.push_back(from_uptime_and_init<Column::end, Clue::EndUptime>);
    }
  }
  if (given(Clue::DurationMilliseconds)) {
    finishes.push_back(from_duration<Clue::DurationMilliseconds, 1>);
  }
  if (given(Clue::DurationMicroseconds)) {
    finishes.push_back(from_duration<Clue::DurationMicroseconds, kMicrosPerMs>);
  }
  finishes.push_back(export_time_where_times_are_missing);
}

void add_icmp(const Given& given, std::vector<Finish>& finishes) {
  const bool has_clue = given(Clue::IcmpTypeCode4) || given(Clue::IcmpTypeCode6);
  if (given(Column::icmp_type) || given(Column::icmp_code)) {
    finishes.push_back(icmp_only_where_protocol_is);
  } else if (has_clue) {
    if (given(Clue::IcmpTypeCode4)) {
      finishes.push_back(icmp_from_clue<Clue::IcmpTypeCode4, kProtocolIcmp>);
    }
    if (given(Clue::IcmpTypeCode6)) {
      finishes.push_back(icmp_from_clue<Clue::IcmpTypeCode6, kProtocolIcmp6>);
    }
  } else if (given(Column::protocol) && given(Column::dst_port)) {
    finishes.push_back(icmp_from_ports);
  }
}

void add_sampling(const Given& given, std::vector<Finish>& finishes) {
  if (given(Clue::SamplingInterval)) {
    finishes.push_back(sampling_from_record<bit(Clue::SamplingInterval)>);
  }
  if (given(Clue::SamplerInterval)) {
    finishes.push_back(sampling_from_record<bit(Clue::SamplerInterval)>);
  }
  if (given(Clue::SamplingSize) && given(Clue::SamplingPopulation)) {
    finishes.push_back(
        sampling_from_record<bit(Clue::SamplingSize) | bit(Clue::SamplingPopulation)>);
  }
  if (given(Clue::SamplingPacketInterval) && given(Clue::SamplingPacketSpace)) {
    finishes.push_back(
        sampling_from_record<bit(Clue::SamplingPacketInterval) | bit(Clue::SamplingPacketSpace)>);
  }
  if (given(Clue::SamplerId)) finishes.push_back(sampling_of_sampler<Clue::SamplerId>);
  if (given(Clue::SelectorId)) finishes.push_back(sampling_of_sampler<Clue::SelectorId>);
  finishes.push_back(sampling_of_where_it_was_seen);
}

void say(FlowRecord& flow, Column column, bool is_said) {
  flow.present &= ~flow::bit(column);
  if (is_said) flow.present |= flow::bit(column);
}

void swap_ends(FlowRecord& flow) {
  const auto swap_columns = [&](Column a, Column b) {
    const bool had_a = flow.has(a);
    say(flow, a, flow.has(b));
    say(flow, b, had_a);
  };
#define WEIR_SWAP(a, b)      \
  std::swap(flow.a, flow.b); \
  swap_columns(Column::a, Column::b)
  WEIR_SWAP(src, dst);
  WEIR_SWAP(src_port, dst_port);
  WEIR_SWAP(in_if, out_if);
  WEIR_SWAP(src_as, dst_as);
  WEIR_SWAP(src_mask, dst_mask);
  WEIR_SWAP(src_mac, dst_mac);
#undef WEIR_SWAP
  // What describes the forward half only: its path, its translation, its ICMP message.
  for (const Column column :
       {Column::next_hop, Column::direction, Column::nat_src, Column::nat_dst, Column::nat_src_port,
        Column::nat_dst_port, Column::icmp_type, Column::icmp_code}) {
    say(flow, column, false);
  }
}

void say_reverse_time(FlowRecord& flow, Column column, std::uint64_t time) {
  say(flow, column, false);
  if (time <= static_cast<std::uint64_t>(kTimeMaxMs)) {
    set_time(flow, column, static_cast<UnixMs>(time));
  }
}

}  // namespace

std::vector<Finish> finishes_for(const FieldPlan& plan) {
  const Given given{plan};
  std::vector<Finish> finishes;
  add_times(given, finishes);
  if (std::ranges::any_of(plan.steps, &FieldStep::unless_zero)) {
    finishes.push_back(family_of_other_end);
  }
  if (given(Column::direction)) finishes.push_back(unknown_direction_is_not_said);
  add_icmp(given, finishes);
  add_sampling(given, finishes);
  if (given(Clue::ApplicationId)) finishes.push_back(application_by_its_number);
  return finishes;
}

void say_icmp_of_ports(FlowRecord& flow) {
  if (!is_icmp(flow)) return;
  if (flow.dst_port == 0 && flow.has(Column::src_port) && flow.src_port != 0) {
    set_icmp(flow, static_cast<std::uint16_t>(flow.src_port << 8 | flow.src_port >> 8));
  } else {
    set_icmp(flow, flow.dst_port);
  }
}

std::optional<FlowRecord> reverse_of(const Row& row, ClueMask given) {
  const auto has = [given](Clue clue) { return (given & bit(clue)) != 0; };
  const std::uint64_t bytes = has(Clue::ReverseBytes) ? row.clues[Clue::ReverseBytes] : 0;
  const std::uint64_t packets = has(Clue::ReversePackets) ? row.clues[Clue::ReversePackets] : 0;
  if (bytes == 0 && packets == 0) return std::nullopt;

  FlowRecord flow = row.flow;
  swap_ends(flow);
  constexpr auto kCounterMax = static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max());
  flow.bytes = static_cast<std::int64_t>(bytes);
  say(flow, Column::bytes, has(Clue::ReverseBytes) && bytes <= kCounterMax);
  flow.packets = static_cast<std::int64_t>(packets);
  say(flow, Column::packets, has(Clue::ReversePackets) && packets <= kCounterMax);
  flow.tcp_flags = static_cast<std::uint16_t>(row.clues[Clue::ReverseTcpFlags]);
  say(flow, Column::tcp_flags, has(Clue::ReverseTcpFlags));
  flow.tos = static_cast<std::uint8_t>(row.clues[Clue::ReverseTos]);
  say(flow, Column::tos, has(Clue::ReverseTos));
  if (has(Clue::ReverseStartMilliseconds)) {
    say_reverse_time(flow, Column::start, row.clues[Clue::ReverseStartMilliseconds]);
  }
  if (has(Clue::ReverseEndMilliseconds)) {
    say_reverse_time(flow, Column::end, row.clues[Clue::ReverseEndMilliseconds]);
  }
  say_export_time_where_times_are_missing(flow, row.header);
  return flow;
}

}  // namespace collect
