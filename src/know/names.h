#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>

#include "base/clock.h"
#include "flow/address.h"

// What addresses are called. Never guessed from traffic: every name has somebody who said it.
namespace know {

// Who said a name. The first that has one for an address wins.
enum class NameOrigin : std::uint8_t { Person, HostsFile, Lease, ReverseDns };
inline constexpr NameOrigin kNameOrigins[] = {NameOrigin::Person, NameOrigin::HostsFile,
                                              NameOrigin::Lease, NameOrigin::ReverseDns};
// "person", "hosts", "dhcp", "dns": in state.db and in the API.
std::string_view to_text(NameOrigin origin);
std::optional<NameOrigin> parse_name_origin(std::string_view text);

inline constexpr std::size_t kHostNameOctetsMax = 253;    // RFC 1035, written with dots
inline constexpr std::size_t kPersonsNameOctetsMax = 64;  // it stands in tables

// The name that a file or a name server gave, without a final dot; empty optional: no host name, or
// an address in its place. Letters of ASCII, digits, '-', '_' and '.': what else comes is
// somebody's mistake or trick.
std::optional<std::string> host_name(std::string_view text);

// A person's name without blanks around it; empty optional: too long, no UTF-8, or with characters
// that control a screen instead of being shown. An empty name stays one: none any more.
std::optional<std::string> persons_name(std::string_view text);

// What an address is called now.
struct Named {
  std::string name;
  NameOrigin origin = NameOrigin::ReverseDns;
  base::UnixMs confirmed = 0;  // when its origin last said so

  bool operator==(const Named&) const = default;
};

// All present names at one moment. Immutable; looked up when an answer is written, not per flow.
class Names {
 public:
  using Table = std::unordered_map<flow::Address, Named>;

  Names() = default;
  explicit Names(Table table) : table_(std::move(table)) {}

  // Null: it has none. Valid as long as this object.
  const Named* find(const flow::Address& address) const {
    const auto found = table_.find(address);
    return found == table_.end() ? nullptr : &found->second;
  }
  std::size_t size() const { return table_.size(); }
  // Calls `take(address, named)` for each.
  template <class Take>
  void each(const Take& take) const {
    for (const auto& [address, named] : table_) take(address, named);
  }

 private:
  Table table_;
};

}  // namespace know
