#include "know/interfaces.h"

#include "base/check.h"

namespace know {

std::string_view to_text(InterfaceOrigin origin) {
  switch (origin) {
    case InterfaceOrigin::Person:
      return "person";
    case InterfaceOrigin::Snmp:
      return "snmp";
    case InterfaceOrigin::Options:
      return "options";
  }
  CHECK(false);
}

std::optional<InterfaceOrigin> parse_interface_origin(std::string_view text) {
  for (const auto origin :
       {InterfaceOrigin::Person, InterfaceOrigin::Snmp, InterfaceOrigin::Options}) {
    if (to_text(origin) == text) return origin;
  }
  return std::nullopt;
}

Interface present(const std::vector<InterfaceRecord>& records,
                  const state::InterfaceSetting* setting) {
  Interface known;
  if (setting != nullptr) {
    known.role = setting->role;
    known.speed_bits_per_s = setting->speed_bits_per_s;
    known.name = setting->name;
    if (!setting->name.empty()) known.origin = InterfaceOrigin::Person;
  }
  for (const auto origin : {InterfaceOrigin::Snmp, InterfaceOrigin::Options}) {
    for (const InterfaceRecord& record : records) {
      if (record.origin != origin || record.until) continue;
      if (known.name.empty() && !record.said.name.empty()) {
        known.name = record.said.name;
        known.origin = origin;
        known.since = record.since;
        known.confirmed = record.confirmed;
      }
      if (known.alias.empty()) known.alias = record.said.alias;
      if (known.speed_bits_per_s == 0) known.speed_bits_per_s = record.said.speed_bits_per_s;
    }
  }
  return known;
}

}  // namespace know
