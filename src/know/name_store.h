#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <variant>
#include <vector>

#include "base/counters.h"
#include "base/result.h"
#include "base/snapshot.h"
#include "know/names.h"
#include "know/networks.h"
#include "state/state_db.h"

namespace know {

// A name that an address has or had.
struct NameRecord {
  NameOrigin origin = NameOrigin::ReverseDns;
  std::string name;
  base::UnixMs since = 0;             // first said
  base::UnixMs confirmed = 0;         // last said
  std::optional<base::UnixMs> until;  // since when its origin says otherwise; absent: it stands

  bool operator==(const NameRecord&) const = default;
};

// Those that stand first, each part in the order of origins, then the youngest first.
void sort_records(std::vector<NameRecord>& records);

using NameChangeError = std::variant<base::UserError, base::IoError>;

// The names of addresses with their origins and history, kept in state.db. A name stands until its
// origin says another or a person takes theirs back: a lease that ends, a server that is silent or
// that does not know the address any more change nothing. Thread-safe.
//
// Bounded by `addresses_max`: beyond it goes the remote address that was longest not shown, then
// the local one; those that a person named never. Of one address kHistoryMax names are kept.
class NameStore {
 public:
  static constexpr std::size_t kHistoryMax = 16;
  static constexpr std::size_t kPersonsMax = 10'000;  // addresses that a person has named

  struct Counters {
    base::Counter forgotten;  // addresses that went because of addresses_max
    base::Counter not_kept;   // names that found no room: all there are a person's
    base::Counter failed;     // writes of state.db that are tried again
  };

  // `networks` says which addresses are local, and outlives this.
  static base::Expected<std::unique_ptr<NameStore>, base::IoError> open(
      const std::filesystem::path& state_db, std::size_t addresses_max,
      const base::Snapshot<LocalNetworks>& networks);

  // A name that a file or a server gave, already looked at by host_name(). In memory at once, in
  // state.db with the next flush().
  void confirm(NameOrigin origin, const flow::Address& address, const std::string& name,
               base::UnixMs now);
  // All that an origin says: what it said before and does not now, ends.
  using Said = std::vector<std::pair<flow::Address, std::string>>;
  void replace_all(NameOrigin origin, const Said& said, base::UnixMs now);
  // In state.db when it returns. An empty name: the person's is taken back.
  base::Expected<void, NameChangeError> set_by_person(const flow::Address& address,
                                                      std::string_view name, base::UnixMs now);

  // Writes what has changed.
  base::Expected<void, base::IoError> flush();

  // The present names, at most a second old, a person's not at all.
  std::shared_ptr<const Names> names(base::UnixMs now) const;
  // As sort_records() orders them.
  std::vector<NameRecord> history(const flow::Address& address) const;
  // These were shown: they are not the first to be forgotten.
  void shown(std::span<const flow::Address> addresses, base::UnixMs now);

  std::size_t size() const;
  const Counters& counters() const { return counters_; }

 private:
  struct Entry {
    std::vector<NameRecord> records;
    base::UnixMs used = 0;
    base::UnixMs written = 0;  // the newest `confirmed` that state.db has
  };
  using Table = std::unordered_map<flow::Address, Entry>;

  NameStore(state::StateDb db, std::size_t addresses_max,
            const base::Snapshot<LocalNetworks>& networks)
      : addresses_max_(addresses_max), networks_(networks), db_(std::move(db)) {}
  base::Expected<void, base::IoError> load();
  Entry* entry_for(const flow::Address& address, base::UnixMs now);
  bool make_room();
  void confirm_locked(NameOrigin origin, const flow::Address& address, const std::string& name,
                      base::UnixMs now);

  const std::size_t addresses_max_;
  const base::Snapshot<LocalNetworks>& networks_;
  Counters counters_;

  std::mutex db_mutex_;  // guards db_; taken before mutex_
  state::StateDb db_;

  mutable std::mutex mutex_;  // guards what follows
  Table table_;
  std::set<flow::Address> unwritten_;
  mutable std::shared_ptr<const Names> names_ = std::make_shared<const Names>();
  mutable bool is_changed_ = true;  // since names_ was made
  mutable bool is_urgent_ = true;
  mutable base::UnixMs made_ = 0;
};

// The names of a folder that no process holds, or of one that another process holds as far as they
// are written.
struct StoredNames {
  std::shared_ptr<const Names> names;
  std::unordered_map<flow::Address, std::vector<NameRecord>> records;
};
base::Expected<StoredNames, base::IoError> read_names(const std::filesystem::path& state_db);

}  // namespace know
