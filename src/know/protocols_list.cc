#include "know/protocols_list.h"

#include <fmt/format.h>

#include <charconv>
#include <map>
#include <optional>
#include <utility>

#include "base/letters.h"

namespace know {
namespace {

constexpr std::uint32_t kPortMax = 65'535;
constexpr std::string_view kExpected =
    "expected a port from 0 to 65535, a range such as 6881-6999, a service's name, or -1";

// Calls `take` with each trimmed piece of `text` between separators.
template <class Take>
void for_each_piece(std::string_view text, char separator, Take take) {
  for (;;) {
    const std::size_t end = text.find(separator);
    take(trimmed(text.substr(0, end)));
    if (end == std::string_view::npos) return;
    text.remove_prefix(end + 1);
  }
}

// The number that `text` begins with, taken off; empty: it begins with none. What is too large is
// one more than the largest port.
std::optional<std::uint32_t> take_number(std::string_view& text) {
  std::uint32_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (end == text.data()) return std::nullopt;
  text = trimmed(text.substr(static_cast<std::size_t>(end - text.data())));
  if (error != std::errc{} || number > kPortMax) return kPortMax + 1;
  return number;
}

// An item with /tcp or /udp taken off.
struct Item {
  std::string_view text;
  Transport transport = Transport::Both;
};
std::optional<Item> item_of(std::string_view text) {
  const std::size_t slash = text.rfind('/');
  if (slash == std::string_view::npos) return Item{text};
  const std::string transport = base::lower(trimmed(text.substr(slash + 1)));
  const std::string_view rest = trimmed(text.substr(0, slash));
  if (transport == "tcp") return Item{rest, Transport::Tcp};
  if (transport == "udp") return Item{rest, Transport::Udp};
  return std::nullopt;
}

class ProtocolsReader {
 public:
  explicit ProtocolsReader(const ServiceNames& names) : names_(names) {}

  void take_line(std::uint32_t line, std::string_view text) {
    line_ = line;
    for_each_piece(without_comment(text).text, ',', [this](std::string_view entry) {
      if (!entry.empty()) take_entry(entry);
    });
  }

  ProtocolsList finish() {
    for (std::uint32_t port = 0; port <= kPortMax; ++port) {
      if (tcp_[port] == udp_[port]) {
        extend(tcp_[port], port, Transport::Both);
      } else {
        extend(tcp_[port], port, Transport::Tcp);
        extend(udp_[port], port, Transport::Udp);
      }
    }
    return std::move(list_);
  }

 private:
  // Numbers of entries, from 1; 0: nobody's.
  using Owners = std::vector<std::uint32_t>;

  void warn(std::string_view item, std::string reason) {
    list_.warnings.add(line_, item, std::move(reason));
  }

  void take_entry(std::string_view text) {
    const std::size_t equals = text.find('=');
    if (equals == std::string_view::npos) {
      return warn(text, "expected a name, = and ports, such as RDP=3389");
    }
    const std::string_view name = trimmed(text.substr(0, equals));
    if (std::string refusal = refusal_of_name(name); !refusal.empty()) {
      return warn(text, std::move(refusal));
    }
    if (list_.entries.size() == kProtocolEntriesMax) {
      return warn(name, fmt::format("a list has at most {} entries", kProtocolEntriesMax));
    }
    const auto [known, is_new] = lines_.try_emplace(std::string(name), line_);
    if (!is_new) {
      warn(name, fmt::format("line {} has an entry of this name already", known->second));
    }
    list_.entries.push_back({line_, std::string(name), {}, {}});
    bool has_item = false;
    for_each_piece(text.substr(equals + 1), '|', [&](std::string_view item) {
      if (item.empty()) return;  // ntop's own lists end entries with `|`
      has_item = true;
      if (items_++ < kProtocolItemsMax) return take_item(item);
      warn(item, fmt::format("a list has at most {} items", kProtocolItemsMax));
    });
    if (!has_item) warn(name, "it has no ports; one that is to have none is written with -1");
  }

  void take_item(std::string_view written) {
    if (written == "-1") {
      list_.entries.back().items.emplace_back(written);
      return;
    }
    const auto item = item_of(written);
    if (!item) return warn(written, "expected /tcp or /udp after the port");
    if (const auto ports = names_.ports_of(item->text); !ports.empty()) {
      list_.entries.back().items.emplace_back(written);
      for (const std::uint16_t port : ports) claim(written, {port, port, item->transport});
      return;
    }
    const char first = item->text.empty() ? ' ' : item->text.front();
    if (first == '-' || (first >= '0' && first <= '9')) return take_ports(written, *item);
    const std::string_view near = hints_left_ > 0 ? names_.nearest(item->text) : "";
    if (hints_left_ > 0) --hints_left_;
    warn(written, near.empty() ? "no service has this name"
                               : fmt::format("no service has this name; did you mean {}?", near));
  }

  void take_ports(std::string_view written, const Item& item) {
    std::string_view rest = item.text;
    const auto low = take_number(rest);
    if (!low || *low > kPortMax) return warn(written, std::string(kExpected));
    std::uint32_t high = *low;
    if (rest.starts_with('-')) {
      rest = trimmed(rest.substr(1));
      const auto last = take_number(rest);
      high = last.value_or(*low);
      if (!last && rest.empty()) {
        warn(written, fmt::format("the range has no end: it is port {} alone", *low));
      } else if (high < *low) {
        warn(written, fmt::format("the range ends before it begins: it is port {} alone", *low));
        high = *low;
      } else if (high > kPortMax) {
        warn(written, fmt::format("the last port is {}: the range ends there", kPortMax));
        high = kPortMax;
      }
    }
    std::string taken(written);
    if (!rest.empty()) {
      taken = high == *low ? fmt::format("{}", *low) : fmt::format("{}-{}", *low, high);
      warn(written, fmt::format("it is taken as {}", taken));
    }
    list_.entries.back().items.push_back(std::move(taken));
    claim(written,
          {static_cast<std::uint16_t>(*low), static_cast<std::uint16_t>(high), item.transport});
  }

  // Ports that an earlier entry has stay there.
  void claim(std::string_view written, const PortRange& range) {
    const auto entry = static_cast<std::uint32_t>(list_.entries.size());
    std::uint32_t taken = 0;
    std::uint32_t owner = 0;
    std::uint32_t taken_port = 0;
    for (std::uint32_t port = range.first; port <= range.last; ++port) {
      std::uint32_t other = 0;
      for (Owners* owners : {range.transport == Transport::Udp ? nullptr : &tcp_,
                             range.transport == Transport::Tcp ? nullptr : &udp_}) {
        if (owners == nullptr) continue;
        std::uint32_t& now = (*owners)[port];
        if (now == 0) now = entry;
        if (now != entry) other = now;
      }
      if (other == 0) continue;
      if (taken++ == 0) {
        owner = other;
        taken_port = port;
      }
    }
    if (taken == 0) return;
    const ProtocolEntry& first = list_.entries[owner - 1];
    std::string reason = fmt::format("port {} is already {}'s, on line {}: the first counts",
                                     taken_port, first.name, first.line);
    if (taken > 1) reason += fmt::format("; so are {} more of its ports", taken - 1);
    warn(written, std::move(reason));
  }

  void extend(std::uint32_t entry, std::uint32_t port, Transport transport) {
    if (entry == 0) return;
    std::vector<PortRange>& ports = list_.entries[entry - 1].ports;
    for (auto last = ports.rbegin(); last != ports.rend() && last - ports.rbegin() < 2; ++last) {
      if (last->transport != transport || last->last + 1u != port) continue;
      last->last = static_cast<std::uint16_t>(port);
      return;
    }
    ports.push_back(
        {static_cast<std::uint16_t>(port), static_cast<std::uint16_t>(port), transport});
  }

  const ServiceNames& names_;
  ProtocolsList list_;
  std::uint32_t line_ = 0;
  std::size_t items_ = 0;
  int hints_left_ = 20;  // looking for a near name takes a while
  std::map<std::string, std::uint32_t, std::less<>> lines_;
  Owners tcp_ = Owners(kPortMax + 1);
  Owners udp_ = Owners(kPortMax + 1);
};

}  // namespace

ProtocolsList parse_protocols(std::string_view text, const ServiceNames& names) {
  ProtocolsReader reader(names);
  for_each_line(text,
                [&](std::uint32_t line, std::string_view one) { reader.take_line(line, one); });
  return reader.finish();
}

std::string_view default_protocols() {
  return R"(FTP=ftp|ftp-data
HTTP=http|www|https|3128
DNS=name|domain
Telnet=telnet|login
NBios-IP=netbios-ns|netbios-dgm|netbios-ssn
Mail=pop-2|pop-3|pop3|kpop|smtp|imap|imap2
DHCP-BOOTP=67-68
SNMP=snmp|snmp-trap
NNTP=nntp
NFS/AFS=mount|pcnfs|bwnfs|nfsd|nfs|nfsd-status|7000-7009
VoIP=5060|2000|54045
X11=6000-6010
SSH=22
Gnutella=6346|6347|6348
Kazaa=1214
WinMX=6699|7730
DC++=-1
eDonkey=4661-4665
BitTorrent=6881-6999|6969
Messenger=1863|5000|5001|5190-5193
)";
}

}  // namespace know
