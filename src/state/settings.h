#pragma once

#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"
#include "flow/address.h"
#include "state/setting_values.h"

namespace state {

// One exporter, or a network of them, whose sampling a person has set.
struct SamplingSetting {
  flow::Network exporters;
  std::uint32_t rate = 1;

  bool operator==(const SamplingSetting&) const = default;
};

// An interface of an exporter.
struct InterfaceKey {
  flow::Address exporter;
  std::uint32_t index = 0;  // ifIndex

  // NOLINTNEXTLINE(modernize-use-nullptr): clang-tidy 14 takes the comparison's 0 for a pointer.
  auto operator<=>(const InterfaceKey&) const = default;
};

// What stands behind an interface: the Internet, own networks, or another network's router.
enum class InterfaceRole : std::uint8_t { Wan, Lan, Peer };
// "wan", "lan", "peer".
std::string_view to_text(InterfaceRole role);
std::optional<InterfaceRole> parse_interface_role(std::string_view text);

// What a person says of an interface: it wins over what anybody else says.
struct InterfaceSetting {
  std::string name;  // empty: none
  std::optional<InterfaceRole> role;
  std::uint64_t speed_bits_per_s = 0;  // 0: none

  bool empty() const { return name.empty() && !role && speed_bits_per_s == 0; }
  bool operator==(const InterfaceSetting&) const = default;
};

// How an exporter's SNMP agent is asked. Its secrets leave the program only towards the agent.
struct SnmpSetting {
  std::uint16_t port = 161;
  std::string community;         // v2c
  std::string user;              // v3; empty: v2c
  std::string auth = "sha";      // sha, sha256, md5
  std::string auth_password;     // empty: none
  std::string privacy = "aes";   // aes, des
  std::string privacy_password;  // the same

  bool is_v3() const { return !user.empty(); }
  bool operator==(const SnmpSetting&) const = default;
};
// What of it cannot be, in words that hold no secret; empty: nothing.
std::string refusal_of(const SnmpSetting& setting);

// Which senders' datagrams are taken.
struct ExporterSettings {
  bool learn = true;                      // false: only those in `allow`
  std::vector<flow::Network> allow;       // empty and `learn`: everybody not denied
  std::vector<flow::Network> deny;        // wins over `allow`
  std::vector<SamplingSetting> sampling;  // the longest matching prefix counts
  std::map<flow::Address, std::string> names;
  std::map<flow::Address, flow::Network> networks;  // that an exporter stands before: local
  std::map<InterfaceKey, InterfaceSetting> interfaces;
  std::map<flow::Address, SnmpSetting> snmp;

  bool operator==(const ExporterSettings&) const = default;
};

// What addresses are called, and who is asked.
struct NameSettings {
  bool dns = true;
  // Name servers of addresses of these networks, in the order in which they are asked.
  std::map<flow::Network, std::vector<Endpoint>> resolvers;
  std::string hosts = "/etc/hosts";  // empty: none
  // Of DHCP servers; absent: where these programs usually keep them.
  std::optional<std::vector<std::string>> leases;
  std::uint32_t addresses_max = 50'000;

  bool operator==(const NameSettings&) const = default;
};

// From whom it is learned which website a remote address is.
struct SiteSettings {
  // Query logs of DNS servers; absent: where these usually write them.
  std::optional<std::vector<std::string>> logs;
  std::optional<Endpoint> syslog;      // where such logs may be sent to
  std::vector<flow::Network> senders;  // by whom; empty: local networks
  std::uint32_t pairs_max = 100'000;

  bool operator==(const SiteSettings&) const = default;
};

// What weir.toml says; a default-made one is what holds without a file. Each key's meaning stands
// in one table in settings.cc, from which `weir config --explain` is printed too. Read once at
// start; each stage is given its own numbers, never the whole.
//
// What is changed in the browser comes from settings.toml in the data folder, read by the same
// table: see live_settings.h. The keys of weir.toml win.
struct Settings {
  std::string data = "data";
  Endpoint http{{}, 3000};
  std::vector<std::string> http_hosts;
  std::vector<Endpoint> listen = {{{}, 2055}, {{}, 4739}, {{}, 6343}, {{}, 9996}};
  std::string user;
  std::string log_level = "info";
  std::uint32_t workers = 0;
  std::uint64_t receive_buffer_octets = std::uint64_t{16} << 20;
  std::vector<flow::Network> local_networks;
  ExporterSettings exporters;
  std::uint32_t snmp_interval_s = 60;
  NameSettings names;
  std::string countries_file = "auto";  // auto: the one that Weir ships; empty: none
  std::string ases_file;
  std::string cities_file;
  std::string links_file;  // empty: the data folder's
  SiteSettings sites;
  std::string services_file;   // empty: the data folder's
  std::string protocols_file;  // the same
  std::optional<std::uint64_t> store_budget_octets;
  std::uint32_t journal_share_percent = 10;

  bool operator==(const Settings&) const = default;
};

// The settings in `text`, or everything that is wrong with it: each with "<name>:<line>", what was
// expected and what came. `name` is what the messages call the file.
base::Expected<Settings, std::vector<base::UserError>> parse_settings(std::string_view text,
                                                                      std::string_view name);

// The same for a file; one that cannot be read is an error too.
base::Expected<Settings, std::vector<base::UserError>> read_settings(const std::string& path);

// Which keys the text sets. Empty for a text that is no TOML.
std::set<std::string, std::less<>> settings_keys(std::string_view text);

// One key of weir.toml as a person needs to know it.
struct SettingDoc {
  std::string_view key;       // dotted
  std::string_view type;      // "address:port", "list of networks", …
  std::string_view fallback;  // what holds without it, as one would write it
  std::string_view meaning;
};
std::vector<SettingDoc> setting_docs();

// All keys with type, default and meaning, as a weir.toml of comments and defaults.
std::string explain_settings();

// The store's budget: what is set, else the smaller of 10 GB and 10 % of a file system of
// `file_system_octets`.
std::uint64_t budget_octets(const Settings& settings, std::uint64_t file_system_octets);

// The number of decode workers: what is set, else one per core but one for receiving.
std::uint32_t worker_count(const Settings& settings, std::uint32_t cores);

}  // namespace state
