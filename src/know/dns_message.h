#pragma once

#include <arpa/nameser.h>

#include <cstdint>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "flow/address.h"

// DNS messages that others wrote, read with the resolver library.
namespace know {

// Whatever the letters' case, and with or without a final dot.
bool same_name(std::string left, std::string right);

// A name in the message, written with dots; empty: there is none.
std::string name_at(const ns_msg& message, const std::uint8_t* place);

// What a name server answered.
struct AddressAnswer {
  static constexpr std::size_t kAddressesMax = 64;
  static constexpr std::size_t kAliasesMax = 16;

  std::string question;                                            // the name that was asked
  std::vector<std::pair<flow::Address, std::uint32_t>> addresses;  // with seconds to live
};

// The addresses for the name that was asked, along its aliases. Empty optional: no DNS message, or
// a cut one.
std::optional<AddressAnswer> parse_address_answer(const std::vector<std::uint8_t>& octets);

}  // namespace know
