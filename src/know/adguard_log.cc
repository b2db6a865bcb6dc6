#include "know/adguard_log.h"

#include <sodium.h>

#include <boost/json.hpp>
#include <optional>
#include <vector>

#include "know/dns_message.h"

namespace know {
namespace {

namespace json = boost::json;

constexpr std::size_t kDepthMax = 16;

std::string_view text_in(const json::object& line, std::string_view key) {
  const auto* value = line.if_contains(key);
  const auto* text = value == nullptr ? nullptr : value->if_string();
  return text == nullptr ? std::string_view() : std::string_view(text->data(), text->size());
}

bool is_filtered(const json::object& line) {
  const auto* result = line.if_contains("Result");
  const auto* object = result == nullptr ? nullptr : result->if_object();
  const auto* filtered = object == nullptr ? nullptr : object->if_contains("IsFiltered");
  return filtered != nullptr && filtered->is_bool() && filtered->get_bool();
}

std::optional<std::vector<std::uint8_t>> octets_of(std::string_view base64) {
  std::vector<std::uint8_t> octets(base64.size() / 4 * 3 + 3);
  std::size_t length = 0;
  if (::sodium_base642bin(octets.data(), octets.size(), base64.data(), base64.size(), nullptr,
                          &length, nullptr, sodium_base64_VARIANT_ORIGINAL) != 0) {
    return std::nullopt;
  }
  octets.resize(length);
  return octets;
}

}  // namespace

base::Expected<LineKind, NotHeard> take_adguard_line(std::string_view line, const Hear& hear) {
  json::error_code error;
  json::parse_options options;
  options.max_depth = kDepthMax;
  options.allow_invalid_utf8 = true;
  const json::value parsed = json::parse({line.data(), line.size()}, error, {}, options);
  const auto* object = error ? nullptr : parsed.if_object();
  if (object == nullptr) return base::Unexpected(NotHeard::NotUnderstood);
  const std::string_view type = text_in(*object, "QT");
  const std::string_view client_text = text_in(*object, "IP");
  if (type.empty() || client_text.empty()) return base::Unexpected(NotHeard::NotUnderstood);
  const std::string_view answer_text = text_in(*object, "Answer");
  const bool is_of_an_address = type == "A" || type == "AAAA" || type == "ANY";
  if (!is_of_an_address || answer_text.empty() || is_filtered(*object)) return LineKind::Other;

  const auto client = flow::parse_address(client_text);
  if (!client) return base::Unexpected(NotHeard::NotAnAddress);
  const auto octets = octets_of(answer_text);
  const auto answer = octets ? parse_address_answer(*octets) : std::nullopt;
  if (!answer) return base::Unexpected(NotHeard::NotADnsMessage);
  // The name that the client asked for; the message's where a rewrite led elsewhere is its alias.
  const std::string_view asked = text_in(*object, "QH");
  const std::string name = heard_name(asked.empty() ? answer->question : asked);
  if (name.empty()) return base::Unexpected(NotHeard::NotAName);
  bool is_told = false;
  for (const auto& [address, ttl_s] : answer->addresses) {
    if (address.is_unspecified()) continue;
    hear({*client, name, address, ttl_s});
    is_told = true;
  }
  return is_told ? LineKind::Answer : LineKind::Other;
}

}  // namespace know
