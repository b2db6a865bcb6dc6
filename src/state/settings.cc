#include "state/settings.h"

#include <fmt/format.h>
#include <toml++/toml.h>

#include <algorithm>
#include <array>
#include <fstream>
#include <sstream>

#include "base/check.h"

namespace state {
namespace {

// What a take function writes to: the settings, and the complaints with their lines.
struct Reading {
  Settings settings;
  std::vector<base::UserError> errors;
  std::string_view name;

  void refuse(const toml::source_region& place, std::string what, std::string hint = {}) {
    errors.push_back(
        {fmt::format("{}:{}", name, place.begin.line), std::move(what), std::move(hint)});
  }
};

std::string shown(const toml::node& node) {
  std::ostringstream text;
  node.visit([&](const auto& value) { text << value; });
  constexpr std::size_t kShown = 60;
  std::string all = text.str();
  if (all.size() > kShown) all = all.substr(0, kShown) + "…";
  return all;
}

using Take = void (*)(const toml::node&, std::string_view key, Reading&);

void refuse_value(const toml::node& node, std::string_view key, std::string_view expected,
                  Reading& out) {
  out.refuse(node.source(), fmt::format("{}: expected {}, came {}", key, expected, shown(node)));
}

// Settings whose TOML value is a text that `parse` understands.
template <auto Member, auto Parse>
void take_parsed(const toml::node& node, std::string_view key, std::string_view expected,
                 Reading& out) {
  const auto text = node.value_exact<std::string>();
  const auto value = text ? Parse(*text) : std::nullopt;
  if (!value) return refuse_value(node, key, expected, out);
  out.settings.*Member = *value;
}

template <class Value, class Parse>
std::optional<std::vector<Value>> parse_list(const toml::node& node, std::string_view key,
                                             std::string_view expected, Parse parse, Reading& out) {
  const auto* list = node.as_array();
  if (list == nullptr) {
    refuse_value(node, key, fmt::format("a list, each {}", expected), out);
    return std::nullopt;
  }
  std::vector<Value> values;
  for (const auto& item : *list) {
    const auto text = item.value_exact<std::string>();
    const auto value = text ? parse(*text) : std::nullopt;
    if (value) {
      values.push_back(*value);
    } else {
      refuse_value(item, key, expected, out);
    }
  }
  return values;
}

constexpr std::string_view kEndpointForm = "an address and port such as \":2055\"";
constexpr std::string_view kNetworkForm = "a network such as \"10.0.0.0/8\" or \"2001:db8::/32\"";

std::optional<std::string> parse_non_empty(const std::string& text) {
  return text.empty() ? std::nullopt : std::optional(text);
}

void take_data(const toml::node& node, std::string_view key, Reading& out) {
  take_parsed<&Settings::data, parse_non_empty>(node, key, "a folder's path", out);
}

void take_http(const toml::node& node, std::string_view key, Reading& out) {
  take_parsed<&Settings::http, parse_endpoint>(node, key, kEndpointForm, out);
}

void take_http_hosts(const toml::node& node, std::string_view key, Reading& out) {
  const auto hosts = parse_list<std::string>(node, key, "a host name", parse_non_empty, out);
  if (hosts) out.settings.http_hosts = *hosts;
}

void take_listen(const toml::node& node, std::string_view key, Reading& out) {
  const auto endpoints = parse_list<Endpoint>(node, key, kEndpointForm, parse_endpoint, out);
  if (!endpoints) return;
  if (endpoints->empty()) return refuse_value(node, key, "at least one address and port", out);
  out.settings.listen = *endpoints;
}

void take_user(const toml::node& node, std::string_view key, Reading& out) {
  const auto text = node.value_exact<std::string>();
  if (!text) return refuse_value(node, key, "a user's name", out);
  out.settings.user = *text;
}

void take_log_level(const toml::node& node, std::string_view key, Reading& out) {
  constexpr std::array<std::string_view, 6> kLevels = {"trace", "debug", "info",
                                                       "warn",  "error", "off"};
  const auto text = node.value_exact<std::string>();
  if (!text || std::ranges::find(kLevels, *text) == kLevels.end()) {
    return refuse_value(node, key, "\"trace\", \"debug\", \"info\", \"warn\", \"error\" or \"off\"",
                        out);
  }
  out.settings.log_level = *text;
}

// An integer in [low, high].
std::optional<std::uint32_t> number_in(const toml::node& node, std::int64_t low,
                                       std::int64_t high) {
  const auto number = node.value_exact<std::int64_t>();
  if (!number || *number < low || *number > high) return std::nullopt;
  return static_cast<std::uint32_t>(*number);
}

void take_workers(const toml::node& node, std::string_view key, Reading& out) {
  const auto count = number_in(node, 0, 64);
  if (!count) return refuse_value(node, key, "a whole number from 0 to 64", out);
  out.settings.workers = *count;
}

// "16MiB", or an integer of octets; at least `least`.
std::optional<std::uint64_t> octets_in(const toml::node& node, std::uint64_t least) {
  std::optional<std::uint64_t> octets;
  if (const auto text = node.value_exact<std::string>()) {
    octets = parse_octets(*text);
  } else if (const auto number = node.value_exact<std::int64_t>(); number && *number > 0) {
    octets = static_cast<std::uint64_t>(*number);
  }
  return octets && *octets >= least ? octets : std::nullopt;
}

void take_receive_buffer(const toml::node& node, std::string_view key, Reading& out) {
  constexpr std::uint64_t kMost = std::uint64_t{1} << 30;
  const auto octets = octets_in(node, 65'536);
  if (!octets || *octets > kMost) {
    return refuse_value(node, key, "an amount from \"64KiB\" to \"1GiB\"", out);
  }
  out.settings.receive_buffer_octets = *octets;
}

void take_local_networks(const toml::node& node, std::string_view key, Reading& out) {
  const auto networks =
      parse_list<flow::Network>(node, key, kNetworkForm, flow::parse_network, out);
  if (networks) out.settings.local_networks = *networks;
}

void take_learn(const toml::node& node, std::string_view key, Reading& out) {
  const auto learn = node.value_exact<bool>();
  if (!learn) return refuse_value(node, key, "true or false", out);
  out.settings.exporters.learn = *learn;
}

template <auto List>
void take_exporter_networks(const toml::node& node, std::string_view key, Reading& out) {
  const auto networks =
      parse_list<flow::Network>(node, key, kNetworkForm, flow::parse_network, out);
  if (networks) out.settings.exporters.*List = *networks;
}

void take_sampling(const toml::node& node, std::string_view key, Reading& out) {
  const auto* table = node.as_table();
  if (table == nullptr) {
    return refuse_value(node, key, "a table of exporter = rate, such as {\"192.0.2.1\" = 1000}",
                        out);
  }
  for (const auto& [name, value] : *table) {
    const auto exporters = flow::parse_network(name.str());
    const auto rate = number_in(value, 1, 0xffff'ffff);
    if (!exporters) {
      out.refuse(name.source(), fmt::format("{}: expected an exporter's address or {}, came \"{}\"",
                                            key, kNetworkForm, name.str()));
    } else if (!rate) {
      refuse_value(value, fmt::format("{}.\"{}\"", key, name.str()),
                   "a whole number N for 1 in N, from 1 to 4294967295", out);
    } else {
      out.settings.exporters.sampling.push_back({*exporters, *rate});
    }
  }
}

// A table of exporter = text, each text as `parse` understands it.
template <auto Member, class Parse>
void take_by_exporter(const toml::node& node, std::string_view key, std::string_view expected,
                      Parse parse, Reading& out) {
  const auto* table = node.as_table();
  if (table == nullptr) {
    return refuse_value(node, key, fmt::format("a table of exporter = {}", expected), out);
  }
  for (const auto& [name, value] : *table) {
    const auto exporter = flow::parse_address(name.str());
    const auto text = value.template value_exact<std::string>();
    const auto parsed = text ? parse(*text) : std::nullopt;
    if (!exporter) {
      out.refuse(name.source(),
                 fmt::format("{}: expected an exporter's address, came \"{}\"", key, name.str()));
    } else if (!parsed) {
      refuse_value(value, fmt::format("{}.\"{}\"", key, name.str()), expected, out);
    } else {
      (out.settings.exporters.*Member)[*exporter] = *parsed;
    }
  }
}

void take_names(const toml::node& node, std::string_view key, Reading& out) {
  take_by_exporter<&ExporterSettings::names>(node, key, "a name", parse_non_empty, out);
}

void take_exporter_local(const toml::node& node, std::string_view key, Reading& out) {
  take_by_exporter<&ExporterSettings::networks>(node, key, kNetworkForm, flow::parse_network, out);
}

constexpr std::string_view kInterfaceForm =
    "a table such as {name = \"WAN\", role = \"wan\", speed = \"100M\"}";

// Bits a second: a number, or "100M" and "2.5G" as people write them, in powers of ten.
std::optional<std::uint64_t> speed_of(const toml::node& node) {
  if (const auto number = node.value_exact<std::int64_t>()) {
    return *number > 0 ? std::optional(static_cast<std::uint64_t>(*number)) : std::nullopt;
  }
  const auto text = node.value_exact<std::string>();
  return text ? parse_bits_per_s(*text) : std::nullopt;
}

void take_interface(const toml::node& node, const std::string& key, const InterfaceKey& interface,
                    Reading& out) {
  const auto* table = node.as_table();
  if (table == nullptr) return refuse_value(node, key, kInterfaceForm, out);
  InterfaceSetting setting;
  for (const auto& [name, value] : *table) {
    const std::string member = fmt::format("{}.{}", key, name.str());
    const auto text = value.value_exact<std::string>();
    if (name == "name" && text) {
      setting.name = *text;
    } else if (name == "role" && text && parse_interface_role(*text)) {
      setting.role = parse_interface_role(*text);
    } else if (name == "speed" && speed_of(value)) {
      setting.speed_bits_per_s = *speed_of(value);
    } else {
      refuse_value(value, member,
                   "name, a text; role, \"wan\", \"lan\" or \"peer\"; or speed, bits a second such "
                   "as \"100M\"",
                   out);
    }
  }
  out.settings.exporters.interfaces[interface] = std::move(setting);
}

void take_interfaces(const toml::node& node, std::string_view key, Reading& out) {
  const auto* table = node.as_table();
  if (table == nullptr) {
    return refuse_value(node, key, "a table of exporter = table of ifIndex = what is said of it",
                        out);
  }
  for (const auto& [name, value] : *table) {
    const auto exporter = flow::parse_address(name.str());
    const auto* interfaces = value.as_table();
    if (!exporter || interfaces == nullptr) {
      out.refuse(name.source(),
                 fmt::format("{}: expected an exporter's address and a table of its interfaces, "
                             "came \"{}\"",
                             key, name.str()));
      continue;
    }
    for (const auto& [number, setting] : *interfaces) {
      const auto index = parse_whole_number(number.str());
      const std::string member = fmt::format("{}.\"{}\".\"{}\"", key, name.str(), number.str());
      if (!index || *index > 0xffff'ffff) {
        out.refuse(number.source(), fmt::format("{}: expected an ifIndex", member));
      } else {
        take_interface(setting, member, {*exporter, static_cast<std::uint32_t>(*index)}, out);
      }
    }
  }
}

// Texts and a port; what came is not repeated, for it may be a secret.
std::optional<SnmpSetting> snmp_of(const toml::table& table) {
  SnmpSetting setting;
  for (const auto& [name, value] : table) {
    if (name == "port") {
      const auto port = number_in(value, 1, 65'535);
      if (!port) return std::nullopt;
      setting.port = static_cast<std::uint16_t>(*port);
      continue;
    }
    std::string* text = name == "community"          ? &setting.community
                        : name == "user"             ? &setting.user
                        : name == "auth"             ? &setting.auth
                        : name == "auth_password"    ? &setting.auth_password
                        : name == "privacy"          ? &setting.privacy
                        : name == "privacy_password" ? &setting.privacy_password
                                                     : nullptr;
    const auto given = value.value_exact<std::string>();
    if (text == nullptr || !given) return std::nullopt;
    *text = *given;
  }
  return setting;
}

void take_snmp(const toml::node& node, std::string_view key, Reading& out) {
  constexpr std::string_view kForm =
      "a table such as {community = \"…\"} or {user = \"…\", auth_password = \"…\", "
      "privacy_password = \"…\"}, also with port, auth or privacy";
  const auto* table = node.as_table();
  if (table == nullptr) {
    out.refuse(node.source(), fmt::format("{}: expected a table of exporter = {}", key, kForm));
    return;
  }
  for (const auto& [name, value] : *table) {
    const auto exporter = flow::parse_address(name.str());
    const auto setting = value.is_table() ? snmp_of(*value.as_table()) : std::nullopt;
    if (!exporter) {
      out.refuse(name.source(),
                 fmt::format("{}: expected an exporter's address, came \"{}\"", key, name.str()));
    } else if (!setting) {
      out.refuse(name.source(), fmt::format("{}.\"{}\": expected {}", key, name.str(), kForm));
    } else if (const std::string refusal = refusal_of(*setting); !refusal.empty()) {
      out.refuse(name.source(), fmt::format("{}.\"{}\": {}", key, name.str(), refusal));
    } else {
      out.settings.exporters.snmp[*exporter] = *setting;
    }
  }
}

void take_snmp_interval(const toml::node& node, std::string_view key, Reading& out) {
  const auto seconds = number_in(node, 5, 300);
  if (!seconds) return refuse_value(node, key, "a whole number of seconds from 5 to 300", out);
  out.settings.snmp_interval_s = *seconds;
}

void take_names_dns(const toml::node& node, std::string_view key, Reading& out) {
  const auto dns = node.value_exact<bool>();
  if (!dns) return refuse_value(node, key, "true or false", out);
  out.settings.names.dns = *dns;
}

void take_names_hosts(const toml::node& node, std::string_view key, Reading& out) {
  const auto text = node.value_exact<std::string>();
  if (!text) return refuse_value(node, key, "a file's path", out);
  out.settings.names.hosts = *text;
}

// "auto", or the files themselves.
template <auto Part, auto Paths>
void take_files(const toml::node& node, std::string_view key, Reading& out) {
  constexpr std::size_t kMost = 32;
  auto& files = out.settings.*Part.*Paths;
  if (node.value_exact<std::string>() == "auto") return files.reset();
  const auto paths = parse_list<std::string>(node, key, "a file's path", parse_non_empty, out);
  if (!paths) return;
  if (paths->size() > kMost) return refuse_value(node, key, "at most 32 files", out);
  files = *paths;
}

// "192.168.1.1" or "192.168.1.1:5353".
std::optional<Endpoint> parse_resolver(const std::string& text) {
  constexpr std::uint16_t kDns = 53;
  if (const auto address = flow::parse_address(text)) return Endpoint{*address, kDns};
  const auto endpoint = parse_endpoint(text);
  return endpoint && !endpoint->address.is_unspecified() ? endpoint : std::nullopt;
}

void take_names_resolvers(const toml::node& node, std::string_view key, Reading& out) {
  constexpr std::size_t kMost = 32;
  const auto* table = node.as_table();
  if (table == nullptr || table->size() > kMost) {
    return refuse_value(node, key,
                        "a table of at most 32 networks = servers, such as "
                        "{\"192.168.1.0/24\" = [\"192.168.1.1\"]}",
                        out);
  }
  for (const auto& [name, value] : *table) {
    const auto network = flow::parse_network(name.str());
    if (!network) {
      out.refuse(name.source(),
                 fmt::format("{}: expected {}, came \"{}\"", key, kNetworkForm, name.str()));
      continue;
    }
    const auto servers = parse_list<Endpoint>(value, fmt::format("{}.\"{}\"", key, name.str()),
                                              "a name server's address such as \"192.168.1.1\"",
                                              parse_resolver, out);
    if (servers) out.settings.names.resolvers[*network] = *servers;
  }
}

void take_names_max(const toml::node& node, std::string_view key, Reading& out) {
  const auto count = number_in(node, 100, 10'000'000);
  if (!count) return refuse_value(node, key, "a whole number from 100 to 10000000", out);
  out.settings.names.addresses_max = *count;
}

// Empty: there is none.
void take_sites_syslog(const toml::node& node, std::string_view key, Reading& out) {
  const auto text = node.value_exact<std::string>();
  const auto endpoint = text ? parse_endpoint(*text) : std::nullopt;
  if (!text || (!endpoint && !text->empty())) {
    return refuse_value(node, key, "an address and port such as \":5514\"", out);
  }
  out.settings.sites.syslog = endpoint;
}

void take_sites_senders(const toml::node& node, std::string_view key, Reading& out) {
  const auto networks =
      parse_list<flow::Network>(node, key, kNetworkForm, flow::parse_network, out);
  if (networks) out.settings.sites.senders = *networks;
}

void take_sites_max(const toml::node& node, std::string_view key, Reading& out) {
  const auto count = number_in(node, 1'024, 10'000'000);
  if (!count) return refuse_value(node, key, "a whole number from 1024 to 10000000", out);
  out.settings.sites.pairs_max = *count;
}

// Empty: none is named.
template <auto Member>
void take_path(const toml::node& node, std::string_view key, Reading& out) {
  const auto text = node.value_exact<std::string>();
  if (!text) return refuse_value(node, key, "a file's path", out);
  out.settings.*Member = *text;
}

void take_budget(const toml::node& node, std::string_view key, Reading& out) {
  if (node.value_exact<std::string>() == "auto") return out.settings.store_budget_octets.reset();
  const auto octets = octets_in(node, std::uint64_t{32} << 20);
  if (!octets) {
    return refuse_value(node, key, "\"auto\" or an amount such as \"50GB\", at least \"32MiB\"",
                        out);
  }
  out.settings.store_budget_octets = *octets;
}

void take_journal_share(const toml::node& node, std::string_view key, Reading& out) {
  const auto percent = number_in(node, 1, 90);
  if (!percent) return refuse_value(node, key, "a whole number of percent from 1 to 90", out);
  out.settings.journal_share_percent = *percent;
}

struct Setting {
  SettingDoc doc;
  Take take;
};

// One row per key: this is where a key is added. `fallback` is TOML, and a test reads it back.
constexpr Setting kSettings[] = {
    {{"data", "path", "\"data\"",
      "The folder that holds journal, parts and state. Created when absent. One process per "
      "folder."},
     take_data},
    {{"http", "address:port", "\":3000\"",
      "Where the browser and the API are served; \":3000\" is every address of this machine."},
     take_http},
    {{"http_hosts", "list of names", "[]",
      "Names, besides this machine's own and its addresses, under which browsers reach it. A "
      "request for another host is refused."},
     take_http_hosts},
    {{"listen", "list of address:port", "[\":2055\", \":4739\", \":6343\", \":9996\"]",
      "UDP ports for exporters. Any port takes any protocol. A port that is taken is tried again "
      "every 5 seconds."},
     take_listen},
    {{"user", "name", "\"\"",
      "Started as root, Weir becomes this user once its ports are bound, and makes the data folder "
      "that user's. Empty: it stays root, with a warning."},
     take_user},
    {{"workers", "number", "0",
      "Threads that decode; each exporter belongs to one of them. 0: one per core, less one for "
      "receiving, at least 1 and at most 8."},
     take_workers},
    {{"log.level", "word", "\"info\"",
      "How much is written to standard error: trace, debug, info, warn, error or off."},
     take_log_level},
    {{"receive.buffer", "amount", "\"16MiB\"",
      "Socket buffer of each UDP port. Without privileges the kernel grants at most "
      "net.core.rmem_max."},
     take_receive_buffer},
    {{"networks.local", "list of networks", "[]",
      "Networks that are yours, besides 10.0.0.0/8, 172.16.0.0/12, 192.168.0.0/16, "
      "169.254.0.0/16, fc00::/7 and fe80::/10."},
     take_local_networks},
    {{"exporters.learn", "true or false", "true",
      "Whether to take datagrams from senders that are not in exporters.allow."},
     take_learn},
    {{"exporters.allow", "list of networks", "[]", "Senders that are taken when learn is false."},
     take_exporter_networks<&ExporterSettings::allow>},
    {{"exporters.deny", "list of networks", "[]",
      "Senders that are refused, whatever else is said. What they send is counted."},
     take_exporter_networks<&ExporterSettings::deny>},
    {{"exporters.sampling", "table of exporter = rate", "{}",
      "Exporters (an address or a network, in quotes) that look at 1 packet in N and do not say "
      "so, or say it wrongly. Wins over what they say; the longest prefix counts."},
     take_sampling},
    {{"exporters.names", "table of exporter = name", "{}",
      "What to call exporters, such as {\"192.0.2.1\" = \"attic\"}."},
     take_names},
    {{"exporters.networks", "table of exporter = network", "{}",
      "The network before which an exporter stands, such as {\"192.0.2.1\" = \"203.0.113.0/24\"}: "
      "it "
      "is yours, as if it stood in networks.local."},
     take_exporter_local},
    {{"exporters.interfaces", "table of exporter = interfaces", "{}",
      "What interfaces are called, what stands behind them (wan, lan or peer), and how fast they "
      "are in bits a second, such as {\"192.0.2.1\" = {3 = {name = \"WAN\", role = \"wan\", speed "
      "= "
      "\"100M\"}}}. Wins over what the exporter says by SNMP or in options records."},
     take_interfaces},
    {{"exporters.snmp", "table of exporter = credentials", "{}",
      "Exporters whose SNMP agent is asked for names, speeds and counters of interfaces: v2c by "
      "{\"192.0.2.1\" = {community = \"…\"}}, v3 by {user = \"…\", auth_password = \"…\", "
      "privacy_password = \"…\"}; also port (161), auth (sha, sha256, md5) and privacy (aes, "
      "des)."},
     take_snmp},
    {{"snmp.interval", "seconds", "60", "How often SNMP agents are asked, 5 to 300."},
     take_snmp_interval},
    {{"names.dns", "true or false", "true",
      "Whether name servers are asked for the names of addresses; `weir serve -n` asks none."},
     take_names_dns},
    {{"names.resolvers", "table of network = servers", "{}",
      "Name servers that are asked first for addresses of a network, such as "
      "{\"192.168.1.0/24\" = [\"192.168.1.1\"]}. Then, for local addresses, the exporter and the "
      "gateway; at last the system's."},
     take_names_resolvers},
    {{"names.hosts", "path", "\"/etc/hosts\"",
      "A hosts file with names of addresses, watched. Empty: none."},
     take_names_hosts},
    {{"names.leases", "list of paths", "\"auto\"",
      "Lease files of DHCP servers (dnsmasq, ISC dhcpd, Kea, odhcpd), watched. auto: where these "
      "keep them, as far as they are there."},
     take_files<&Settings::names, &NameSettings::leases>},
    {{"names.max", "number", "50000",
      "How many addresses' names are kept. Beyond it those of remote addresses go first, then "
      "those "
      "longest not shown; a person's never."},
     take_names_max},
    {{"places.countries", "path", "\"auto\"",
      "An MMDB file with the countries of addresses. auto: the one that Weir ships; empty: none. A "
      "new file holds seconds after it was put there."},
     take_path<&Settings::countries_file>},
    {{"places.ases", "path", "\"\"",
      "An MMDB file with the ASes of addresses: for flows whose exporter does not say them."},
     take_path<&Settings::ases_file>},
    {{"places.cities", "path", "\"\"",
      "An MMDB file with the cities of addresses, for their pages."},
     take_path<&Settings::cities_file>},
    {{"places.links", "path", "\"\"",
      "Links to pages that know more of an address: lines of a name and a web address with "
      "{address} "
      "or {as} in it. Empty: the file links of the data folder, and without it Weir's own."},
     take_path<&Settings::links_file>},
    {{"sites.logs", "list of paths", "\"auto\"",
      "Query logs of DNS servers (dnsmasq, Pi-hole, AdGuard Home's querylog.json), followed: they "
      "say which website an address is. auto: where these write them, as far as they can be read."},
     take_files<&Settings::sites, &SiteSettings::logs>},
    {{"sites.syslog", "address:port", "\"\"",
      "A UDP port to which a router sends dnsmasq's query log by syslog, such as \":5514\". Empty: "
      "none."},
     take_sites_syslog},
    {{"sites.senders", "list of networks", "[]",
      "Who may send to sites.syslog. Empty: this machine and local networks."},
     take_sites_senders},
    {{"sites.max", "number", "100000",
      "How many answers of DNS servers, by client and address, are kept. Beyond it the oldest go."},
     take_sites_max},
    {{"services.file", "path", "\"\"",
      "A services file in the form of /etc/services, whose lines win over the names that Weir "
      "ships. What changes in it holds a second later. Empty: what is set in the browser, the file "
      "services of the data folder."},
     take_path<&Settings::services_file>},
    {{"protocols.file", "path", "\"\"",
      "A protocols list in ntop's form: which ports make up which application. What changes in it "
      "holds a second later. Empty: what is set in the browser, the file protocols.list of the "
      "data folder."},
     take_path<&Settings::protocols_file>},
    {{"store.budget", "amount", "\"auto\"",
      "Disk that parts, rollups and journal may fill; the oldest parts go first. auto: the smaller "
      "of 10 GB and 10 % of the file system."},
     take_budget},
    {{"store.journal_share", "percent", "10",
      "The part of store.budget kept for the journal: datagrams received but not yet in a part."},
     take_journal_share},
};

std::vector<std::string_view> keys() {
  std::vector<std::string_view> all;
  for (const Setting& setting : kSettings) all.push_back(setting.doc.key);
  return all;
}

// Keys below `table` ("log" -> "level"), for messages.
std::string keys_below(std::string_view table) {
  std::string names;
  for (const std::string_view key : keys()) {
    if (!key.starts_with(table) || key.size() <= table.size() || key[table.size()] != '.') continue;
    names += fmt::format("{}{}", names.empty() ? "" : ", ", key.substr(table.size() + 1));
  }
  return names;
}

void take_table(const toml::table& table, const std::string& prefix, Reading& out) {
  for (const auto& [name, node] : table) {
    const std::string key = prefix + std::string(name.str());
    const auto* setting =
        std::ranges::find(kSettings, key, [](const Setting& one) { return one.doc.key; });
    if (setting != std::end(kSettings)) {
      setting->take(node, key, out);
      continue;
    }
    const std::string below = keys_below(key);
    if (below.empty()) {
      const auto near = nearest(key, keys());
      out.refuse(name.source(), fmt::format("unknown key {}", key),
                 near.empty() ? "`weir config --explain` lists the keys"
                              : fmt::format("did you mean {}?", near));
    } else if (const auto* inner = node.as_table()) {
      take_table(*inner, key + ".", out);
    } else {
      refuse_value(node, key, fmt::format("a table [{}] with {}", key, below), out);
    }
  }
}

}  // namespace

std::string_view to_text(InterfaceRole role) {
  switch (role) {
    case InterfaceRole::Wan:
      return "wan";
    case InterfaceRole::Lan:
      return "lan";
    case InterfaceRole::Peer:
      return "peer";
  }
  CHECK(false);
}

std::string refusal_of(const SnmpSetting& setting) {
  constexpr std::size_t kTextOctetsMax = 128;
  constexpr std::size_t kPasswordOctetsMin = 8;  // RFC 3414
  for (const std::string* text :
       {&setting.community, &setting.user, &setting.auth_password, &setting.privacy_password}) {
    const bool has_control = std::ranges::any_of(*text, [](char letter) {
      return static_cast<unsigned char>(letter) < ' ' || letter == 0x7f;
    });
    if (has_control || text->size() > kTextOctetsMax) {
      return "expected texts of at most 128 octets without control characters";
    }
  }
  if (setting.community.empty() == setting.user.empty()) {
    return "expected either a community (v2c) or a user (v3)";
  }
  for (const std::string* password : {&setting.auth_password, &setting.privacy_password}) {
    if (!password->empty() && password->size() < kPasswordOctetsMin) {
      return "expected passwords of at least 8 octets";
    }
  }
  if (!setting.privacy_password.empty() && setting.auth_password.empty()) {
    return "expected a password for authentication too, where there is one for privacy";
  }
  if (setting.auth != "sha" && setting.auth != "sha256" && setting.auth != "md5") {
    return "expected sha, sha256 or md5 for auth";
  }
  if (setting.privacy != "aes" && setting.privacy != "des")
    return "expected aes or des for privacy";
  return {};
}

std::optional<InterfaceRole> parse_interface_role(std::string_view text) {
  for (const auto role : {InterfaceRole::Wan, InterfaceRole::Lan, InterfaceRole::Peer}) {
    if (to_text(role) == text) return role;
  }
  return std::nullopt;
}

base::Expected<Settings, std::vector<base::UserError>> parse_settings(std::string_view text,
                                                                      std::string_view name) {
  Reading reading{{}, {}, name};
  try {
    take_table(toml::parse(text), "", reading);
  } catch (const toml::parse_error& error) {
    reading.refuse(error.source(), fmt::format("not TOML: {}", error.description()));
  }
  if (!reading.errors.empty()) return base::Unexpected(std::move(reading.errors));
  return std::move(reading.settings);
}

std::set<std::string, std::less<>> settings_keys(std::string_view text) {
  std::set<std::string, std::less<>> found;
  try {
    const toml::table table = toml::parse(text);
    for (const std::string_view key : keys()) {
      if (table.at_path(key)) found.emplace(key);
    }
  } catch (const toml::parse_error&) {
    return {};  // parse_settings() says what is wrong with it
  }
  return found;
}

base::Expected<Settings, std::vector<base::UserError>> read_settings(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  std::ostringstream text;
  // Copying no octets at all would count as failed.
  if (file.peek() != std::ifstream::traits_type::eof()) text << file.rdbuf();
  if (!file.is_open() || file.bad() || !text) {
    return base::Unexpected(
        std::vector{base::UserError{path, "expected a readable file of settings", ""}});
  }
  return parse_settings(text.str(), path);
}

std::vector<SettingDoc> setting_docs() {
  std::vector<SettingDoc> docs;
  for (const Setting& setting : kSettings) docs.push_back(setting.doc);
  return docs;
}

std::string explain_settings() {
  std::string text =
      "# Every key of weir.toml: its meaning, its type, and what holds without it.\n"
      "# A key with a dot is written so, or below its table: log.level, or level below [log].\n";
  for (const SettingDoc& doc : setting_docs()) {
    text +=
        fmt::format("\n# {}\n# Type: {}\n{} = {}\n", doc.meaning, doc.type, doc.key, doc.fallback);
  }
  return text;
}

std::uint64_t budget_octets(const Settings& settings, std::uint64_t file_system_octets) {
  constexpr std::uint64_t kMost = 10'000'000'000;
  return settings.store_budget_octets.value_or(std::min(kMost, file_system_octets / 10));
}

std::uint32_t worker_count(const Settings& settings, std::uint32_t cores) {
  if (settings.workers != 0) return settings.workers;
  return std::clamp<std::uint32_t>(cores, 2, 9) - 1;
}

}  // namespace state
