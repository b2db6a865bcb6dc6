#include "know/interface_keeper.h"

#include <condition_variable>
#include <mutex>
#include <utility>

#include "base/log.h"

namespace know {

void InterfaceKeeper::look(base::UnixMs now) {
  std::map<flow::Address, Told> there;
  for (const auto& worker : workers_()) {
    for (const flow::ExporterView& exporter : worker->exporters) {
      if (!exporter.interfaces) continue;
      const auto taken = taken_.find(exporter.exporter);
      there[exporter.exporter] = exporter.interfaces;
      if (taken != taken_.end() && taken->second == exporter.interfaces) continue;
      // Only what was told since: of a number that is silent, the name has perhaps moved.
      base::UnixMs since = 0;
      if (taken != taken_.end()) {
        for (const flow::ToldInterface& one : *taken->second) since = std::max(since, one.told);
      }
      InterfaceStore::Said said;
      for (const flow::ToldInterface& one : *exporter.interfaces) {
        if (one.told < since) continue;
        said.push_back({one.index, {one.name, one.description, 0}});
      }
      store_.tell(InterfaceOrigin::Options, exporter.exporter, said, false, now);
    }
  }
  taken_ = std::move(there);
}

void InterfaceKeeper::run(const std::stop_token& stop) {
  std::mutex mutex;  // guards nothing: the wait below wants one
  std::condition_variable_any woken;
  bool has_failed = false;
  while (!stop.stop_requested()) {
    look(clock_.now_ms());
    const auto flushed = store_.flush();
    if (!flushed && !has_failed) {
      spdlog::error("names of interfaces: {}", base::to_text(flushed.error()));
    }
    has_failed = !flushed;
    std::unique_lock lock(mutex);
    woken.wait_for(lock, stop, std::chrono::milliseconds(kLookMs), [] { return false; });
  }
  look(clock_.now_ms());
  if (const auto flushed = store_.flush(); !flushed) {
    spdlog::error("names of interfaces: {}", base::to_text(flushed.error()));
  }
}

}  // namespace know
