#include "main/name_sources.h"

#include <memory>
#include <utility>

#include "base/clock.h"
#include "query/plan/plan.h"

namespace weir {
namespace {

// Hosts of which something was heard in the last minutes, the largest first.
constexpr const char* kLately = "-5m";
constexpr const char* kHostsMost = "1000";
constexpr std::size_t kExportersMost = 1'000;

std::vector<flow::Address> exporters_of(const collect::Collector& collector) {
  std::vector<flow::Address> found;
  for (const auto& worker : collector.worker_views()) {
    for (const flow::ExporterView& view : worker->exporters) {
      if (view.since_start.flows > 0 && found.size() < kExportersMost) {
        found.push_back(view.exporter);
      }
    }
  }
  return found;
}

std::uint64_t flows_of(const collect::Collector& collector) {
  std::uint64_t flows = 0;
  for (const auto& worker : collector.worker_views()) {
    for (const flow::ExporterView& view : worker->exporters) flows += view.since_start.flows;
  }
  return flows;
}

// Where nothing has come since the last time, nobody is new. Flows are counted before their rows
// can be asked for: so it is asked once more after they have come.
struct Heard {
  std::uint64_t flows = 0;
  bool is_more = false;  // than the time before
};

class HostSink final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>&) override {}
  bool chunk(const query::AnswerChunk& chunk) override {
    for (std::size_t row = 0; row < chunk.rows; ++row) {
      if (chunk.columns[0].valid[row] != 0) hosts.push_back(chunk.columns[0].addresses[row]);
    }
    return true;
  }

  std::vector<flow::Address> hosts;
};

std::vector<flow::Address> hosts_of(serve::Questions& questions) {
  query::PlanText text;
  text.by = "host";
  text.range = kLately;
  text.top = kHostsMost;
  const auto plan = query::make_plan(text, base::SystemClock().now_ms());
  if (!plan) return {};
  HostSink sink;
  const query::Cancel never;
  // A question that fails is told of where people ask: here the next one is as good.
  static_cast<void>(questions.answer(*plan, sink, never));
  return std::move(sink.hosts);
}

}  // namespace

know::NameKeeperOptions name_options(const state::NameSettings& settings,
                                     const collect::Collector& collector,
                                     serve::Questions& questions) {
  know::NameKeeperOptions options;
  options.hosts = settings.hosts;
  options.asks_dns = settings.dns;
  options.resolvers = settings.resolvers;
  if (settings.leases) {
    options.leases = *settings.leases;
  } else {
    options.usual_leases = know::usual_lease_files();
  }
  options.exporters = [&collector] { return exporters_of(collector); };
  options.local_hosts = [&collector, &questions, heard = std::make_shared<Heard>()] {
    const std::uint64_t flows = flows_of(collector);
    const bool is_more = std::exchange(heard->flows, flows) != flows;
    const bool is_asked = std::exchange(heard->is_more, is_more) || is_more;
    return is_asked ? hosts_of(questions) : std::vector<flow::Address>();
  };
  return options;
}

state::NameSettings demo_names() {
  state::NameSettings none;
  none.dns = false;
  none.hosts.clear();
  none.leases.emplace();
  return none;
}

}  // namespace weir
