#include "know/name_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <optional>
#include <unordered_map>

#include "know/names.h"
#include "know/text_table.h"

namespace know {
namespace {

constexpr std::size_t kFieldsMax = 64;

std::vector<std::string_view> fields_of(std::string_view line) {
  std::vector<std::string_view> fields;
  if (line.ends_with('\r')) line.remove_suffix(1);
  while (fields.size() < kFieldsMax) {
    const std::size_t comma = line.find(',');
    fields.push_back(line.substr(0, comma));
    if (comma == std::string_view::npos) break;
    line.remove_prefix(comma + 1);
  }
  return fields;
}

bool is_number(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc{} && end == text.data() + text.size();
}

// What the lines of one file say.
class Reading {
 public:
  void refuse(std::size_t line, std::string what) {
    ++out_.wrong_lines;
    if (out_.wrong.size() < FileNames::kWrongMax) out_.wrong.push_back({line, std::move(what)});
  }
  // "*" and "-" and nothing: the server does not know a name.
  void take(std::size_t line, const flow::Address& address, std::string_view name) {
    if (name.empty() || name == "*" || name == "-") return;
    const auto checked = host_name(name);
    if (!checked) return refuse(line, fmt::format("'{}' is no host name", shown_text(name)));
    const auto [at, is_new] = places_.emplace(address, out_.names.size());
    if (is_new) {
      out_.names.emplace_back(address, *checked);
    } else if (!is_first_kept_) {
      out_.names[at->second].second = *checked;
    }
  }
  void keep_first() { is_first_kept_ = true; }
  FileNames finish() { return std::move(out_); }

 private:
  FileNames out_;
  std::unordered_map<flow::Address, std::size_t> places_;
  bool is_first_kept_ = false;
};

// Calls `take(line number, line)` with every line that has its end. Answers what is left over.
template <class Take>
std::pair<std::size_t, std::string_view> each_line(std::string_view text, Take take) {
  std::size_t number = 1;
  for (; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) break;
    take(number, text.substr(0, end));
    text.remove_prefix(end + 1);
  }
  return {number, text};
}

// "1795000000 aa:bb:cc:dd:ee:ff 192.168.1.5 nas 01:aa:…"; for IPv6 an IAID stands where the MAC is.
void take_dnsmasq(std::size_t number, const std::vector<std::string_view>& words, Reading& out) {
  const auto address = words.size() >= 4 ? flow::parse_address(words[2]) : std::nullopt;
  if (!address) {
    return out.refuse(number, "expected a time, a hardware address, an address and a name");
  }
  out.take(number, *address, words[3]);
}

// "# br-lan <duid or mac> <iaid or ipv4> nas <time> <id> <length> 192.168.1.5/32 …".
void take_odhcpd(std::size_t number, const std::vector<std::string_view>& words, Reading& out) {
  for (std::size_t i = 8; i < words.size(); ++i) {
    const auto address = flow::parse_address(words[i].substr(0, words[i].find('/')));
    if (!address)
      return out.refuse(number, fmt::format("'{}' is no address", shown_text(words[i])));
    out.take(number, *address, words[4]);
  }
}

void take_line(std::size_t number, std::string_view line, Reading& out) {
  const auto words = words_of(line, kFieldsMax);
  if (words.empty()) return;
  if (words[0] == "#") {
    if (words.size() >= 9) take_odhcpd(number, words, out);
    return;
  }
  if (words[0].starts_with('#') || words[0] == "duid") return;
  if (is_number(words[0])) return take_dnsmasq(number, words, out);
  const auto address = flow::parse_address(words[0]);
  if (!address)
    return out.refuse(number, fmt::format("'{}' begins no lease", shown_text(words[0])));
  if (words.size() > 1) out.take(number, *address, words[1]);
}

// Commas of a value are written as "&#x2c".
class KeaReading {
 public:
  explicit KeaReading(std::string_view head) {
    const auto fields = fields_of(head);
    const auto found = std::ranges::find(fields, "hostname");
    if (found != fields.end()) hostname_ = static_cast<std::size_t>(found - fields.begin());
    columns_ = fields.size();
  }
  bool is_kea() const { return hostname_.has_value(); }
  void take(std::size_t number, std::string_view line, Reading& out) const {
    if (words_of(line, kFieldsMax).empty()) return;
    const auto fields = fields_of(line);
    const auto address = flow::parse_address(fields[0]);
    if (!address || fields.size() <= *hostname_) {
      return out.refuse(number,
                        fmt::format("expected {} fields that begin with an address", columns_));
    }
    out.take(number, *address, fields[*hostname_]);
  }

 private:
  std::optional<std::size_t> hostname_;
  std::size_t columns_ = 0;
};

// Blocks "lease ADDRESS { … }" or, for IPv6, "iaaddr ADDRESS { … }", a statement on each line.
class IscReading {
 public:
  void take(std::size_t number, std::string_view line, Reading& out) {
    const auto words = words_of(line, kFieldsMax);
    if (words.empty()) return;
    if ((words[0] == "lease" || words[0] == "iaaddr") && words.size() >= 3 && words[2] == "{") {
      address_ = flow::parse_address(words[1]);
      name_.clear();
      if (!address_) out.refuse(number, fmt::format("'{}' is no address", shown_text(words[1])));
    } else if (words[0] == "}") {
      if (address_ && !name_.empty()) out.take(name_line_, *address_, name_);
      address_.reset();
    } else if (address_ && words[0] == "client-hostname") {
      set_name(number, line);
    } else if (address_ && name_.empty() && words.size() > 1 && words[0] == "set" &&
               words[1] == "ddns-fwd-name") {
      set_name(number, line);
    }
  }

 private:
  void set_name(std::size_t number, std::string_view line) {
    const std::size_t first = line.find('"');
    const std::size_t last = line.rfind('"');
    if (first == std::string_view::npos || last == first) return;
    name_ = line.substr(first + 1, last - first - 1);
    name_line_ = number;
  }

  std::optional<flow::Address> address_;  // of the block at hand
  std::string name_;
  std::size_t name_line_ = 0;
};

bool is_of_isc(std::string_view text) {
  return text.starts_with("# The format of this file is documented in the dhcpd.leases") ||
         text.starts_with("lease ") || text.find("\nlease ") != std::string_view::npos ||
         text.find("\nia-na ") != std::string_view::npos;
}

bool is_nobodys(const flow::Address& address) {
  if (address.is_v4()) {
    const std::uint32_t first = address.as_v4() >> 24;
    return address.is_unspecified() || first == 127 || first >= 224;
  }
  const bool is_loopback = address.hi == 0 && address.lo == 1;
  return address.is_unspecified() || is_loopback || address.hi >> 56 == 0xff;
}

}  // namespace

FileNames parse_leases(std::string_view text) {
  Reading out;
  const KeaReading kea(text.substr(0, text.find('\n')));
  if (kea.is_kea()) {
    each_line(text, [&](std::size_t number, std::string_view line) {
      if (number > 1) kea.take(number, line, out);
    });
  } else if (is_of_isc(text)) {
    IscReading isc;
    each_line(text,
              [&](std::size_t number, std::string_view line) { isc.take(number, line, out); });
  } else {
    each_line(text,
              [&](std::size_t number, std::string_view line) { take_line(number, line, out); });
  }
  return out.finish();
}

FileNames parse_hosts(std::string_view text) {
  Reading out;
  out.keep_first();
  const auto take = [&](std::size_t number, std::string_view line) {
    const auto words = words_of(line.substr(0, line.find('#')), kFieldsMax);
    if (words.empty()) return;
    // "fe80::1%eth0": the zone is this machine's own affair.
    const auto address = flow::parse_address(words[0].substr(0, words[0].find('%')));
    if (!address)
      return out.refuse(number, fmt::format("'{}' is no address", shown_text(words[0])));
    if (words.size() < 2) return out.refuse(number, "expected a name behind the address");
    if (!is_nobodys(*address)) out.take(number, *address, words[1]);
  };
  const auto [number, last] = each_line(text, take);
  take(number, last);  // people forget its end
  return out.finish();
}

}  // namespace know
