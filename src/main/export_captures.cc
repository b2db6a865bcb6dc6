#include "main/export_captures.h"

#include <fmt/format.h>

#include <filesystem>
#include <utility>

#include "collect/journal/segment_folder.h"
#include "wire/export/ipfix.h"
#include "wire/export/netflow5.h"
#include "wire/export/netflow9.h"
#include "wire/packet/capture_file.h"
#include "wire/packet/udp.h"

namespace weir {
namespace {

bool is_export(wire::ByteView payload) {
  const auto head = wire::ByteReader(payload).take<2>();
  if (!head) return false;
  const auto version = wire::load_be<std::uint16_t, 0>(*head);
  return version == wire::Netflow5Header::kVersion || version == wire::Netflow9Header::kVersion ||
         version == wire::IpfixHeader::kVersion;
}

std::vector<std::string> files_of(const std::string& path) {
  std::error_code error;
  if (!std::filesystem::is_directory(path, error)) return {path};
  std::filesystem::path folder = path;
  if (std::filesystem::is_directory(folder / "journal", error)) folder /= "journal";
  std::vector<std::string> names;
  for (const auto& segment : collect::list_segments(folder)) {
    names.push_back(collect::segment_path(folder, segment.number));
  }
  return names;
}

}  // namespace

base::Expected<ExportCaptures, base::UserError> ExportCaptures::open(const std::string& path) {
  ExportCaptures captures;
  for (const std::string& name : files_of(path)) {
    auto mapped = base::MappedFile::open(name);
    if (!mapped) return base::Unexpected(base::UserError{"", base::to_text(mapped.error()), ""});
    if (const auto reader = wire::CaptureReader::open(mapped->octets()); !reader) {
      return base::Unexpected(base::UserError{name, std::string(to_text(reader.error())), ""});
    }
    captures.files_.push_back({name, std::move(*mapped)});
  }
  if (captures.files_.empty()) {
    return base::Unexpected(base::UserError{
        path, "expected a capture or a folder with a journal; there is no segment in it",
        "what is in committed parts has left the journal"});
  }
  return captures;
}

ExportCaptures::Besides ExportCaptures::pass(
    const std::function<bool(const CapturedExport&)>& take) const {
  Besides besides;
  for (const File& file : files_) {
    if (!pass_file(file, take, besides)) break;
  }
  return besides;
}

bool ExportCaptures::pass_file(const File& file,
                               const std::function<bool(const CapturedExport&)>& take,
                               Besides& besides) const {
  auto capture = wire::CaptureReader::open(file.mapped.octets());
  wire::UdpReader udp;
  bool goes_on = true;
  while (goes_on) {
    const auto frame = capture->next();
    if (!frame) {
      besides.faults.push_back(fmt::format("{}: {}", file.name, to_text(frame.error())));
      break;
    }
    if (!*frame) break;
    const auto datagram = udp.take((*frame)->link_type, (*frame)->octets);
    if (!datagram || !is_export(datagram->payload)) {
      ++besides.others;
      continue;
    }
    goes_on = take({{datagram->src.hi, datagram->src.lo}, (*frame)->time_ns, datagram->payload});
  }
  besides.given_up += udp.given_up();
  return goes_on;
}

}  // namespace weir
