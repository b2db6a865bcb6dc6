#pragma once

#include <array>
#include <cstdint>
#include <list>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/result.h"
#include "know/heard_answer.h"
#include "know/syslog_line.h"

namespace know {

// dnsmasq's query log (log-queries, log-queries=extra), which is Pi-hole's too. A question and its
// answers are lines of their own:
//   query[A] www.example.org from 192.168.1.5
//   reply www.example.org is <CNAME>
//   reply cdn.example.net is 198.51.100.7
// and with `extra` begin with a number that they share and the client: "12 192.168.1.5/40123 ".
//
// Without that number an answer is for everyone who asked for the name in the last kAskedMs: with
// it too, as dnsmasq asks once for all who wait. Bounded: the last kNamesMax names that were asked,
// of each the last kClientsMax clients, and the names of the last kNumbersMax numbers.
class DnsmasqLog {
 public:
  static constexpr std::size_t kNamesMax = 4'096;
  static constexpr std::size_t kClientsMax = 32;
  static constexpr std::size_t kNumbersMax = 1'024;
  static constexpr std::int64_t kAskedMs = 10 * base::kMsPerSecond;

  base::Expected<LineKind, NotHeard> take(const LogLine& line, base::UnixMs now, const Hear& hear);

 private:
  struct Asked {
    std::string name;
    std::vector<std::pair<flow::Address, base::UnixMs>> clients;
  };
  // A question of the `extra` log.
  struct Numbered {
    std::uint64_t number = 0;
    flow::Address client;
    std::string name;  // empty: none yet
  };
  struct Aliases {  // of the lines at hand
    std::string process;
    std::string asked;   // empty: there are none
    std::string target;  // the last one's name, once an address has come for it
  };
  // "NAME is VALUE", and which process said so.
  struct Said {
    std::string_view name;
    std::string_view value;
    std::string_view process;
  };
  using Words = std::vector<std::string_view>;
  using Taken = base::Expected<LineKind, NotHeard>;

  std::optional<Numbered> take_number(Words& words) const;
  Taken take_question(const Words& words, const std::optional<Numbered>& numbered,
                      base::UnixMs now);
  Taken take_answer(const Said& said, const std::optional<Numbered>& numbered, base::UnixMs now,
                    const Hear& hear);
  std::string asked_name(const std::string& name, std::string_view process, bool is_alias);
  void remember(const std::string& name, const flow::Address& client, base::UnixMs now);
  Taken tell(const std::string& asked, const flow::Address& address,
             const std::optional<Numbered>& numbered, base::UnixMs now, const Hear& hear) const;

  std::list<Asked> asked_;  // the one asked last at the end
  std::unordered_map<std::string_view, std::list<Asked>::iterator> by_name_;
  std::array<Numbered, kNumbersMax> numbers_;
  Aliases aliases_;
};

}  // namespace know
