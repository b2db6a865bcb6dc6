#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "base/clock.h"
#include "state/settings.h"

// What interfaces of exporters are called. A flow tells a number, the ifIndex, and nothing else.
namespace know {

using state::InterfaceKey;

// Who said it. The first that says something wins; where none does, the number is all there is.
enum class InterfaceOrigin : std::uint8_t { Person, Snmp, Options };
// "person", "snmp", "options": in state.db and in the API.
std::string_view to_text(InterfaceOrigin origin);
std::optional<InterfaceOrigin> parse_interface_origin(std::string_view text);

// What an exporter says of an interface. Texts are a stranger's.
struct InterfaceSaid {
  std::string name;
  std::string alias;                   // ifAlias or interfaceDescription; empty: none
  std::uint64_t speed_bits_per_s = 0;  // 0: not said

  bool operator==(const InterfaceSaid&) const = default;
};

// What one origin says or said of an interface.
struct InterfaceRecord {
  InterfaceOrigin origin = InterfaceOrigin::Options;
  InterfaceSaid said;
  base::UnixMs since = 0;             // first said so, by its name
  base::UnixMs confirmed = 0;         // last said
  std::optional<base::UnixMs> until;  // since when the number means another; absent: it stands

  bool operator==(const InterfaceRecord&) const = default;
};

// An interface as it is called now: what was said first of each, in the order of origins.
struct Interface {
  std::string name;  // empty: nobody said one
  std::optional<InterfaceOrigin> origin;
  base::UnixMs since = 0;      // of the name; 0: a person's
  base::UnixMs confirmed = 0;  // the same
  std::string alias;
  std::uint64_t speed_bits_per_s = 0;
  std::optional<state::InterfaceRole> role;  // a person's
};

// What `records` and a person say together.
Interface present(const std::vector<InterfaceRecord>& records,
                  const state::InterfaceSetting* setting);

// All interfaces of which something is known, at one moment. Immutable.
class Interfaces {
 public:
  using Table = std::map<InterfaceKey, Interface>;

  Interfaces() = default;
  explicit Interfaces(Table table) : table_(std::move(table)) {}

  // Null: nobody said anything. Valid as long as this object.
  const Interface* find(const InterfaceKey& key) const {
    const auto found = table_.find(key);
    return found == table_.end() ? nullptr : &found->second;
  }
  const Table& all() const { return table_; }

 private:
  Table table_;
};

}  // namespace know
