#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>

#include "base/clock.h"
#include "flow/address.h"

// What is learned from the logs of DNS servers: which client was told which addresses for which
// name.
namespace know {

// A client asked for a name and was told this address.
struct HeardAnswer {
  flow::Address client;
  // As it was asked, not an alias on the way; in lower case, as host_name() wants it.
  std::string name;
  flow::Address address;
  std::uint32_t ttl_s = 0;  // 0: the log does not say

  bool operator==(const HeardAnswer&) const = default;
};

// Why a line that a DNS server may have written told nothing.
enum class NotHeard : std::uint8_t {
  LineTooLong,    // longer than kLogLineOctetsMax
  LineCut,        // a datagram that was longer than what is read of it
  NotUnderstood,  // it begins like a line of a query log and goes on otherwise
  NotAName,       // the name is no host name
  NotAnAddress,   // a client or an answer is no address
  NotADnsMessage,
  NoQuestion,  // an answer to what nobody was seen to ask: it is taken up in the middle
};
inline constexpr std::size_t kNotHeardCount = 7;
// "line too long" and the like.
std::string_view to_text(NotHeard reason);

inline constexpr std::size_t kLogLineOctetsMax = std::size_t{64} << 10;

// Invariant: lines = questions + answers + other + all of not_heard.
struct LogCounts {
  std::uint64_t lines = 0;
  std::uint64_t questions = 0;
  std::uint64_t answers = 0;
  std::uint64_t other = 0;  // tells nothing about an address, nor was it to be expected
  std::array<std::uint64_t, kNotHeardCount> not_heard = {};

  std::uint64_t& of(NotHeard reason) { return not_heard[static_cast<std::size_t>(reason)]; }
  std::uint64_t of(NotHeard reason) const { return not_heard[static_cast<std::size_t>(reason)]; }
  void add(const LogCounts& more);
  bool operator==(const LogCounts&) const = default;
};

// What one line was.
enum class LineKind : std::uint8_t { Question, Answer, Other };

using Hear = std::function<void(const HeardAnswer&)>;

// A DNS server's name in a log, as far as it is a host name, in lower case; else empty.
std::string heard_name(std::string_view text);

}  // namespace know
