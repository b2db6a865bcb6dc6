#pragma once

#include <string_view>

namespace know {

// What stands before a message in a log: its program and process, as far as they were said.
// Points into the line.
struct LogLine {
  std::string_view program;  // "dnsmasq"; empty: none that is known to answer DNS
  std::string_view process;  // the digits of "[123]"; may be empty
  std::string_view message;
};

// Takes the priority, the time and the host off a line of syslog (RFC 3164, RFC 5424) or of a log
// file. Where no program is named that is known, the message is the whole line behind the priority.
LogLine without_prefix(std::string_view line);

}  // namespace know
