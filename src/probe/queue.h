#pragma once

#include <memory>
#include <stop_token>
#include <string>

#include "base/snapshot.h"
#include "probe/capture/file_capture.h"
#include "probe/capture/live_capture.h"
#include "probe/meter.h"
#include "probe/report.h"

namespace probe {

// One capture queue: where its packets come from, its meter, and what it reports of itself. run…()
// on a thread of its own; report() on any.
class Queue {
 public:
  Queue(const MeterSettings& meter, const ExporterSettings& exporter,
        std::unique_ptr<Outlet> outlet);

  // Until the file's end. Says on the log what is wrong with it.
  void run_file(FileCapture file, const std::stop_token& stopped);

  // Until stopped. An interface that disappears is waited for.
  void run_live(std::unique_ptr<LiveCapture> capture, const LiveSettings& settings,
                const std::stop_token& stopped);

  // As of a second ago at most; final once run…() is over.
  Report report() const { return *report_.get(); }

  // Once run…() is over: the capture was damaged or unknown, or something could not be sent.
  bool has_found_wrong() const { return has_found_wrong_; }

 private:
  void publish();
  std::unique_ptr<LiveCapture> reopen(const LiveSettings& settings, const std::stop_token& stopped);
  void give_rest(LiveCapture& capture);
  void finish();

  std::string name_;
  Meter meter_;
  CaptureCounts before_;  // of captures that are gone
  CaptureCounts capture_;
  std::uint64_t filtered_ = 0;
  bool has_found_wrong_ = false;
  base::Snapshot<Report> report_;
};

}  // namespace probe
