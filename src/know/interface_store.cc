#include "know/interface_store.h"

#include <algorithm>
#include <limits>
#include <set>

namespace know {
namespace {

// A name that is only said again is written this seldom.
constexpr std::int64_t kAgainWrittenMs = 10 * base::kMsPerMinute;
// Two interfaces may have one name. It has moved when it was said of the other, and of this one not
// for so long: a whole table of options comes within seconds.
constexpr std::int64_t kStillSaidMs = base::kMsPerMinute;
constexpr std::size_t kInterfacesWrittenAtOnce = 500;

using InterfaceRecords = std::vector<InterfaceRecord>;

InterfaceRecord* standing(InterfaceRecords& records, InterfaceOrigin origin) {
  const auto found = std::ranges::find_if(
      records, [origin](const InterfaceRecord& one) { return one.origin == origin && !one.until; });
  return found == records.end() ? nullptr : &*found;
}

void forget_oldest(InterfaceRecords& records) {
  const auto oldest = std::ranges::min_element(records, {}, [](const InterfaceRecord& one) {
    return one.until.value_or(std::numeric_limits<base::UnixMs>::max());
  });
  if (oldest->until) records.erase(oldest);
}

base::UnixMs last_confirmed(const InterfaceRecords& records) {
  base::UnixMs newest = 0;
  for (const InterfaceRecord& one : records) newest = std::max(newest, one.confirmed);
  return newest;
}

base::Expected<void, base::IoError> write_interface(const state::StateDb& db,
                                                    const InterfaceKey& key,
                                                    const InterfaceRecords& records) {
  auto done = db.run(
      "DELETE FROM interface_names WHERE exporter_hi = ? AND exporter_lo = ? AND if_index = ?",
      key.exporter.hi, key.exporter.lo, key.index);
  for (const InterfaceRecord& one : records) {
    if (!done) return done;
    done = db.run(
        "INSERT OR REPLACE INTO interface_names (exporter_hi, exporter_lo, if_index, origin, name, "
        "alias, speed, since, confirmed, until) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        key.exporter.hi, key.exporter.lo, key.index, to_text(one.origin), one.said.name,
        one.said.alias, one.said.speed_bits_per_s, one.since, one.confirmed, one.until.value_or(0));
  }
  return done;
}

}  // namespace

base::Expected<std::unique_ptr<InterfaceStore>, base::IoError> InterfaceStore::open(
    const std::filesystem::path& state_db) {
  auto db = state::StateDb::open(state_db);
  if (!db) return base::Unexpected(std::move(db.error()));
  std::unique_ptr<InterfaceStore> store(new InterfaceStore(std::move(*db)));
  if (auto loaded = store->load(); !loaded) return base::Unexpected(std::move(loaded.error()));
  return store;
}

base::Expected<void, base::IoError> InterfaceStore::load() {
  auto rows = db_.prepare(
      "SELECT exporter_hi, exporter_lo, if_index, origin, name, alias, speed, since, confirmed, "
      "until FROM interface_names ORDER BY since");
  if (!rows) return base::Unexpected(rows.error());
  for (;;) {
    const auto row = rows->step();
    if (!row) return base::Unexpected(row.error());
    if (!*row) return {};
    const auto origin = parse_interface_origin(rows->text(3));
    if (!origin) continue;  // of a Weir to come
    Entry& entry = table_[{flow::Address{rows->unsigned_integer(0), rows->unsigned_integer(1)},
                           static_cast<std::uint32_t>(rows->integer(2))}];
    InterfaceRecord record{.origin = *origin,
                           .said = {rows->text(4), rows->text(5), rows->unsigned_integer(6)},
                           .since = rows->integer(7),
                           .confirmed = rows->integer(8),
                           .until = {}};
    if (const base::UnixMs until = rows->integer(9); until != 0) record.until = until;
    entry.written = std::max(entry.written, record.confirmed);
    entry.records.push_back(std::move(record));
  }
}

// Some at once, for it takes a look at all.
void InterfaceStore::make_room() {
  std::vector<std::pair<base::UnixMs, InterfaceKey>> all;
  for (const auto& [key, entry] : table_) all.emplace_back(last_confirmed(entry.records), key);
  const std::size_t count = 1 + all.size() / 64;
  std::ranges::partial_sort(all, all.begin() + static_cast<std::ptrdiff_t>(count));
  for (std::size_t i = 0; i < count; ++i) {
    unwritten_.insert(all[i].second);
    table_.erase(all[i].second);
  }
  counters_.forgotten.add(count);
}

// A router numbers its interfaces anew: the name is another number's from now on.
void InterfaceStore::end_elsewhere(InterfaceOrigin origin, const InterfaceKey& key,
                                   const std::string& name, base::UnixMs now) {
  for (auto other = table_.lower_bound({key.exporter, 0});
       other != table_.end() && other->first.exporter == key.exporter; ++other) {
    if (other->first == key) continue;
    InterfaceRecord* record = standing(other->second.records, origin);
    if (record == nullptr || record->said.name != name) continue;
    if (now - record->confirmed < kStillSaidMs) continue;
    record->until = now;
    unwritten_.insert(other->first);
  }
}

void InterfaceStore::tell_one(InterfaceOrigin origin, const InterfaceKey& key,
                              const InterfaceSaid& said, base::UnixMs now) {
  auto found = table_.find(key);
  if (found == table_.end()) {
    if (table_.size() >= kInterfacesMax) make_room();
    found = table_.emplace(key, Entry()).first;
  }
  Entry& entry = found->second;
  InterfaceRecord* record = standing(entry.records, origin);
  if (record != nullptr && record->said.name == said.name) {
    const bool is_new = !(record->said == said) || now - entry.written >= kAgainWrittenMs;
    record->said = said;
    record->confirmed = std::max(record->confirmed, now);
    if (is_new) unwritten_.insert(key);
    return;
  }
  if (record != nullptr) record->until = now;
  if (entry.records.size() >= kHistoryMax) forget_oldest(entry.records);
  entry.records.push_back(
      {.origin = origin, .said = said, .since = now, .confirmed = now, .until = {}});
  unwritten_.insert(key);
  if (!said.name.empty()) end_elsewhere(origin, key, said.name, now);
}

void InterfaceStore::tell(InterfaceOrigin origin, const flow::Address& exporter, const Said& said,
                          bool is_whole, base::UnixMs now) {
  const std::lock_guard lock(mutex_);
  std::set<std::uint32_t> told;
  for (const auto& [index, one] : said) {
    if (told.insert(index).second) tell_one(origin, {exporter, index}, one, now);
  }
  for (auto other = table_.lower_bound({exporter, 0});
       is_whole && other != table_.end() && other->first.exporter == exporter; ++other) {
    InterfaceRecord* record = standing(other->second.records, origin);
    if (record == nullptr || told.contains(other->first.index)) continue;
    record->until = now;
    unwritten_.insert(other->first);
  }
  interfaces_.reset();
}

base::Expected<void, base::IoError> InterfaceStore::flush() {
  const std::lock_guard writing(db_mutex_);
  for (;;) {
    std::vector<std::pair<InterfaceKey, InterfaceRecords>> some;
    {
      const std::lock_guard lock(mutex_);
      while (!unwritten_.empty() && some.size() < kInterfacesWrittenAtOnce) {
        const InterfaceKey key = *unwritten_.begin();
        unwritten_.erase(unwritten_.begin());
        const auto found = table_.find(key);
        some.emplace_back(key, found == table_.end() ? InterfaceRecords() : found->second.records);
        if (found != table_.end()) found->second.written = last_confirmed(some.back().second);
      }
    }
    if (some.empty()) return {};
    base::Expected<void, base::IoError> done;
    if (auto transaction = state::Transaction::begin(db_); !transaction) {
      done = base::Unexpected(std::move(transaction.error()));
    } else {
      for (const auto& [key, records] : some) {
        if (done) done = write_interface(db_, key, records);
      }
      if (done) done = transaction->commit();
    }
    if (done) continue;
    counters_.failed.add();
    const std::lock_guard lock(mutex_);
    for (const auto& [key, records] : some) unwritten_.insert(key);
    return done;
  }
}

std::shared_ptr<const Interfaces> InterfaceStore::interfaces(
    const std::shared_ptr<const state::Settings>& settings) const {
  const std::lock_guard lock(mutex_);
  if (interfaces_ && made_with_ == settings) return interfaces_;
  const auto& set = settings->exporters.interfaces;
  Interfaces::Table all;
  for (const auto& [key, entry] : table_) {
    const auto setting = set.find(key);
    all.emplace(key, present(entry.records, setting == set.end() ? nullptr : &setting->second));
  }
  for (const auto& [key, setting] : set) {
    if (!all.contains(key)) all.emplace(key, present({}, &setting));
  }
  interfaces_ = std::make_shared<const Interfaces>(std::move(all));
  made_with_ = settings;
  return interfaces_;
}

std::vector<InterfaceRecord> InterfaceStore::history(const InterfaceKey& key) const {
  InterfaceRecords records;
  {
    const std::lock_guard lock(mutex_);
    const auto found = table_.find(key);
    if (found != table_.end()) records = found->second.records;
  }
  std::ranges::sort(records, [](const InterfaceRecord& left, const InterfaceRecord& right) {
    if (left.until.has_value() != right.until.has_value()) return !left.until.has_value();
    if (left.until != right.until) return left.until > right.until;
    return left.origin < right.origin;
  });
  return records;
}

std::optional<std::uint32_t> InterfaceStore::moved_from(const InterfaceKey& key) const {
  const std::lock_guard lock(mutex_);
  const auto found = table_.find(key);
  if (found == table_.end()) return std::nullopt;
  std::optional<std::uint32_t> from;
  base::UnixMs newest = 0;
  for (const InterfaceRecord& now : found->second.records) {
    if (now.until || now.said.name.empty()) continue;
    for (auto other = table_.lower_bound({key.exporter, 0});
         other != table_.end() && other->first.exporter == key.exporter; ++other) {
      if (other->first == key) continue;
      for (const InterfaceRecord& then : other->second.records) {
        if (!then.until || then.origin != now.origin || then.said.name != now.said.name) continue;
        // What was taken from the other number for this one ended when this one began.
        if (*then.until < now.since || *then.until <= newest) continue;
        newest = *then.until;
        from = other->first.index;
      }
    }
  }
  return from;
}

std::size_t InterfaceStore::size() const {
  const std::lock_guard lock(mutex_);
  return table_.size();
}

}  // namespace know
