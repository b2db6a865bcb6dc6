#include <prometheus/text_serializer.h>

#include <map>
#include <vector>

#include "serve/api/routes.h"

// /metrics: what Weir counts of itself, in Prometheus' text format. Counters since the start.
namespace serve {
namespace {

using Labels = std::vector<prometheus::ClientMetric::Label>;

// Exporters are strangers' doing: beyond this many, the others are one series.
constexpr std::size_t kExporterSeriesMax = 500;

class Families {
 public:
  void counter(const std::string& name, const std::string& help, std::uint64_t value,
               Labels labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.counter.value = static_cast<double>(value);
    add(name, help, prometheus::MetricType::Counter, std::move(metric));
  }
  void gauge(const std::string& name, const std::string& help, std::uint64_t value,
             Labels labels = {}) {
    prometheus::ClientMetric metric;
    metric.label = std::move(labels);
    metric.gauge.value = static_cast<double>(value);
    add(name, help, prometheus::MetricType::Gauge, std::move(metric));
  }

  std::string text() const {
    std::vector<prometheus::MetricFamily> families;
    for (const auto& [name, family] : families_) families.push_back(family);
    return prometheus::TextSerializer().Serialize(families);
  }

 private:
  void add(const std::string& name, const std::string& help, prometheus::MetricType type,
           prometheus::ClientMetric metric) {
    prometheus::MetricFamily& family = families_[name];
    family.name = name;
    family.help = help;
    family.type = type;
    family.metric.push_back(std::move(metric));
  }

  std::map<std::string, prometheus::MetricFamily> families_;
};

void add_port(Families& families, const flow::PortView& port, const std::string& name) {
  const Labels labels{{"port", name}};
  families.counter("weir_port_datagrams_total", "datagrams received", port.datagrams, labels);
  families.counter("weir_port_octets_total", "octets of UDP payload received", port.octets, labels);
  families.counter("weir_port_kernel_drops_total",
                   "datagrams that the kernel dropped because the socket's buffer was full",
                   port.kernel_drops, labels);
  families.counter("weir_port_truncated_total", "datagrams longer than we take", port.truncated,
                   labels);
}

void add_receive(Families& families, const flow::ReceiveView& receive) {
  for (const flow::PortView& port : receive.ports) {
    families.gauge("weir_port_bound", "1: the UDP port is ours", port.bound ? 1 : 0,
                   {{"port", port.address}});
    add_port(families, port, port.address);
  }
  add_port(families, receive.former_ports, "former");
  families.counter("weir_refused_senders_total", "datagrams of senders that are not taken",
                   receive.refused_senders);
  families.counter("weir_unknown_versions_total", "datagrams of no protocol that Weir reads",
                   receive.unknown_versions);
  families.counter("weir_worker_channel_full_total",
                   "datagrams dropped before the journal because a worker was behind",
                   receive.worker_channel_full);
  families.counter("weir_journal_refused_total",
                   "datagrams not journalled, and so not decoded, for want of disk",
                   receive.journal_refused);
  families.gauge("weir_segments_waiting", "journal segments not yet committed",
                 receive.segments_waiting);
  families.gauge("weir_segments_set_aside", "journal segments whose replay ended the process twice",
                 receive.segments_set_aside);
  families.gauge("weir_journal_failing", "1: datagrams cannot be journalled, see the ledger",
                 receive.journal_problem.empty() ? 0 : 1);
  families.gauge("weir_replaying", "1: the journal is being replayed", receive.replaying ? 1 : 0);
}

void add_exporter(Families& families, const std::string& name, const flow::LedgerCounts& counts) {
  const Labels labels{{"exporter", name}};
  families.counter("weir_exporter_datagrams_total", "datagrams decoded", counts.datagrams, labels);
  families.counter("weir_exporter_records_total", "records in the datagrams received",
                   counts.records, labels);
  families.counter("weir_exporter_flows_total", "records stored as flows", counts.flows, labels);
  families.counter("weir_exporter_not_counted_total", "records not stored, see weir_not_counted",
                   counts.not_counted_sum(), labels);
  families.counter("weir_exporter_sequence_gap_total",
                   "missing by the exporter's sequence, in its own unit", counts.sequence_gap,
                   labels);
}

void add_exporters(Families& families,
                   const std::vector<std::shared_ptr<const flow::WorkerView>>& workers) {
  flow::LedgerCounts all;
  flow::LedgerCounts others;
  std::size_t exporters = 0;
  std::uint64_t pending_octets = 0;
  std::uint64_t not_kept = 0;
  for (const auto& worker : workers) {
    all += worker->of_no_exporter;
    others += worker->of_no_exporter;
    for (const flow::ExporterView& view : worker->exporters) {
      all += view.since_start;
      pending_octets += view.pending_octets;
      not_kept += view.not_kept;
      if (exporters++ < kExporterSeriesMax) {
        add_exporter(families, flow::to_text(view.exporter), view.since_start);
      } else {
        others += view.since_start;
      }
    }
  }
  add_exporter(families, "others", others);
  families.gauge("weir_exporters", "exporters known since the start", exporters);
  families.gauge("weir_pending_octets", "octets of sets that wait for their template",
                 pending_octets);
  families.gauge("weir_not_kept", "samplers and observation domains over their caps", not_kept);
  for (const flow::NotCountedSpec& spec : flow::kNotCounted) {
    families.counter("weir_not_counted_total", "what was received and not stored, by reason",
                     all[spec.reason],
                     {{"reason", std::string(spec.name)}, {"unit", std::string(spec.unit)}});
  }
}

void add_store(Families& families, const store::StoreStatus& status) {
  families.gauge("weir_store_used_octets", "disk taken by parts and journal", status.used_octets);
  families.gauge("weir_store_budget_octets", "disk that may be taken", status.budget_octets);
  families.gauge("weir_store_hot_rows", "rows in memory, not yet in a part", status.hot_rows);
  families.gauge("weir_store_parts", "parts served", status.parts);
  families.gauge("weir_store_parts_set_aside", "parts found damaged", status.parts_set_aside);
  families.counter("weir_store_rows_dropped_total", "rows whose parts went to make room",
                   status.rows_dropped_by_retention);
  families.counter("weir_store_rows_refused_total", "rows given up because the disk stayed full",
                   status.rows_refused);
  families.counter("weir_store_commits_failed_total", "commits that were tried again",
                   status.commits_failed);
  families.counter("weir_store_parts_merged_total", "small parts that larger ones replaced",
                   status.parts_merged);
  families.counter("weir_store_rows_merged_total", "rows of these parts", status.rows_merged);
  families.counter("weir_store_merges_deferred_total", "merges that waited for room on the disk",
                   status.merges_deferred);
  families.counter("weir_store_merges_failed_total", "merges that are tried again later",
                   status.merges_failed);
}

void add_questions(Families& families, const QuestionCounters& counters) {
  const std::uint64_t ended = counters.ended.get();  // first, so that none runs twice
  families.gauge("weir_queries_running", "questions to the store being answered now",
                 counters.begun.get() - ended);
  families.counter("weir_queries_total", "questions to the store", counters.begun.get());
  families.counter("weir_queries_cancelled_total",
                   "questions ended early because nobody waited for the answer any more",
                   counters.cancelled.get());
}

void add_names(Families& families, const know::NameStore& names,
               const std::shared_ptr<const know::NameSourcesView>& sources) {
  families.gauge("weir_names_addresses", "addresses that have or had a name", names.size());
  families.counter("weir_names_forgotten_total", "addresses whose names went because of names.max",
                   names.counters().forgotten.get());
  families.counter("weir_names_not_kept_total", "names for which there was no room",
                   names.counters().not_kept.get());
  if (sources) {
    const auto answers = [&](const char* kind, std::uint64_t count) {
      families.counter("weir_names_answers_total", "answers of name servers, by kind", count,
                       {{"kind", kind}});
    };
    know::ServerView sum;
    std::uint64_t silent = 0;
    for (const know::ServerView& server : sources->servers) {
      sum.asked += server.asked;
      sum.names += server.names;
      sum.no_names += server.no_names;
      sum.no_help += server.no_help;
      sum.silent += server.silent;
      sum.malformed += server.malformed;
      if (server.silent_since != 0) ++silent;
    }
    families.counter("weir_names_asked_total", "questions to name servers", sum.asked);
    answers("name", sum.names);
    answers("no_name", sum.no_names);
    answers("no_help", sum.no_help);
    answers("silent", sum.silent);
    answers("malformed", sum.malformed);
    families.gauge("weir_names_servers_silent", "name servers that do not answer now", silent);
    families.gauge("weir_names_waiting", "addresses whose name will be asked for",
                   sources->waiting);
    families.counter("weir_names_not_queued_total",
                     "times that an address found no room among these", sources->not_queued);
  }
  families.counter("weir_names_writes_failed_total", "writes of names that are tried again",
                   names.counters().failed.get());
}

void add_sites(Families& families, const know::SiteSourcesView& sources) {
  know::LogCounts counts;
  for (const know::SiteLogView& file : sources.files) counts.add(file.counts);
  if (sources.syslog) counts.add(sources.syslog->counts);
  const auto lines = [&](std::string_view kind, std::uint64_t count) {
    families.counter("weir_site_log_lines_total", "lines of query logs, by what became of them",
                     count, {{"kind", std::string(kind)}});
  };
  lines("question", counts.questions);
  lines("answer", counts.answers);
  lines("other", counts.other);
  for (std::size_t i = 0; i < know::kNotHeardCount; ++i) {
    const auto reason = static_cast<know::NotHeard>(i);
    lines(know::to_text(reason), counts.of(reason));
  }
  families.counter("weir_site_log_datagrams_total", "datagrams taken at sites.syslog",
                   sources.senders.datagrams);
  families.counter("weir_site_log_refused_total", "datagrams that others sent than may",
                   sources.senders.refused);
  families.gauge("weir_sites_pairs", "answers kept, by client and address", sources.table.pairs);
  families.counter("weir_sites_cut_total", "answers that went because of sites.max",
                   sources.table.pairs_cut);
  families.counter("weir_sites_names_refused_total", "names of sites for which there was no room",
                   sources.table.names_refused);
  families.gauge("weir_sites_as_numbers", "AS numbers that flows showed", sources.table.as_numbers);
  families.counter("weir_sites_as_cut_total", "AS numbers for which there was no room",
                   sources.table.as_cut);
}

void add_http(Families& families, const ServerCounters& server, const ApiCounters& api) {
  families.gauge("weir_http_connections", "connections open", server.connections_open.get());
  families.counter("weir_http_connections_total", "connections accepted", server.connections.get());
  families.counter("weir_http_requests_total", "requests read", server.requests.get());
  families.gauge("weir_http_event_streams", "event streams open", server.event_streams_open.get());
  families.counter("weir_http_events_skipped_total", "events that a client was too slow to be sent",
                   server.events_skipped.get());
  const auto refused = [&](const char* reason, const base::Counter& count) {
    families.counter("weir_http_refused_total", "connections and requests refused, by reason",
                     count.get(), {{"reason", reason}});
  };
  refused("over_cap", server.connections_refused);
  refused("malformed", server.malformed);
  refused("too_large", server.too_large);
  refused("timed_out", server.timed_out);
  refused("slow_reader", server.slow_readers);
  refused("busy", server.busy);
  refused("unix_credentials", server.unix_refused);
  refused("event_streams", server.event_streams_refused);
  refused("foreign_host", api.foreign_hosts);
  refused("not_allowed", api.not_allowed);
  refused("wrong_password", api.wrong_passwords);
  refused("wrong_code", api.wrong_codes);
  refused("throttled", api.throttled);
}

}  // namespace

std::optional<Response> get_metrics(Api& api, const Call& call) {
  static_cast<void>(call);
  Families families;
  add_receive(families, *api.sources().receive());
  add_exporters(families, api.sources().workers());
  add_store(families, api.sources().store.status());
  add_questions(families, api.sources().questions.counters());
  add_names(families, api.sources().names,
            api.sources().name_sources ? api.sources().name_sources() : nullptr);
  if (api.sources().site_sources) add_sites(families, *api.sources().site_sources());
  add_http(families, api.server_counters(), api.counters());
  return Response{.content_type = "text/plain; version=0.0.4; charset=utf-8",
                  .body = families.text()};
}

}  // namespace serve
