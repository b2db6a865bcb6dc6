// Writes the golden captures of the export protocols and the fuzz targets' first inputs, from our
// own emitters: tools/make_golden runs it and writes what `weir decode` makes of the captures.
//
// usage: make_golden_cases FOLDER CORPUS_FOLDER
#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

#include "collect/decode/caps.h"
#include "collect/decode/testing_messages.h"
#include "collect/testing_datagrams.h"

namespace {

using collect::data_set;
using collect::ipfix;
using collect::ipfix_template;
using collect::joined;
using collect::kExportMs;
using collect::kExportSeconds;
using collect::kExportUptimeMs;
using collect::netflow5_datagram;
using collect::netflow9;
using collect::netflow9_template;
using collect::Octets;
using collect::record_of;
using collect::set_of;
using collect::Value;
using wire::Template;

// One datagram of a case, from an exporter at 192.0.2.`host`.
struct Sent {
  Octets payload;
  std::uint8_t host = 1;
};

// One behaviour, named for it.
struct Case {
  std::string name;  // protocol/behaviour
  std::vector<Sent> sent;
};

// src, dst, ports, protocol, octets, packets: 21 octets.
const Template kFlow{.id = 256,
                     .fields = {{.id = 8, .length = 4},
                                {.id = 12, .length = 4},
                                {.id = 7, .length = 2},
                                {.id = 11, .length = 2},
                                {.id = 4, .length = 1},
                                {.id = 1, .length = 4},
                                {.id = 2, .length = 4}}};
const std::vector<Value> kRecord{{0x0a000001, 4}, {0xc6336401, 4}, {50'000, 2}, {443, 2},
                                 {6, 1},          {12'345, 4},     {67, 4}};

Template with(std::vector<wire::FieldSpecifier> more) {
  Template described = kFlow;
  described.fields.insert(described.fields.end(), more.begin(), more.end());
  return described;
}

std::vector<Value> record_with(std::vector<Value> more) {
  std::vector<Value> values = kRecord;
  values.insert(values.end(), more.begin(), more.end());
  return values;
}

Template options_of(std::vector<wire::FieldSpecifier> fields) {
  return {.id = 300, .is_options = true, .scope_count = 1, .fields = std::move(fields)};
}

constexpr std::uint32_t kWebVideo = 13U << 24 | 82;  // an applicationId: engine 13, selector 82

// A text in a field of fixed length, and one in a field of variable length.
Octets octets_of(std::string_view text, std::size_t size) {
  Octets octets(size);
  std::ranges::transform(text, octets.begin(), [](char c) { return static_cast<std::byte>(c); });
  return octets;
}
Octets variable(std::string_view text) {
  return joined({record_of({{text.size(), 1}}), octets_of(text, text.size())});
}
Octets named_interface(std::uint32_t index, std::string_view name, std::string_view description) {
  return joined({record_of({{index, 4}}), variable(name), variable(description)});
}

Octets cut(Octets octets, std::size_t by) {
  octets.resize(octets.size() - by);
  return octets;
}

Octets with_length(Octets message, std::size_t length) {
  wire::ByteWriter(message).patch_u16(2, static_cast<std::uint16_t>(length));
  return message;
}

std::vector<Case> netflow5_cases() {
  return {
      {"netflow5/two_flows", {{netflow5_datagram(2, 0, kExportMs)}}},
      {"netflow5/missing_datagram_is_a_gap_of_flows",
       {{netflow5_datagram(2, 0, kExportMs)}, {netflow5_datagram(2, 7, kExportMs)}}},
      {"netflow5/reordered_is_no_gap",
       {{netflow5_datagram(2, 0, kExportMs)},
        {netflow5_datagram(2, 4, kExportMs)},
        {netflow5_datagram(2, 2, kExportMs)}}},
      {"netflow5/count_above_what_came", {{cut(netflow5_datagram(3, 0, kExportMs), 60)}}},
  };
}

// Every second datagram of a stretch comes late: each parts it once more.
std::vector<Sent> late_ones_in_a_gap() {
  std::vector<Sent> sent{{netflow9({netflow9_template(kFlow), data_set(256, kRecord)})},
                         {netflow9({data_set(256, kRecord)}, 100)}};
  for (std::uint32_t late = 2; late <= 50; late += 2) {
    sent.push_back({netflow9({data_set(256, kRecord)}, late)});
  }
  return sent;
}

std::vector<Case> netflow9_names() {
  const auto received_on = with({{.id = 10, .length = 4}});
  const Template cisco_table{.id = 302,
                             .is_options = true,
                             .scope_count = 1,
                             .fields = {{.id = 1, .length = 4},
                                        {.id = 10, .length = 4},
                                        {.id = 82, .length = 16},
                                        {.id = 83, .length = 24}}};
  const auto with_application = with({{.id = 95, .length = 4}});
  const Template application_table{
      .id = 303,
      .is_options = true,
      .scope_count = 1,
      .fields = {{.id = 1, .length = 4}, {.id = 95, .length = 4}, {.id = 96, .length = 24}}};
  return {
      {"netflow9/interface_names",
       {{netflow9({netflow9_template(cisco_table), netflow9_template(received_on),
                   set_of(302, joined({record_of({{0xc0000201, 4}, {5, 4}}), octets_of("Gi0/5", 16),
                                       octets_of("to the attic", 24)})),
                   data_set(256, record_with({{5, 4}}))})}}},
      {"netflow9/application_names",
       {{netflow9({netflow9_template(application_table), netflow9_template(with_application),
                   set_of(303, joined({record_of({{0xc0000201, 4}, {kWebVideo, 4}}),
                                       octets_of("web-video", 24)})),
                   data_set(256, record_with({{kWebVideo, 4}})),
                   data_set(256, record_with({{kWebVideo + 1, 4}}))})}}},
  };
}

std::vector<Case> netflow9_cases() {
  const auto by_sampler =
      options_of({{.id = 1, .length = 4}, {.id = 48, .length = 2}, {.id = 50, .length = 4}});
  const auto sampled = with({{.id = 48, .length = 2}});
  const auto timed = with({{.id = 22, .length = 4}, {.id = 21, .length = 4}});
  const auto other =
      Template{.id = 256, .fields = {{.id = 12, .length = 4}, {.id = 8, .length = 4}}};
  return {
      {"netflow9/template_and_data_in_one_datagram",
       {{netflow9({netflow9_template(kFlow), data_set(256, kRecord)})}}},
      {"netflow9/data_before_its_template",
       {{netflow9({data_set(256, kRecord)})}, {netflow9({netflow9_template(kFlow)}, 1)}}},
      {"netflow9/data_whose_template_never_comes", {{netflow9({data_set(256, kRecord)})}}},
      {"netflow9/same_id_of_two_exporters",
       {{netflow9({netflow9_template(kFlow)}), 1},
        {netflow9({netflow9_template(other)}), 2},
        {netflow9({data_set(256, kRecord)}, 1), 1},
        {netflow9({data_set(256, {{1, 4}, {2, 4}})}, 1), 2}}},
      {"netflow9/same_id_of_two_source_ids",
       {{netflow9({netflow9_template(kFlow)}, 0, 1)},
        {netflow9({netflow9_template(other)}, 0, 2)},
        {netflow9({data_set(256, kRecord)}, 1, 1)},
        {netflow9({data_set(256, {{1, 4}, {2, 4}})}, 1, 2)}}},
      {"netflow9/sampling_by_sampler_id",
       {{netflow9({netflow9_template(by_sampler), netflow9_template(sampled),
                   data_set(300, {{0, 4}, {7, 2}, {1'000, 4}}),
                   data_set(256, record_with({{7, 2}})), data_set(256, record_with({{8, 2}}))})}}},
      {"netflow9/uptime_stamps_across_the_wrap",
       {{netflow9(
           {netflow9_template(timed),
            data_set(256, record_with({{4'294'967'000u, 4}, {kExportUptimeMs - 10, 4}}))})}}},
      {"netflow9/zeros_after_the_last_set",
       {{netflow9({netflow9_template(kFlow), data_set(256, kRecord), Octets(900)})}}},
      {"netflow9/missing_datagram_is_a_gap",
       {{netflow9({netflow9_template(kFlow), data_set(256, kRecord)}, 10)},
        {netflow9({data_set(256, kRecord)}, 14)}}},
      {"netflow9/late_datagrams_part_a_gap_into_too_many", late_ones_in_a_gap()},
      {"netflow9/refused_template_ends_the_one_before",
       {{netflow9({netflow9_template(kFlow), data_set(256, kRecord)})},
        {netflow9(
            {netflow9_template({.id = 256,
                                .fields = std::vector<wire::FieldSpecifier>(
                                    collect::kFieldsPerTemplateMax + 1, {.id = 1, .length = 1})})},
            1)},
        {netflow9({data_set(256, kRecord)}, 2)}}},
      {"netflow9/set_longer_than_the_datagram",
       {{netflow9(
           {netflow9_template(kFlow), data_set(256, kRecord), cut(data_set(256, kRecord), 1)})}}},
      {"netflow9/ipv6",
       {{netflow9({netflow9_template({.id = 256,
                                      .fields = {{.id = 27, .length = 16},
                                                 {.id = 28, .length = 16},
                                                 {.id = 1, .length = 4}}}),
                   data_set(256, {{1, 16}, {2, 16}, {5, 4}})})}}},
  };
}

std::vector<Case> ipfix_names() {
  const auto received_on = with({{.id = 10, .length = 4}});
  const Template interface_table{.id = 301,
                                 .is_options = true,
                                 .scope_count = 1,
                                 .fields = {{.id = 10, .length = 4},
                                            {.id = 82, .length = wire::kVariableLength},
                                            {.id = 83, .length = wire::kVariableLength}}};
  const auto with_application = with({{.id = 95, .length = 4}});
  const Template application_table{
      .id = 303,
      .is_options = true,
      .scope_count = 1,
      .fields = {{.id = 95, .length = 4}, {.id = 96, .length = wire::kVariableLength}}};
  return {
      {"ipfix/interface_names",
       {{ipfix({ipfix_template(interface_table), ipfix_template(received_on),
                set_of(301, joined({named_interface(5, "wan0", "fibre"),
                                    named_interface(6, "<b>lan</b>", "")})),
                data_set(256, record_with({{5, 4}}))})}}},
      {"ipfix/application_names",
       {{ipfix({ipfix_template(application_table), ipfix_template(with_application),
                set_of(303, joined({record_of({{kWebVideo, 4}}), variable("web-video")})),
                data_set(256, record_with({{kWebVideo, 4}}))})}}},
  };
}

std::vector<Case> ipfix_cases() {
  constexpr auto kMs = static_cast<std::uint64_t>(kExportMs);
  const auto timed = with({{.id = 152, .length = 8}, {.id = 153, .length = 8}});
  const auto named = with({{.id = 82, .length = wire::kVariableLength}});
  const auto biflow = with(
      {{.enterprise = 29305, .id = 1, .length = 8}, {.enterprise = 29305, .id = 2, .length = 8}});
  const auto biflow_timed = with({{.enterprise = 29305, .id = 1, .length = 8},
                                  {.enterprise = 29305, .id = 152, .length = 8},
                                  {.enterprise = 29305, .id = 153, .length = 8},
                                  {.id = 225, .length = 4}});
  const auto wide = with({{.id = 10, .length = 8}, {.id = 58, .length = 4}});
  const auto unknown = with({{.enterprise = 64'000, .id = 1, .length = 3}});
  const auto ntp = with({{.id = 154, .length = 8}, {.id = 157, .length = 8}});
  const std::uint64_t ntp_time = (std::uint64_t{kExportSeconds} + 2'208'988'800u) << 32;
  const auto by_interface = options_of({{.id = 10, .length = 4}, {.id = 34, .length = 4}});
  const auto received_on = with({{.id = 10, .length = 4}});
  const Octets message = ipfix({ipfix_template(kFlow), data_set(256, kRecord)});
  return {
      {"ipfix/milliseconds",
       {{ipfix({ipfix_template(timed),
                data_set(256, record_with({{kMs - 1'234, 8}, {kMs - 1, 8}}))})}}},
      {"ipfix/variable_length_of_both_forms",
       {{ipfix({ipfix_template(named), data_set(256, record_with({{3, 1}, {0x616263, 3}})),
                data_set(256, record_with({{255, 1}, {3, 2}, {0x616263, 3}}))})}}},
      {"ipfix/biflow_is_two_flows_unless_its_half_is_empty",
       {{ipfix({ipfix_template(biflow), data_set(256, record_with({{999, 8}, {9, 8}})),
                data_set(256, record_with({{0, 8}, {0, 8}}))})}}},
      {"ipfix/biflow_whose_reverse_times_nobody_can_mean",
       {{ipfix(
           {ipfix_template(biflow_timed), data_set(256, record_with({{999, 8},
                                                                     {std::uint64_t{1} << 63, 8},
                                                                     {~std::uint64_t{0}, 8},
                                                                     {0xcb007101, 4}}))})}}},
      {"ipfix/value_wider_than_its_column",
       {{ipfix({ipfix_template(wide),
                data_set(256, record_with({{std::uint64_t{7} << 32 | 3, 8}, {70'000, 4}})),
                data_set(256, record_with({{3, 8}, {700, 4}}))})}}},
      {"ipfix/zeros_before_the_end_are_records",
       {{ipfix(
           {ipfix_template({.id = 256, .fields = {{.id = 82, .length = wire::kVariableLength}}}),
            data_set(256, {{0, 2}, {0x0141, 2}, {0, 3}})})}}},
      {"ipfix/withdrawal_of_a_reserved_id", {{ipfix({set_of(2, record_of({{0, 4}, {1, 4}}))})}}},
      {"ipfix/unknown_enterprise_element",
       {{ipfix({ipfix_template(unknown), data_set(256, record_with({{7, 3}}))})}}},
      {"ipfix/ntp_times",
       {{ipfix({ipfix_template(ntp),
                data_set(256, record_with({{ntp_time | 0x80000000u, 8}, {ntp_time, 8}}))})}}},
      {"ipfix/sampling_by_interface",
       {{ipfix({ipfix_template(by_interface), ipfix_template(received_on),
                data_set(300, {{5, 4}, {512, 4}}), data_set(256, record_with({{5, 4}})),
                data_set(256, record_with({{6, 4}}))})}}},
      {"ipfix/withdrawal_is_ignored",
       {{ipfix({ipfix_template(kFlow)})},
        {ipfix({ipfix_template({.id = 256})})},
        {ipfix({data_set(256, kRecord)})}}},
      {"ipfix/template_redefined",
       {{ipfix({ipfix_template(kFlow), data_set(256, kRecord)})},
        {ipfix({ipfix_template({.id = 256, .fields = {{.id = 12, .length = 4}}})}, 1)},
        {ipfix({data_set(256, {{9, 4}})}, 1)}}},
      {"ipfix/length_above_what_came", {{with_length(message, message.size() + 1)}}},
      {"ipfix/length_short_of_a_set_that_came", {{with_length(message, message.size() - 2)}}},
      {"ipfix/bad_set_keeps_the_sets_before_it",
       {{ipfix({ipfix_template(kFlow), data_set(256, kRecord), record_of({{256, 2}, {3, 2}})})}}},
      {"ipfix/missing_records_are_a_gap",
       {{ipfix({ipfix_template(kFlow), data_set(256, kRecord)}, 100)},
        {ipfix({data_set(256, kRecord)}, 105)}}},
  };
}

// A classic pcap of raw IPv4 packets, little-endian, a millisecond from one to the next.
void write_capture(const std::filesystem::path& path, const std::vector<Sent>& sent) {
  std::string file;
  const auto put_le = [&](std::uint32_t value, int octets) {
    for (int i = 0; i < octets; ++i) file += static_cast<char>(value >> (8 * i) & 0xff);
  };
  put_le(0xa1b2c3d4, 4);
  put_le(2, 2);
  put_le(4, 2);
  put_le(0, 4);
  put_le(0, 4);
  put_le(65'535, 4);
  put_le(101, 4);
  std::uint32_t microseconds = 500'000;
  for (const Sent& datagram : sent) {
    Octets packet;
    wire::ByteWriter out(packet);
    out.put(std::uint16_t{0x4500});
    out.put(static_cast<std::uint16_t>(28 + datagram.payload.size()));
    out.put(std::uint32_t{0});
    out.put(std::uint32_t{0x40110000});
    out.put(0xc0000200u + datagram.host);
    out.put(std::uint32_t{0xc00002fe});
    out.put(std::uint16_t{50'000});
    out.put(std::uint16_t{2'055});
    out.put(static_cast<std::uint16_t>(8 + datagram.payload.size()));
    out.put(std::uint16_t{0});
    out.put(wire::ByteView(datagram.payload));
    put_le(kExportSeconds, 4);
    put_le(microseconds, 4);
    put_le(static_cast<std::uint32_t>(packet.size()), 4);
    put_le(static_cast<std::uint32_t>(packet.size()), 4);
    for (const std::byte octet : packet) file += static_cast<char>(octet);
    microseconds += 1'000;
  }
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << file;
}

std::string text_of(const Octets& octets) {
  std::string text;
  for (const std::byte octet : octets) text += static_cast<char>(octet);
  return text;
}

void write_input(const std::filesystem::path& path, const std::string& text) {
  std::filesystem::create_directories(path.parent_path());
  std::ofstream(path, std::ios::binary) << text;
}

// The decoders' targets put the version in front themselves; the story of datagrams_fuzz has what
// and how much before each, and ends with a restart and an hour.
void write_inputs(const std::filesystem::path& corpus, const Case& one) {
  const auto slash = one.name.find('/');
  const std::string protocol = one.name.substr(0, slash);
  const std::string behaviour = one.name.substr(slash + 1);
  std::string story;
  for (const Sent& datagram : one.sent) {
    const std::string payload = text_of(datagram.payload);
    write_input(corpus / protocol / behaviour, payload.substr(2));
    story += static_cast<char>(datagram.host << 2);
    story += static_cast<char>(payload.size() >> 8);
    story += static_cast<char>(payload.size() & 0xff);
    story += payload;
    story += std::string("\x03\x00\x00", 3);
  }
  story += std::string("\x02\x0e\x10", 3);
  write_input(corpus / "datagrams" / (protocol + "_" + behaviour), story);
}

}  // namespace

int main(int argc, char** argv) {
  if (argc != 3) {
    std::fputs("usage: make_golden_cases FOLDER CORPUS_FOLDER\n", stderr);
    return 2;
  }
  const std::filesystem::path folder = argv[1];
  const std::filesystem::path corpus = argv[2];
  for (const auto& cases :
       {netflow5_cases(), netflow9_cases(), netflow9_names(), ipfix_cases(), ipfix_names()}) {
    for (const Case& one : cases) {
      const auto capture = folder / (one.name + ".pcap");
      write_capture(capture, one.sent);
      write_inputs(corpus, one);
      std::ifstream written(capture, std::ios::binary);
      write_input(corpus / "capture" / std::filesystem::path(one.name).filename(),
                  std::string(std::istreambuf_iterator<char>(written), {}));
    }
  }
  return 0;
}
