#include "know/dnsmasq_log.h"

#include <algorithm>
#include <charconv>

#include "know/text_table.h"

namespace know {
namespace {

constexpr std::size_t kLogWordsMax = 12;

// Addresses that Pi-hole and lists of dnsmasq's give instead of an answer.
constexpr std::string_view kBlocked[] = {"gravity", "regex",  "exactly",
                                         "special", "denied", "blacklisted"};

std::optional<std::uint64_t> number_in(std::string_view text) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return number;
}

// What begins like an address and is none was one that is cut; words such as NODATA are not.
bool looks_like_an_address(std::string_view value) {
  return !value.empty() &&
         ((value[0] >= '0' && value[0] <= '9') || value.find(':') != std::string_view::npos);
}

// Words with which a message begins that tells an answer. Where no program is named nothing else is
// taken for one.
constexpr std::string_view kAnswering[] = {"reply", "cached", "cached-stale", "config"};

bool is_answering(std::string_view word) {
  return std::ranges::find(kAnswering, word) != std::end(kAnswering);
}

bool is_of_an_address(std::string_view kind) {
  return kind == "query[A]" || kind == "query[AAAA]" || kind == "query[ANY]";
}

}  // namespace

DnsmasqLog::Taken DnsmasqLog::take(const LogLine& line, base::UnixMs now, const Hear& hear) {
  Words words = words_of(line.message, kLogWordsMax);
  const auto numbered = take_number(words);
  if (words.empty()) return LineKind::Other;
  if (words[0].starts_with("query[")) {
    aliases_.asked.clear();
    return take_question(words, numbered, now);
  }
  if (line.program.empty() && !is_answering(words[0])) return LineKind::Other;
  const auto is = std::ranges::find(words, "is");
  const bool is_answer = is != words.end() && is - words.begin() >= 2 && words.end() - is == 2 &&
                         std::ranges::find(kBlocked, words[0]) == std::end(kBlocked);
  if (!is_answer) {
    if (aliases_.process == line.process) aliases_.asked.clear();
    const bool is_cut = words.size() < 4 && is_answering(words[0]);
    if (is_cut) return base::Unexpected(NotHeard::NotUnderstood);
    return LineKind::Other;
  }
  return take_answer({*(is - 1), *(is + 1), line.process}, numbered, now, hear);
}

// Takes "12 192.168.1.5/40123" off; which protocol it came by may stand before it.
std::optional<DnsmasqLog::Numbered> DnsmasqLog::take_number(Words& words) const {
  if (!words.empty() && (words[0] == "UDP" || words[0] == "TCP")) words.erase(words.begin());
  if (words.size() < 2) return std::nullopt;
  const auto number = number_in(words[0]);
  const std::size_t slash = words[1].rfind('/');
  if (!number || slash == std::string_view::npos) return std::nullopt;
  const auto client = flow::parse_address(words[1].substr(0, slash));
  if (!client) return std::nullopt;
  words.erase(words.begin(), words.begin() + 2);
  const Numbered& known = numbers_[*number % kNumbersMax];
  const bool is_known = known.number == *number && known.client == *client;
  return Numbered{*number, *client, is_known ? known.name : std::string()};
}

DnsmasqLog::Taken DnsmasqLog::take_question(const Words& words,
                                            const std::optional<Numbered>& numbered,
                                            base::UnixMs now) {
  if (words.size() < 4 || words[2] != "from") return base::Unexpected(NotHeard::NotUnderstood);
  if (!is_of_an_address(words[0])) return LineKind::Other;
  const auto client = flow::parse_address(words[3]);
  if (!client) return base::Unexpected(NotHeard::NotAnAddress);
  const std::string name = heard_name(words[1]);
  if (name.empty()) return base::Unexpected(NotHeard::NotAName);
  remember(name, *client, now);
  if (numbered) {
    numbers_[numbered->number % kNumbersMax] = {numbered->number, numbered->client, name};
  }
  return LineKind::Question;
}

void DnsmasqLog::remember(const std::string& name, const flow::Address& client, base::UnixMs now) {
  const auto known = by_name_.find(name);
  if (known != by_name_.end()) {
    asked_.splice(asked_.end(), asked_, known->second);
  } else {
    if (asked_.size() == kNamesMax) {
      by_name_.erase(asked_.front().name);
      asked_.pop_front();
    }
    asked_.push_back({name, {}});
    by_name_.emplace(asked_.back().name, std::prev(asked_.end()));
  }
  auto& clients = asked_.back().clients;
  std::erase_if(clients, [&](const auto& one) { return one.first == client; });
  if (clients.size() == kClientsMax) clients.erase(clients.begin());
  clients.emplace_back(client, now);
}

// The name whose alias this one is, by the lines before; aliases follow each other in the log.
std::string DnsmasqLog::asked_name(const std::string& name, std::string_view process,
                                   bool is_alias) {
  const bool goes_on = !aliases_.asked.empty() && aliases_.process == process &&
                       (aliases_.target.empty() || (aliases_.target == name && !is_alias));
  if (goes_on) {
    if (!is_alias) aliases_.target = name;
    return aliases_.asked;
  }
  aliases_.asked.clear();
  if (is_alias) aliases_ = {std::string(process), name, {}};
  return name;
}

DnsmasqLog::Taken DnsmasqLog::take_answer(const Said& said, const std::optional<Numbered>& numbered,
                                          base::UnixMs now, const Hear& hear) {
  const auto address = flow::parse_address(said.value);
  const bool is_alias = said.value == "<CNAME>";
  if (!address && !is_alias) {
    if (aliases_.process == said.process) aliases_.asked.clear();
    if (looks_like_an_address(said.value)) return base::Unexpected(NotHeard::NotAnAddress);
    return LineKind::Other;
  }
  const std::string answered = heard_name(said.name);
  if (answered.empty()) return base::Unexpected(NotHeard::NotAName);
  if (numbered) {
    if (is_alias || address->is_unspecified()) return LineKind::Other;
    if (numbered->name.empty()) return base::Unexpected(NotHeard::NoQuestion);
    return tell(numbered->name, *address, numbered, now, hear);
  }
  const std::string asked = asked_name(answered, said.process, is_alias);
  if (is_alias || address->is_unspecified()) return LineKind::Other;
  return tell(asked, *address, numbered, now, hear);
}

DnsmasqLog::Taken DnsmasqLog::tell(const std::string& asked, const flow::Address& address,
                                   const std::optional<Numbered>& numbered, base::UnixMs now,
                                   const Hear& hear) const {
  bool is_told = numbered.has_value();
  if (numbered) hear({numbered->client, asked, address, 0});
  const auto known = by_name_.find(asked);
  if (known != by_name_.end()) {
    for (const auto& [client, when] : known->second->clients) {
      if (now - when > kAskedMs || (numbered && numbered->client == client)) continue;
      hear({client, asked, address, 0});
      is_told = true;
    }
  }
  if (!is_told) return base::Unexpected(NotHeard::NoQuestion);
  return LineKind::Answer;
}

}  // namespace know
