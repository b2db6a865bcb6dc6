#pragma once

#include <string_view>

#include "know/dnsmasq_log.h"
#include "know/heard_answer.h"

// Lines that DNS servers write of the questions they were asked. Pure: lines in, answers out. The
// lines are a stranger's.
namespace know {

// One source of lines, whichever DNS server writes them: each line shows what it is. One thread.
class QueryLog {
 public:
  explicit QueryLog(Hear hear) : hear_(std::move(hear)) {}

  // Without its line end.
  void take(std::string_view line, base::UnixMs now);
  // A line that cannot be looked at.
  void refuse(NotHeard reason);

  const LogCounts& counts() const { return counts_; }
  // The beginning of the last line that was refused, and why; fit to be shown.
  const std::string& last_refused() const { return last_refused_; }

 private:
  const Hear hear_;
  DnsmasqLog dnsmasq_;
  LogCounts counts_;
  std::string last_refused_;
};

}  // namespace know
