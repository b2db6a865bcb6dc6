#include "know/name_store.h"

#include <fmt/format.h>

#include <algorithm>
#include <limits>

namespace know {
namespace {

// How old the snapshot may be that answers are written by.
constexpr std::int64_t kSnapshotMs = base::kMsPerSecond;
// A name that is only said again is written this seldom.
constexpr std::int64_t kConfirmedMs = 10 * base::kMsPerMinute;
// Addresses written in one transaction: others wait for state.db too.
constexpr std::size_t kWrittenAtOnce = 500;

using Records = std::vector<NameRecord>;

// The name that wins; null: none stands.
const NameRecord* present(const Records& records) {
  const NameRecord* best = nullptr;
  for (const NameRecord& record : records) {
    if (record.until) continue;
    if (best == nullptr || record.origin < best->origin) best = &record;
  }
  return best;
}

bool is_a_persons(const Records& records) {
  return std::ranges::any_of(records, [](const NameRecord& one) {
    return one.origin == NameOrigin::Person && !one.until;
  });
}

base::UnixMs newest_confirmed(const Records& records) {
  base::UnixMs newest = 0;
  for (const NameRecord& one : records) newest = std::max(newest, one.confirmed);
  return newest;
}

// What `origin` said before ends, unless it is `name`.
bool end_others(Records& records, NameOrigin origin, std::string_view name, base::UnixMs now) {
  bool has_ended = false;
  for (NameRecord& one : records) {
    if (one.origin != origin || one.until || one.name == name) continue;
    one.until = now;
    has_ended = true;
  }
  return has_ended;
}

// True: it is another name than before.
bool say(Records& records, NameOrigin origin, const std::string& name, base::UnixMs now) {
  bool is_new = end_others(records, origin, name, now);
  const auto known = std::ranges::find_if(
      records, [&](const NameRecord& one) { return one.origin == origin && one.name == name; });
  if (known != records.end()) {
    is_new = is_new || known->until.has_value();
    known->until.reset();
    known->confirmed = std::max(known->confirmed, now);
    return is_new;
  }
  if (records.size() >= NameStore::kHistoryMax) {
    const auto oldest = std::ranges::min_element(records, {}, [](const NameRecord& one) {
      return one.until.value_or(std::numeric_limits<base::UnixMs>::max());
    });
    if (oldest->until) records.erase(oldest);
  }
  records.push_back({.origin = origin, .name = name, .since = now, .confirmed = now, .until = {}});
  return true;
}

base::Expected<void, base::IoError> write(const state::StateDb& db, const flow::Address& address,
                                          const Records& records) {
  auto done =
      db.run("DELETE FROM names WHERE address_hi = ? AND address_lo = ?", address.hi, address.lo);
  for (const NameRecord& one : records) {
    if (!done) return done;
    done = db.run(
        "INSERT INTO names (address_hi, address_lo, origin, name, since, confirmed, until) "
        "VALUES (?, ?, ?, ?, ?, ?, ?)",
        address.hi, address.lo, to_text(one.origin), one.name, one.since, one.confirmed,
        one.until.value_or(0));
  }
  return done;
}

// Calls `take(address, record)` with all that is written.
template <class Take>
base::Expected<void, base::IoError> read(const state::StateDb& db, Take take) {
  auto rows =
      db.prepare("SELECT address_hi, address_lo, origin, name, since, confirmed, until FROM names");
  if (!rows) return base::Unexpected(rows.error());
  for (;;) {
    const auto row = rows->step();
    if (!row) return base::Unexpected(row.error());
    if (!*row) return {};
    const auto origin = parse_name_origin(rows->text(2));
    if (!origin) continue;  // of a Weir to come
    NameRecord record{.origin = *origin,
                      .name = rows->text(3),
                      .since = rows->integer(4),
                      .confirmed = rows->integer(5),
                      .until = {}};
    if (const base::UnixMs until = rows->integer(6); until != 0) record.until = until;
    take(flow::Address{rows->unsigned_integer(0), rows->unsigned_integer(1)}, std::move(record));
  }
}

void add_present(Names::Table& table, const flow::Address& address, const Records& records) {
  if (const NameRecord* best = present(records)) {
    table.emplace(address, Named{best->name, best->origin, best->confirmed});
  }
}

}  // namespace

base::Expected<std::unique_ptr<NameStore>, base::IoError> NameStore::open(
    const std::filesystem::path& state_db, std::size_t addresses_max,
    const base::Snapshot<LocalNetworks>& networks) {
  auto db = state::StateDb::open(state_db);
  if (!db) return base::Unexpected(std::move(db.error()));
  std::unique_ptr<NameStore> store(new NameStore(std::move(*db), addresses_max, networks));
  if (auto loaded = store->load(); !loaded) return base::Unexpected(std::move(loaded.error()));
  return store;
}

base::Expected<void, base::IoError> NameStore::load() {
  return read(db_, [this](const flow::Address& address, NameRecord record) {
    Entry& entry = table_[address];
    entry.used = entry.written = std::max(entry.used, record.confirmed);
    entry.records.push_back(std::move(record));
  });
}

// Remote ones first, then who was longest not shown; some at once, for it takes a look at all.
bool NameStore::make_room() {
  struct Candidate {
    bool is_local;
    base::UnixMs used;
    flow::Address address;

    auto operator<=>(const Candidate&) const = default;
  };
  const auto networks = networks_.get();
  std::vector<Candidate> candidates;
  for (const auto& [address, entry] : table_) {
    if (is_a_persons(entry.records)) continue;
    candidates.push_back({networks->is_local(address), entry.used, address});
  }
  if (candidates.empty()) return false;
  const std::size_t count = std::min(candidates.size(), 1 + table_.size() / 64);
  std::ranges::partial_sort(candidates, candidates.begin() + static_cast<std::ptrdiff_t>(count));
  for (const Candidate& one : std::span(candidates).first(count)) {
    unwritten_.insert(one.address);
    table_.erase(one.address);
  }
  counters_.forgotten.add(count);
  is_changed_ = true;
  return true;
}

// Null: there is no room.
NameStore::Entry* NameStore::entry_for(const flow::Address& address, base::UnixMs now) {
  const auto found = table_.find(address);
  if (found != table_.end()) return &found->second;
  if (table_.size() >= addresses_max_ && !make_room()) {
    counters_.not_kept.add();
    return nullptr;
  }
  Entry& entry = table_[address];
  entry.used = now;
  return &entry;
}

void NameStore::confirm_locked(NameOrigin origin, const flow::Address& address,
                               const std::string& name, base::UnixMs now) {
  Entry* entry = entry_for(address, now);
  if (entry == nullptr) return;
  const bool is_new = say(entry->records, origin, name, now);
  is_changed_ = true;
  if (is_new || now - entry->written >= kConfirmedMs) unwritten_.insert(address);
}

void NameStore::confirm(NameOrigin origin, const flow::Address& address, const std::string& name,
                        base::UnixMs now) {
  const std::lock_guard lock(mutex_);
  confirm_locked(origin, address, name, now);
}

void NameStore::replace_all(NameOrigin origin, const Said& said, base::UnixMs now) {
  const std::lock_guard lock(mutex_);
  std::set<flow::Address> known;
  for (const auto& [address, name] : said) {
    if (known.insert(address).second) confirm_locked(origin, address, name, now);
  }
  for (auto& [address, entry] : table_) {
    if (known.contains(address) || !end_others(entry.records, origin, "", now)) continue;
    unwritten_.insert(address);
    is_changed_ = true;
  }
}

base::Expected<void, NameChangeError> NameStore::set_by_person(const flow::Address& address,
                                                               std::string_view text,
                                                               base::UnixMs now) {
  const auto name = persons_name(text);
  if (!name) {
    return base::Unexpected(NameChangeError{
        base::UserError{"name",
                        fmt::format("expected at most {} octets of text without control characters",
                                    kPersonsNameOctetsMax),
                        ""}});
  }
  const std::lock_guard writing(db_mutex_);
  Records changed;
  {
    const std::lock_guard lock(mutex_);
    const auto named = std::ranges::count_if(
        table_, [](const auto& one) { return is_a_persons(one.second.records); });
    const auto found = table_.find(address);
    if (found != table_.end()) changed = found->second.records;
    const std::size_t most = std::min(kPersonsMax, addresses_max_);
    if (!name->empty() && !is_a_persons(changed) && static_cast<std::size_t>(named) >= most) {
      return base::Unexpected(NameChangeError{base::UserError{
          "name", fmt::format("{} addresses have a person's name, which is the most", most),
          "take one back first"}});
    }
  }
  if (name->empty()) {
    if (!end_others(changed, NameOrigin::Person, "", now)) return {};
  } else {
    say(changed, NameOrigin::Person, *name, now);
  }
  auto transaction = state::Transaction::begin(db_);
  if (!transaction) return base::Unexpected(NameChangeError{std::move(transaction.error())});
  auto written = write(db_, address, changed);
  if (written) written = transaction->commit();
  if (!written) return base::Unexpected(NameChangeError{std::move(written.error())});

  const std::lock_guard lock(mutex_);
  Entry* entry = entry_for(address, now);
  if (entry == nullptr) return {};
  // What another thread learned of it meanwhile stays.
  if (name->empty()) {
    end_others(entry->records, NameOrigin::Person, "", now);
  } else {
    say(entry->records, NameOrigin::Person, *name, now);
  }
  unwritten_.insert(address);
  is_changed_ = is_urgent_ = true;
  return {};
}

base::Expected<void, base::IoError> NameStore::flush() {
  const std::lock_guard writing(db_mutex_);
  for (;;) {
    std::vector<std::pair<flow::Address, Records>> some;
    {
      const std::lock_guard lock(mutex_);
      while (!unwritten_.empty() && some.size() < kWrittenAtOnce) {
        const flow::Address address = *unwritten_.begin();
        unwritten_.erase(unwritten_.begin());
        const auto found = table_.find(address);
        some.emplace_back(address, found == table_.end() ? Records() : found->second.records);
        if (found != table_.end()) found->second.written = newest_confirmed(some.back().second);
      }
    }
    if (some.empty()) return {};
    base::Expected<void, base::IoError> done;
    if (auto transaction = state::Transaction::begin(db_); !transaction) {
      done = base::Unexpected(std::move(transaction.error()));
    } else {
      for (const auto& [address, records] : some) {
        if (done) done = write(db_, address, records);
      }
      if (done) done = transaction->commit();
    }
    if (done) continue;
    counters_.failed.add();
    const std::lock_guard lock(mutex_);
    for (const auto& [address, records] : some) unwritten_.insert(address);
    return done;
  }
}

std::shared_ptr<const Names> NameStore::names(base::UnixMs now) const {
  const std::lock_guard lock(mutex_);
  const bool is_due = is_urgent_ || now - made_ >= kSnapshotMs || now < made_;
  if (!is_changed_ || !is_due) return names_;
  Names::Table table;
  table.reserve(table_.size());
  for (const auto& [address, entry] : table_) add_present(table, address, entry.records);
  names_ = std::make_shared<const Names>(std::move(table));
  is_changed_ = is_urgent_ = false;
  made_ = now;
  return names_;
}

std::vector<NameRecord> NameStore::history(const flow::Address& address) const {
  std::vector<NameRecord> records;
  {
    const std::lock_guard lock(mutex_);
    const auto found = table_.find(address);
    if (found != table_.end()) records = found->second.records;
  }
  sort_records(records);
  return records;
}

void NameStore::shown(std::span<const flow::Address> addresses, base::UnixMs now) {
  const std::lock_guard lock(mutex_);
  for (const flow::Address& address : addresses) {
    if (const auto found = table_.find(address); found != table_.end()) found->second.used = now;
  }
}

std::size_t NameStore::size() const {
  const std::lock_guard lock(mutex_);
  return table_.size();
}

void sort_records(std::vector<NameRecord>& records) {
  std::ranges::sort(records, [](const NameRecord& left, const NameRecord& right) {
    if (left.until.has_value() != right.until.has_value()) return !left.until.has_value();
    if (left.origin != right.origin) return left.origin < right.origin;
    return left.confirmed > right.confirmed;
  });
}

base::Expected<StoredNames, base::IoError> read_names(const std::filesystem::path& state_db) {
  const auto db = state::StateDb::open_read_only(state_db);
  if (!db) return base::Unexpected(db.error());
  StoredNames stored;
  const auto done = read(*db, [&](const flow::Address& address, NameRecord record) {
    stored.records[address].push_back(std::move(record));
  });
  if (!done) return base::Unexpected(done.error());
  Names::Table table;
  for (auto& [address, records] : stored.records) {
    sort_records(records);
    add_present(table, address, records);
  }
  stored.names = std::make_shared<const Names>(std::move(table));
  return stored;
}

}  // namespace know
