#pragma once

#include <cstdint>
#include <string>
#include <string_view>

// The names of information elements, for people: template listings, options records. What an
// element fills stands in flow/elements.h.
namespace wire {

// How a value is to be shown; the widths of IANA's abstract data types are `octets`.
enum class ElementType : std::uint8_t {
  Unsigned,
  Signed,
  Float,
  Boolean,
  Octets,  // octetArray
  String,
  Mac,
  Ipv4,
  Ipv6,
  Seconds,
  Milliseconds,
  Ntp,   // dateTimeMicroseconds and dateTimeNanoseconds
  List,  // basicList, subTemplateList, subTemplateMultiList
};

struct RegisteredElement {
  std::uint32_t enterprise;  // 0: IANA's
  std::uint16_t id;
  std::string_view name;
  ElementType type;
  std::uint8_t octets;  // as a rule; 0: any number
};

// Null: not registered here. An enterprise of 29305 is the reverse of IANA's (RFC 5103) and has no
// rows of its own.
const RegisteredElement* find_registered(std::uint32_t enterprise, std::uint16_t id);

// The registered name, "reverse" and a name, or "id" or "enterprise:id" in digits.
std::string element_name(std::uint32_t enterprise, std::uint16_t id);

// A v9 scope type: "system", "interface", "lineCard", "cache", "template", or digits.
std::string netflow9_scope_name(std::uint16_t type);

}  // namespace wire
