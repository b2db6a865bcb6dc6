#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <limits>
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "base/clock.h"
#include "base/log.h"
#include "base/mapped_file.h"
#include "base/result.h"
#include "collect/decode/caps.h"
#include "collect/decode/decoder.h"
#include "main/commands.h"
#include "main/flow_json.h"
#include "wire/export/datagrams.h"
#include "wire/packet/capture_file.h"
#include "wire/packet/udp.h"

namespace weir {
namespace {

struct DecodeOptions {
  std::vector<std::string> files;
  std::string format = "json";
  std::string ledger_file;  // empty: none
};

// Decodes datagrams in order and prints what they hold, one line each.
class Printer {
 public:
  Printer() { decoder_.set_others(&others_); }

  void print(const collect::Datagram& datagram) {
    // As the collector does about once a second; captures tell the time here.
    const base::UnixMs now_ms = datagram.received_ns / base::kNsPerMs;
    if (now_ms >= next_expiry_ms_) decoder_.expire(now_ms);
    next_expiry_ms_ = std::max(next_expiry_ms_, now_ms + base::kMsPerSecond);
    decoder_.decode(datagram, flows_);
    for (const flow::FlowRecord& flow : flows_) append_json_line(text_, flow);
    for (const collect::OtherRecord& other : others_) append_json_line(text_, other);
    flows_.clear();
    others_.clear();
    if (text_.size() >= kWriteOctets) write();
  }

  // The counts of each exporter. Nothing comes any more, so what is missing is lost.
  std::map<flow::Address, flow::LedgerCounts> finish() {
    write();
    decoder_.expire(next_expiry_ms_ + collect::kReorderMaxMs);
    std::map<flow::Address, flow::LedgerCounts> sums;
    for (const flow::LedgerRow& row : decoder_.take_ledger()) sums[row.exporter] += row.counts;
    return sums;
  }

 private:
  static constexpr std::size_t kWriteOctets = 1 << 18;

  void write() {
    std::fwrite(text_.data(), 1, text_.size(), stdout);
    text_.clear();
  }

  collect::Decoder decoder_;
  std::vector<flow::FlowRecord> flows_;
  std::vector<collect::OtherRecord> others_;
  std::string text_;
  base::UnixMs next_expiry_ms_ = std::numeric_limits<base::UnixMs>::min();
};

void complain_of(const std::string& file, std::string_view what) {
  fmt::print(stderr, "weir decode: {}: {}\n", file, what);
}

int print_capture(const std::string& file, wire::ByteView octets, Printer& printer) {
  auto capture = wire::CaptureReader::open(octets);
  if (!capture) {
    complain_of(file, to_text(capture.error()));
    return kInputWrong;
  }
  wire::UdpReader udp;
  while (true) {
    const auto frame = capture->next();
    if (!frame) {
      complain_of(file, to_text(frame.error()));
      return kFoundWrong;
    }
    if (!*frame) break;
    const auto datagram = udp.take((*frame)->link_type, (*frame)->octets);
    if (!datagram) continue;
    printer.print({.exporter = {datagram->src.hi, datagram->src.lo},
                   .exporter_port = datagram->src_port,
                   .local_port = datagram->dst_port,
                   .received_ns = (*frame)->time_ns,
                   .payload = datagram->payload});
  }
  if (udp.given_up() == 0) return kDone;
  complain_of(file, fmt::format("{} packets whose fragments did not all come", udp.given_up()));
  return kFoundWrong;
}

// Raw payloads carry no address: their exporter is 0.0.0.0.
void print_raw(wire::ByteView octets, Printer& printer) {
  const auto now_ns = base::SystemClock().now_ns();
  while (!octets.empty()) {
    const std::size_t length = wire::first_datagram_octets(octets);
    printer.print({.exporter = flow::Address::v4(0),
                   .exporter_port = 0,
                   .local_port = 0,
                   .received_ns = now_ns,
                   .payload = octets.first(length)});
    octets = octets.subspan(length);
  }
}

int print_file(const std::string& file, Printer& printer) {
  const auto mapped = base::MappedFile::open(file);
  if (!mapped) {
    fmt::print(stderr, "weir decode: {}\n", to_text(mapped.error()));
    return kInputWrong;
  }
  if (wire::is_capture(mapped->octets())) return print_capture(file, mapped->octets(), printer);
  print_raw(mapped->octets(), printer);
  return kDone;
}

using Sums = std::map<flow::Address, flow::LedgerCounts>;

bool write_ledger(const std::string& file, const Sums& sums) {
  std::string text = "{\"exporters\":[";
  const char* separator = "\n";
  for (const auto& [exporter, counts] : sums) {
    text += fmt::format("{}{{\"exporter\":\"{}\",\"counts\":", separator, flow::to_text(exporter));
    append_json(text, counts);
    text += '}';
    separator = ",\n";
  }
  text += "\n]}\n";
  std::FILE* out = std::fopen(file.c_str(), "we");
  if (out == nullptr) return false;
  const bool is_written = std::fwrite(text.data(), 1, text.size(), out) == text.size();
  return std::fclose(out) == 0 && is_written;
}

// One line per reason, so that who reads exit code 1 also reads why.
bool complain_of_refused(const Sums& sums) {
  bool is_any = false;
  for (const auto& [exporter, counts] : sums) {
    for (const auto& reason : flow::kNotCounted) {
      if (counts[reason.reason] == 0) continue;
      is_any = true;
      fmt::print(stderr, "weir decode: {}: {} {}: {}\n", flow::to_text(exporter),
                 counts[reason.reason], reason.unit, reason.meaning);
    }
  }
  return is_any;
}

int decode(const DecodeOptions& options) {
  base::start_log("warn");
  Printer printer;
  int worst = kDone;
  for (const std::string& file : options.files) {
    worst = std::max(worst, print_file(file, printer));
  }
  const Sums sums = printer.finish();
  if (complain_of_refused(sums)) worst = std::max(worst, kFoundWrong);
  if (!options.ledger_file.empty() && !write_ledger(options.ledger_file, sums)) {
    complain_of(options.ledger_file, "the ledger could not be written");
    worst = kInputWrong;
  }
  return worst;
}

}  // namespace

void add_decode(CLI::App& app, int& exit_code) {
  auto options = std::make_shared<DecodeOptions>();
  CLI::App* command = app.add_subcommand(
      "decode", "print the flows in captures (pcap, pcapng) and files of raw export datagrams");
  command->add_option("FILE", options->files, "read in this order, templates shared")->required();
  command->add_option("--format", options->format, "json: one object per line")
      ->check(CLI::IsMember({"json"}))
      ->capture_default_str();
  command->add_option("--ledger", options->ledger_file,
                      "write what was received, kept and refused, per exporter, to this file");
  command->callback([options, &exit_code] { exit_code = decode(*options); });
}

}  // namespace weir
