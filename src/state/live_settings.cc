#include "state/live_settings.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>
#include <utility>

#include "base/json_text.h"
#include "state/replace_file.h"

namespace state {
namespace {

constexpr std::string_view kFileName = "settings.toml";
constexpr std::string_view kHead =
    "# What was set in the browser. Keys of weir.toml win over these. Weir writes this file anew\n"
    "# with every change: edit it only while Weir is not running.\n";

// JSON's texts are TOML's too, but for octet 127, which no name of ours has.
std::string toml_text(std::string_view text) {
  std::string out;
  base::append_json_string(out, text);
  return out;
}

std::string toml_text(bool is_so) {
  return is_so ? "true" : "false";
}
std::string toml_text(std::uint32_t number) {
  return fmt::format("{}", number);
}
std::string toml_text(const Endpoint& endpoint) {
  return toml_text(to_text(endpoint));
}
std::string toml_text(const flow::Network& network) {
  return toml_text(flow::to_text(network));
}

template <class Value>
std::string toml_text(const std::vector<Value>& list) {
  std::string text;
  for (const Value& value : list) text += (text.empty() ? "" : ", ") + toml_text(value);
  return "[" + text + "]";
}

std::string toml_text(const SnmpSetting& setting) {
  const SnmpSetting usual;
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value,
                           const std::string& otherwise) {
    if (value == otherwise) return;
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, toml_text(value));
  };
  add("community", setting.community, usual.community);
  add("user", setting.user, usual.user);
  add("auth", setting.auth, usual.auth);
  add("auth_password", setting.auth_password, usual.auth_password);
  add("privacy", setting.privacy, usual.privacy);
  add("privacy_password", setting.privacy_password, usual.privacy_password);
  if (setting.port != usual.port) text += fmt::format(", port = {}", setting.port);
  return "{" + text + "}";
}

// Pairs of exporter = value.
template <class Rows>
std::string table_text(const Rows& rows) {
  std::string text;
  for (const auto& [exporter, value] : rows) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", toml_text(flow::to_text(exporter)),
                        toml_text(value));
  }
  return "{" + text + "}";
}
std::string toml_text(const std::vector<SamplingSetting>& rates) {
  return table_text(rates);
}
template <class Value>
std::string toml_text(const std::map<flow::Address, Value>& by_exporter) {
  return table_text(by_exporter);
}

std::string toml_text(const InterfaceSetting& setting) {
  std::string text;
  const auto add = [&text](std::string_view name, const std::string& value) {
    text += fmt::format("{}{} = {}", text.empty() ? "" : ", ", name, value);
  };
  if (!setting.name.empty()) add("name", toml_text(setting.name));
  if (setting.role) add("role", toml_text(to_text(*setting.role)));
  if (setting.speed_bits_per_s != 0) add("speed", fmt::format("{}", setting.speed_bits_per_s));
  return "{" + text + "}";
}
// A table of exporter = table of ifIndex = setting; the keys are in this order.
std::string toml_text(const std::map<InterfaceKey, InterfaceSetting>& interfaces) {
  std::string text;
  const flow::Address* last = nullptr;
  for (const auto& [key, setting] : interfaces) {
    const bool goes_on = last != nullptr && *last == key.exporter;
    if (!goes_on) {
      text += fmt::format("{}{} = {{", last == nullptr ? "" : "}, ",
                          toml_text(flow::to_text(key.exporter)));
    }
    text += fmt::format("{}{} = {}", goes_on ? ", " : "", key.index, toml_text(setting));
    last = &key.exporter;
  }
  return "{" + text + (last == nullptr ? "}" : "}}");
}

// What of a value is wrong; empty: nothing.
std::string refusal_of(bool) {
  return {};
}
template <class List>
std::string refusal_of(const List& list) {
  if (list.size() <= LiveSettings::kListMax) return {};
  return fmt::format("expected at most {}, came {}", LiveSettings::kListMax, list.size());
}
std::string refusal_of(const std::vector<Endpoint>& ports) {
  if (ports.empty()) return "expected at least one port to be left";
  if (ports.size() <= LiveSettings::kPortsMax) return {};
  return fmt::format("expected at most {}, came {}", LiveSettings::kPortsMax, ports.size());
}
bool is_name(const std::string& name) {
  const bool has_control = std::ranges::any_of(
      name, [](char letter) { return static_cast<unsigned char>(letter) < ' ' || letter == 0x7f; });
  return !name.empty() && name.size() <= LiveSettings::kNameOctetsMax && !has_control &&
         base::valid_utf8(name) == name;
}
std::string refusal_of(const std::map<flow::Address, std::string>& names) {
  const auto wrong =
      std::ranges::find_if(names, [](const auto& one) { return !is_name(one.second); });
  if (wrong != names.end()) {
    return fmt::format("expected 1 to {} octets of text without control characters for {}",
                       LiveSettings::kNameOctetsMax, flow::to_text(wrong->first));
  }
  return refusal_of<std::map<flow::Address, std::string>>(names);
}

std::string refusal_of(const std::map<flow::Address, SnmpSetting>& agents) {
  for (const auto& [exporter, setting] : agents) {
    if (std::string refusal = state::refusal_of(setting); !refusal.empty()) return refusal;
  }
  if (agents.size() <= LiveSettings::kSnmpMax) return {};
  return fmt::format("expected at most {} agents, came {}", LiveSettings::kSnmpMax, agents.size());
}
std::string refusal_of(const std::map<InterfaceKey, InterfaceSetting>& interfaces) {
  const auto wrong = std::ranges::find_if(interfaces, [](const auto& one) {
    return !one.second.name.empty() && !is_name(one.second.name);
  });
  if (wrong != interfaces.end()) {
    return fmt::format("expected at most {} octets of text without control characters for {}, {}",
                       LiveSettings::kNameOctetsMax, flow::to_text(wrong->first.exporter),
                       wrong->first.index);
  }
  if (interfaces.size() <= LiveSettings::kInterfacesMax) return {};
  return fmt::format("expected at most {} interfaces, came {}", LiveSettings::kInterfacesMax,
                     interfaces.size());
}

// A key that can be changed while running, and what is done with its value.
struct Key {
  std::string_view name;
  void (*copy)(const Settings& from, Settings& to);
  std::string (*text)(const Settings& own);  // as TOML; empty: it is what holds without it
  std::string (*refusal)(const Settings& own);
};

template <class Value>
Value& value_of(Settings& settings, Value Settings::*member) {
  return settings.*member;
}
template <class Value>
Value& value_of(Settings& settings, Value ExporterSettings::*member) {
  return settings.exporters.*member;
}
template <class Value>
const Value& value_of(const Settings& settings, Value Settings::*member) {
  return settings.*member;
}
template <class Value>
const Value& value_of(const Settings& settings, Value ExporterSettings::*member) {
  return settings.exporters.*member;
}

template <auto Member>
constexpr Key key_of(std::string_view name) {
  return {.name = name,
          .copy = [](const Settings& from,
                     Settings& to) { value_of(to, Member) = value_of(from, Member); },
          .text =
              [](const Settings& own) {
                const auto& value = value_of(own, Member);
                return value == value_of(Settings(), Member) ? std::string() : toml_text(value);
              },
          .refusal = [](const Settings& own) { return refusal_of(value_of(own, Member)); }};
}

constexpr Key kKeys[] = {key_of<&Settings::listen>("listen"),
                         key_of<&Settings::local_networks>("networks.local"),
                         key_of<&ExporterSettings::learn>("exporters.learn"),
                         key_of<&ExporterSettings::allow>("exporters.allow"),
                         key_of<&ExporterSettings::deny>("exporters.deny"),
                         key_of<&ExporterSettings::sampling>("exporters.sampling"),
                         key_of<&ExporterSettings::names>("exporters.names"),
                         key_of<&ExporterSettings::networks>("exporters.networks"),
                         key_of<&ExporterSettings::interfaces>("exporters.interfaces"),
                         key_of<&ExporterSettings::snmp>("exporters.snmp")};

std::string file_text(const Settings& own) {
  std::string text(kHead);
  for (const Key& key : kKeys) {
    const std::string value = key.text(own);
    if (!value.empty()) text += fmt::format("{} = {}\n", key.name, value);
  }
  return text;
}

std::vector<base::UserError> refusals_of(const Settings& own) {
  std::vector<base::UserError> all;
  for (const Key& key : kKeys) {
    std::string refusal = key.refusal(own);
    if (!refusal.empty()) all.push_back({std::string(key.name), std::move(refusal), ""});
  }
  return all;
}

}  // namespace

LiveSettings::LiveSettings(Settings given, std::set<std::string, std::less<>> fixed,
                           std::filesystem::path file, Settings own)
    : given_(std::move(given)),
      fixed_(std::move(fixed)),
      file_(std::move(file)),
      own_(std::move(own)) {
  now_.publish(std::make_shared<const Settings>(merged(own_)));
}

base::Expected<std::unique_ptr<LiveSettings>, std::vector<base::UserError>> LiveSettings::open(
    Settings given, std::set<std::string, std::less<>> fixed, const std::filesystem::path& folder) {
  const std::filesystem::path file = folder / kFileName;
  Settings own;
  std::error_code error;
  if (std::filesystem::exists(file, error)) {
    auto read = read_settings(file.string());
    if (!read) return base::Unexpected(std::move(read.error()));
    own = std::move(*read);
  }
  // Here, where a person sees it: later it would refuse a change of something else.
  auto refusals = refusals_of(own);
  for (base::UserError& refusal : refusals) {
    refusal.where = fmt::format("{}: {}", file.string(), refusal.where);
  }
  if (!refusals.empty()) return base::Unexpected(std::move(refusals));
  return std::unique_ptr<LiveSettings>(
      new LiveSettings(std::move(given), std::move(fixed), file, std::move(own)));
}

Settings LiveSettings::merged(const Settings& own) const {
  Settings all = given_;
  for (const Key& key : kKeys) {
    if (!is_fixed(key.name)) key.copy(own, all);
  }
  return all;
}

std::vector<std::string_view> LiveSettings::locked() const {
  std::vector<std::string_view> names;
  for (const Key& key : kKeys) {
    if (is_fixed(key.name)) names.push_back(key.name);
  }
  return names;
}

base::Expected<void, ChangeError> LiveSettings::change(std::span<const std::string_view> keys,
                                                       const std::function<void(Settings&)>& edit) {
  const auto fixed =
      std::ranges::find_if(keys, [this](std::string_view key) { return is_fixed(key); });
  if (fixed != keys.end()) {
    return base::Unexpected(ChangeError{
        base::UserError{std::string(*fixed), "weir.toml or the command line has this setting",
                        "change it there, or take it out to set it here"}});
  }
  const std::lock_guard lock(mutex_);
  Settings changed = own_;
  edit(changed);
  if (auto wrong = refusals_of(changed); !wrong.empty()) {
    return base::Unexpected(ChangeError{std::move(wrong.front())});
  }
  if (changed == own_) return {};
  if (auto written = replace_file(file_, file_text(changed), 0600); !written) {
    return base::Unexpected(ChangeError{std::move(written.error())});
  }
  own_ = std::move(changed);
  auto now = std::make_shared<const Settings>(merged(own_));
  now_.publish(now);
  if (applied_) applied_(*now);
  return {};
}

}  // namespace state
