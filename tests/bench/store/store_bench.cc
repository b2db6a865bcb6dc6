// What the embedded store costs: CPU and octets per flow sealed, and questions over the parts.
//   store_bench [MILLIONS_OF_FLOWS] [FOLDER] [FLOWS_PER_PART]
// With parts of less than a million flows also what merging them costs.
#include <fmt/format.h>
#include <sys/resource.h>

#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <vector>

#include "base/check.h"
#include "flow/name_pool.h"
#include "store/embedded/embedded_store.h"
#include "traffic.h"

namespace {

constexpr base::UnixMs kStart = 1'795'435'200'000;
constexpr double kFlowsPerMs = 10;

double cpu_seconds() {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  const auto seconds = [](const timeval& time) {
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) * 1e-6;
  };
  return seconds(usage.ru_utime) + seconds(usage.ru_stime);
}

long resident_mb() {
  std::ifstream file("/proc/self/statm");
  long total = 0;
  long resident = 0;
  file >> total >> resident;
  return resident * 4 / 1024;
}

// Wall and CPU time of what lies between begin and end.
class Stopwatch {
 public:
  std::string text() const {
    const std::chrono::duration<double> wall = std::chrono::steady_clock::now() - wall_;
    return fmt::format("{:8.3f} s wall {:8.3f} s CPU", wall.count(), cpu_seconds() - cpu_);
  }
  double cpu() const { return cpu_seconds() - cpu_; }

 private:
  std::chrono::steady_clock::time_point wall_ = std::chrono::steady_clock::now();
  double cpu_ = cpu_seconds();
};

class CountingSink final : public query::AnswerSink {
 public:
  void head(const std::vector<query::AnswerColumn>&) override {}
  bool chunk(const query::AnswerChunk& chunk) override {
    rows += chunk.rows;
    return true;
  }
  std::uint64_t rows = 0;
};

// As the enricher leaves them.
void enrich(flow::FlowRecord& flow) {
  using flow::Column;
  static const std::uint32_t app = flow::NamePool::instance().id_of(flow::NameKind::Known, "https");
  const auto is_local = [](const flow::Address& end) {
    return end.hi == 0 ? (end.as_v4() >> 24) == 10 || (end.as_v4() >> 16) == 0xc0a8
                       : (end.hi >> 56) == 0xfd;
  };
  const bool from_local = is_local(flow.src);
  flow.locality = static_cast<std::uint8_t>(from_local ? flow::Locality::LocalToRemote
                                                       : flow::Locality::RemoteToLocal);
  flow.counted = true;
  flow.app = app;
  flow.exporter = flow::Address::v4(0xc0000201);
  flow.present |= flow::bit(Column::locality) | flow::bit(Column::counted) |
                  flow::bit(Column::app) | flow::bit(Column::exporter);
}

void fill(store::EmbeddedStore& store, std::uint64_t flows, std::uint64_t flows_per_segment) {
  generator::Traffic traffic(1);
  double seal_cpu = 0;
  double append_cpu = 0;
  std::vector<flow::FlowRecord> rows;
  for (std::uint64_t made = 0; made < flows;) {
    const std::uint64_t segment = made / flows_per_segment + 1;
    for (const std::uint64_t end = std::min(flows, segment * flows_per_segment); made < end;) {
      rows.clear();
      while (rows.size() < flow::Batch::kRows && made < end) {
        const auto received =
            kStart + static_cast<base::UnixMs>(static_cast<double>(made) / kFlowsPerMs);
        rows.push_back(traffic.next(generator::Family::IPv4, received));
        enrich(rows.back());
        ++made;
      }
      auto batch = std::make_unique<flow::Batch>(flow::Batch::kRows);
      batch->segment = segment;
      batch->append(rows);
      const Stopwatch watch;
      store.append(std::move(batch));
      append_cpu += watch.cpu();
    }
    store::Commit commit;
    commit.segment = segment;
    const Stopwatch watch;
    CHECK(store.commit(commit).has_value());
    seal_cpu += watch.cpu();
  }
  std::uint64_t octets = 0;
  for (const auto& part : store.parts()) octets += part.octets;
  const auto per_flow = [&](double value) { return value / static_cast<double>(flows); };
  fmt::print(
      "append {:.3f} us/flow, seal {:.3f} us/flow, {:.2f} B/flow in {} parts, {} MB resident\n",
      per_flow(append_cpu * 1e6), per_flow(seal_cpu * 1e6), per_flow(static_cast<double>(octets)),
      store.parts().size(), resident_mb());
}

void merge(store::EmbeddedStore& store) {
  const long before_mb = resident_mb();
  const Stopwatch watch;
  double longest_s = 0;
  for (bool more = true; more;) {
    auto last = std::chrono::steady_clock::now();
    const auto meanwhile = [&] {
      const auto now = std::chrono::steady_clock::now();
      longest_s = std::max(longest_s, std::chrono::duration<double>(now - last).count());
      last = now;
      return true;
    };
    const auto merged = store.merge_small_parts(kStart + 2 * base::kMsPerDay, meanwhile);
    CHECK(merged.has_value());
    meanwhile();
    more = *merged;
  }
  const auto status = store.status();
  if (status.rows_merged == 0) return;
  std::uint64_t octets = 0;
  for (const auto& part : store.parts()) octets += part.octets;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  fmt::print(
      "merge {:.3f} us/row, {} parts into {} of {} octets, longest pause {:.3f} s, {} MB before, "
      "{} MB "
      "at most\n",
      watch.cpu() * 1e6 / static_cast<double>(status.rows_merged), status.parts_merged,
      store.parts().size(), octets, longest_s, before_mb, usage.ru_maxrss / 1024);
}

query::PlanText question(const std::string& range, const std::string& by,
                         const std::string& metric = "", const std::string& step = "") {
  query::PlanText text;
  text.range = range;
  text.by = by;
  text.metric = metric;
  text.step = step;
  return text;
}

void ask(store::EmbeddedStore& store, const std::string& name, const query::PlanText& text) {
  const auto plan = query::make_plan(text, kStart);
  CHECK(plan.has_value());
  for (int time = 0; time < 3; ++time) {
    CountingSink sink;
    const Stopwatch watch;
    const auto answer = store.query(*plan, sink, query::Cancel{});
    fmt::print("{:<34} {}  {} rows, {} cut, {}, {} MB resident\n", name, watch.text(), sink.rows,
               answer ? answer->rest_groups : 0, answer ? answer->tier : answer.error().detail,
               resident_mb());
  }
}

}  // namespace

int main(int argc, char** argv) {
  std::setvbuf(stdout, nullptr, _IOLBF, 0);
  const std::uint64_t flows = std::strtoull(argc > 1 ? argv[1] : "5", nullptr, 10) * 1'000'000;
  const std::filesystem::path folder = argc > 2 ? argv[2] : "store_bench_data";
  base::DiskBudget budget(std::uint64_t{10} << 30);
  const Stopwatch opening;
  auto opened = store::EmbeddedStore::open(folder, budget);
  CHECK(opened.has_value());
  auto& store = **opened;
  fmt::print("opened: {}, {} MB resident\n", opening.text(), resident_mb());
  const std::uint64_t flows_per_part = std::strtoull(argc > 3 ? argv[3] : "1000000", nullptr, 10);
  if (store.parts().empty()) fill(store, flows, flows_per_part);
  merge(store);

  const std::string all = fmt::format("{}..{}", kStart - base::kMsPerDay, kStart + base::kMsPerDay);
  // Cuts the first and the last part.
  const std::string cut = fmt::format("{}..{}", kStart + 20'000, kStart + 400'000);
  ask(store, "top source", question(all, "src", "bytes"));
  ask(store, "top source, three metrics", question(all, "src"));
  ask(store, "top source, range cuts parts", question(cut, "src", "bytes"));
  ask(store, "top by three keys", question(all, "src,dst,dst_port"));
  ask(store, "total by 5 s", question(cut, "", "bytes", "5s"));
  ask(store, "top source by minute", question(cut, "src", "bytes", "1m"));
  query::PlanText one_host = question(all, "dst_port");
  one_host.filter = "host:10.20.0.18";
  ask(store, "one host, either end", one_host);
  query::PlanText listing;
  listing.range = all;
  listing.flows = "1";
  ask(store, "all flows", listing);
}
