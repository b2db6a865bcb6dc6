#include "know/interface_counters.h"

#include <algorithm>
#include <limits>

namespace know {
namespace {

constexpr std::int64_t kMinuteStepS = 60;
constexpr std::int64_t kHourStepS = 3'600;
// Between the end of one minute's part and the beginning of the next.
constexpr std::int64_t kSeamMs = base::kMsPerSecond;

// What of `amount` lies before `at`, of a stretch of `length_ms`.
std::uint64_t part_of(std::uint64_t amount, std::int64_t at, std::int64_t length_ms) {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(amount) * static_cast<Wide>(at) /
                                    static_cast<Wide>(length_ms));
}

constexpr const char* kAdd =
    "INSERT INTO interface_counters (step_s, start, exporter_hi, exporter_lo, if_index, in_octets, "
    "out_octets, first_ms, last_ms, covered_ms) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT DO UPDATE SET in_octets = in_octets + excluded.in_octets, "
    "out_octets = out_octets + excluded.out_octets, first_ms = min(first_ms, excluded.first_ms), "
    "last_ms = max(last_ms, excluded.last_ms), covered_ms = covered_ms + excluded.covered_ms";

}  // namespace

base::Expected<std::unique_ptr<InterfaceCounters>, base::IoError> InterfaceCounters::open(
    const std::filesystem::path& state_db) {
  auto db = state::StateDb::open(state_db);
  if (!db) return base::Unexpected(std::move(db.error()));
  std::unique_ptr<InterfaceCounters> counters(new InterfaceCounters(std::move(*db)));
  auto rows = counters->db_.prepare(
      "SELECT DISTINCT exporter_hi, exporter_lo, if_index FROM interface_counters");
  if (!rows) return base::Unexpected(rows.error());
  for (;;) {
    const auto row = rows->step();
    if (!row) return base::Unexpected(row.error());
    if (!*row) return counters;
    counters->kept_.insert({flow::Address{rows->unsigned_integer(0), rows->unsigned_integer(1)},
                            static_cast<std::uint32_t>(rows->integer(2))});
  }
}

bool InterfaceCounters::is_kept(const state::InterfaceKey& key) {
  if (kept_.contains(key)) return true;
  if (kept_.size() >= kInterfacesMax) {
    counters_.not_kept.add();
    return false;
  }
  kept_.insert(key);
  return true;
}

base::Expected<void, base::IoError> InterfaceCounters::write(const state::InterfaceKey& key,
                                                             const Reading& before,
                                                             const Reading& now) {
  const std::int64_t length = now.read - before.read;
  const std::uint64_t in = now.in - before.in;
  const std::uint64_t out = now.out - before.out;
  auto add = db_.prepare(kAdd);
  if (!add) return base::Unexpected(add.error());
  for (base::UnixMs from = before.read; from < now.read;) {
    const base::UnixMs minute = base::floor_to(from, base::kMsPerMinute);
    const base::UnixMs to = std::min(minute + base::kMsPerMinute, now.read);
    const std::int64_t first = from - before.read;
    const std::int64_t last = to - before.read;
    auto done =
        add->bind(kMinuteStepS, minute, key.exporter.hi, key.exporter.lo, key.index,
                  part_of(in, last, length) - part_of(in, first, length),
                  part_of(out, last, length) - part_of(out, first, length), from, to, to - from)
            .run();
    if (!done) return done;
    from = to;
  }
  return {};
}

base::Expected<void, base::IoError> InterfaceCounters::take(const flow::Address& exporter,
                                                            const SnmpWalk& walk) {
  const std::lock_guard lock(mutex_);
  Agent& agent = agents_[exporter];
  const bool has_restarted = walk.uptime_ms < agent.uptime_ms;
  agent.uptime_ms = walk.uptime_ms;
  std::map<std::uint32_t, Reading> readings;
  auto transaction = state::Transaction::begin(db_);
  base::Expected<void, base::IoError> done;
  if (!transaction) done = base::Unexpected(transaction.error());
  for (const SnmpInterface& one : walk.interfaces) {
    if (!one.in_octets || !one.out_octets) continue;
    const Reading now{walk.read, *one.in_octets, *one.out_octets};
    const auto found = agent.readings.find(one.index);
    readings[one.index] = now;
    if (found == agent.readings.end() || has_restarted || !done) continue;
    const Reading& before = found->second;
    const bool goes_on = now.in >= before.in && now.out >= before.out && now.read > before.read &&
                         now.read - before.read <= kBreakMs;
    // One that never carried anything needs no rows.
    if (!goes_on || now.in + now.out == 0 || !is_kept({exporter, one.index})) continue;
    done = write({exporter, one.index}, before, now);
  }
  agent.readings = std::move(readings);
  if (done) done = transaction->commit();
  if (!done) counters_.failed.add();
  return done;
}

base::Expected<void, base::IoError> InterfaceCounters::tidy(base::UnixMs now) {
  const base::UnixMs before = base::floor_to(now - kMinutesKeptMs, base::kMsPerHour);
  const std::lock_guard lock(mutex_);
  auto transaction = state::Transaction::begin(db_);
  if (!transaction) return base::Unexpected(std::move(transaction.error()));
  auto done = db_.run(
      "INSERT INTO interface_counters (step_s, start, exporter_hi, exporter_lo, if_index, "
      "in_octets, out_octets, first_ms, last_ms, covered_ms) "
      "SELECT ?, start - start % 3600000, exporter_hi, exporter_lo, if_index, sum(in_octets), "
      "sum(out_octets), min(first_ms), max(last_ms), sum(covered_ms) FROM interface_counters "
      "WHERE step_s = ? AND start < ? GROUP BY 2, 3, 4, 5 "
      "ON CONFLICT DO UPDATE SET in_octets = in_octets + excluded.in_octets, "
      "out_octets = out_octets + excluded.out_octets, first_ms = min(first_ms, excluded.first_ms), "
      "last_ms = max(last_ms, excluded.last_ms), covered_ms = covered_ms + excluded.covered_ms",
      kHourStepS, kMinuteStepS, before);
  if (done) {
    done = db_.run("DELETE FROM interface_counters WHERE step_s = ? AND start < ?", kMinuteStepS,
                   before);
  }
  if (done) {
    done = db_.run("DELETE FROM interface_counters WHERE step_s = ? AND start < ?", kHourStepS,
                   now - kHoursKeptMs);
  }
  if (done) done = transaction->commit();
  return done;
}

namespace {

// The parts of a stretch by when they begin; those of one minute or hour are of all interfaces.
struct StretchPart {
  base::UnixMs first = std::numeric_limits<base::UnixMs>::max();
  base::UnixMs last = 0;
};

}  // namespace

base::Expected<CountedStretch, base::IoError> InterfaceCounters::stretch(
    const flow::Address& exporter, base::UnixMs from, base::UnixMs to) const {
  struct Row {
    base::UnixMs start;
    std::uint32_t index;
    CountedOctets octets;
  };
  std::vector<Row> rows;
  std::map<base::UnixMs, StretchPart> parts;
  const std::lock_guard lock(mutex_);
  auto read = db_.prepare(
      "SELECT start, if_index, in_octets, out_octets, first_ms, last_ms, covered_ms "
      "FROM interface_counters WHERE exporter_hi = ? AND exporter_lo = ? AND first_ms >= ? AND "
      "last_ms <= ? ORDER BY start");
  if (!read) return base::Unexpected(read.error());
  read->bind(exporter.hi, exporter.lo, from, to);
  for (;;) {
    const auto row = read->step();
    if (!row) return base::Unexpected(row.error());
    if (!*row) break;
    rows.push_back({read->integer(0),
                    static_cast<std::uint32_t>(read->integer(1)),
                    {read->unsigned_integer(2), read->unsigned_integer(3), read->integer(6)}});
    StretchPart& part = parts[rows.back().start];
    part.first = std::min(part.first, read->integer(4));
    part.last = std::max(part.last, read->integer(5));
  }
  CountedStretch stretch;
  base::UnixMs begins = 0;  // of the oldest part taken
  for (auto part = parts.rbegin(); part != parts.rend(); ++part) {
    if (stretch.to != 0 && stretch.from - part->second.last > kSeamMs) break;
    if (stretch.to == 0) stretch.to = part->second.last;
    stretch.from = part->second.first;
    begins = part->first;
  }
  for (const Row& row : rows) {
    if (row.start < begins) continue;
    CountedOctets& sum = stretch.by_index[row.index];
    sum.in += row.octets.in;
    sum.out += row.octets.out;
    sum.covered_ms += row.octets.covered_ms;
  }
  return stretch;
}

}  // namespace know
