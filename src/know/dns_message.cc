#include "know/dns_message.h"

#include <strings.h>

#include <algorithm>
#include <array>
#include <span>

namespace know {
namespace {

std::optional<flow::Address> address_of(const ns_rr& record) {
  const std::span octets(ns_rr_rdata(record), ns_rr_rdlen(record));
  const auto is = [&](unsigned type, std::size_t length) {
    return ns_rr_type(record) == type && octets.size() == length;
  };
  if (!is(ns_t_a, 4) && !is(ns_t_aaaa, 16)) return std::nullopt;
  flow::Address address;
  for (const std::uint8_t octet : octets) {
    address.hi = address.hi << 8 | address.lo >> 56;
    address.lo = address.lo << 8 | octet;
  }
  return octets.size() == 4 ? flow::Address::v4(static_cast<std::uint32_t>(address.lo)) : address;
}

}  // namespace

bool same_name(std::string left, std::string right) {
  for (std::string* name : {&left, &right}) {
    if (name->ends_with('.')) name->pop_back();
  }
  return ::strcasecmp(left.c_str(), right.c_str()) == 0;
}

std::string name_at(const ns_msg& message, const std::uint8_t* place) {
  std::array<char, NS_MAXDNAME> text{};
  const int length = ns_name_uncompress(ns_msg_base(message), ns_msg_end(message), place,
                                        text.data(), text.size());
  return length < 0 ? std::string() : std::string(text.data());
}

std::optional<AddressAnswer> parse_address_answer(const std::vector<std::uint8_t>& octets) {
  ns_msg message{};
  ns_rr record{};
  if (ns_initparse(octets.data(), static_cast<int>(octets.size()), &message) != 0 ||
      ns_msg_count(message, ns_s_qd) < 1 || ns_parserr(&message, ns_s_qd, 0, &record) != 0) {
    return std::nullopt;
  }
  AddressAnswer answer{.question = ns_rr_name(record), .addresses = {}};
  std::vector<std::string> owners = {answer.question};
  for (int i = 0; i < ns_msg_count(message, ns_s_an); ++i) {
    if (ns_parserr(&message, ns_s_an, i, &record) != 0) return std::nullopt;
    const bool is_asked = std::ranges::any_of(
        owners, [&](const std::string& owner) { return same_name(ns_rr_name(record), owner); });
    if (ns_rr_class(record) != ns_c_in || !is_asked) continue;
    if (ns_rr_type(record) == ns_t_cname && owners.size() <= AddressAnswer::kAliasesMax) {
      owners.push_back(name_at(message, ns_rr_rdata(record)));
    }
    const auto address = address_of(record);
    if (address && answer.addresses.size() < AddressAnswer::kAddressesMax) {
      answer.addresses.emplace_back(*address, static_cast<std::uint32_t>(ns_rr_ttl(record)));
    }
  }
  return answer;
}

}  // namespace know
