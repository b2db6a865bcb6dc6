#pragma once

#include <functional>
#include <map>
#include <memory>
#include <stop_token>
#include <vector>

#include "base/clock.h"
#include "flow/exporter_view.h"
#include "know/interface_store.h"

namespace know {

// Takes what exporters tell of their interfaces into the store. run() is a thread of its own.
class InterfaceKeeper {
 public:
  static constexpr std::int64_t kLookMs = 2 * base::kMsPerSecond;

  using Workers = std::function<std::vector<std::shared_ptr<const flow::WorkerView>>()>;
  // `store` and `clock` outlive this; `workers` is called by the keeper's thread.
  InterfaceKeeper(InterfaceStore& store, const base::Clock& clock, Workers workers)
      : store_(store), clock_(clock), workers_(std::move(workers)) {}

  void run(const std::stop_token& stop);
  // One look at what exporters told.
  void look(base::UnixMs now);

 private:
  using Told = std::shared_ptr<const std::vector<flow::ToldInterface>>;

  InterfaceStore& store_;
  const base::Clock& clock_;
  const Workers workers_;
  std::map<flow::Address, Told> taken_;  // of the exporters there are, so that each is taken once
};

}  // namespace know
