#include "probe/capture/file_capture.h"

#include <algorithm>

namespace probe {

base::Expected<FileCapture, base::UserError> FileCapture::open(const std::string& path,
                                                               const std::string& filter) {
  auto file = base::MappedFile::open(path);
  if (!file) return base::Unexpected(base::UserError{"-r", to_text(file.error()), ""});
  auto reader = wire::CaptureReader::open(file->octets());
  if (!reader) {
    return base::Unexpected(
        base::UserError{"-r " + path, std::string(to_text(reader.error())), ""});
  }
  wire::CaptureReader ahead = *reader;
  FileCapture capture(std::move(*file), std::move(*reader), filter);
  const auto first = ahead.next();
  if (first && *first) {
    capture.first_time_ns_ = (*first)->time_ns;
    if (auto compiled = capture.compile_for((*first)->link_type); !compiled) {
      return base::Unexpected(compiled.error());
    }
  }
  return capture;
}

FileCapture::Done FileCapture::give_to(Meter& meter, const std::stop_token& stopped,
                                       const std::function<void()>& between) {
  Done done;
  for (std::size_t given = 1;; ++given) {
    const auto frame = reader_.next();
    done.unread = reader_.frames_unread();
    if (!frame) done.fault = frame.error();
    if (!frame || !*frame) return done;
    if (filter_.empty() || passes(**frame)) {
      meter.see((*frame)->link_type, (*frame)->octets, (*frame)->wire_octets, (*frame)->time_ns);
    } else {
      ++done.filtered;
    }
    if (given % kFramesBetween != 0) continue;
    file_.forget_before(static_cast<std::size_t>((*frame)->octets.data() - file_.octets().data()));
    between();
    if (stopped.stop_requested()) return done;
  }
}

bool FileCapture::passes(const wire::Frame& frame) {
  const auto compiled =
      std::ranges::find(compiled_, frame.link_type, [](const auto& each) { return each.first; });
  if (compiled == compiled_.end()) {
    if (!compile_for(frame.link_type)) compiled_.emplace_back(frame.link_type, std::nullopt);
    return passes(frame);
  }
  return compiled->second && compiled->second->passes(frame.octets, frame.wire_octets);
}

base::Expected<void, base::UserError> FileCapture::compile_for(std::uint16_t link_type) {
  if (filter_.empty()) return {};
  auto filter = PacketFilter::compile(filter_, link_type);
  if (!filter) return base::Unexpected(filter.error());
  compiled_.emplace_back(link_type, std::move(*filter));
  return {};
}

}  // namespace probe
