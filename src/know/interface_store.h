#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <set>
#include <utility>
#include <vector>

#include "base/counters.h"
#include "base/result.h"
#include "know/interfaces.h"
#include "state/settings.h"
#include "state/state_db.h"

namespace know {

// What exporters say of their interfaces, with origin and history, kept in state.db. A name stands
// until its number means another, or it is told of another number: a router that is silent changes
// nothing. What a person says is a setting, and comes with the question. Thread-safe.
class InterfaceStore {
 public:
  static constexpr std::size_t kInterfacesMax = 50'000;  // beyond it the longest not told go
  static constexpr std::size_t kHistoryMax = 8;          // records of each

  struct Counters {
    base::Counter forgotten;  // interfaces that went because of kInterfacesMax
    base::Counter failed;     // writes of state.db that are tried again
  };

  static base::Expected<std::unique_ptr<InterfaceStore>, base::IoError> open(
      const std::filesystem::path& state_db);

  // What an exporter tells, by ifIndex. `is_whole`: of all its interfaces, so that what this origin
  // said of others before ends. In memory at once, in state.db with the next flush().
  using Said = std::vector<std::pair<std::uint32_t, InterfaceSaid>>;
  void tell(InterfaceOrigin origin, const flow::Address& exporter, const Said& said, bool is_whole,
            base::UnixMs now);

  // Writes what has changed.
  base::Expected<void, base::IoError> flush();

  // All present ones, with what a person says.
  std::shared_ptr<const Interfaces> interfaces(
      const std::shared_ptr<const state::Settings>& settings) const;
  // What was said of one: what stands first, then the youngest.
  std::vector<InterfaceRecord> history(const InterfaceKey& key) const;
  // The number of which its present name was said until it was said of this one; empty: none.
  std::optional<std::uint32_t> moved_from(const InterfaceKey& key) const;

  std::size_t size() const;
  const Counters& counters() const { return counters_; }

 private:
  struct Entry {
    std::vector<InterfaceRecord> records;
    base::UnixMs written = 0;  // the newest `confirmed` that state.db has
  };
  using Table = std::map<InterfaceKey, Entry>;

  explicit InterfaceStore(state::StateDb db) : db_(std::move(db)) {}
  base::Expected<void, base::IoError> load();
  void tell_one(InterfaceOrigin origin, const InterfaceKey& key, const InterfaceSaid& said,
                base::UnixMs now);
  void end_elsewhere(InterfaceOrigin origin, const InterfaceKey& key, const std::string& name,
                     base::UnixMs now);
  void make_room();

  Counters counters_;

  std::mutex db_mutex_;  // guards db_; taken before mutex_
  state::StateDb db_;

  mutable std::mutex mutex_;  // guards what follows
  Table table_;
  std::set<InterfaceKey> unwritten_;
  mutable std::shared_ptr<const Interfaces> interfaces_;      // null: to be made anew
  mutable std::shared_ptr<const state::Settings> made_with_;  // that interfaces_ was made with
};

}  // namespace know
