#include "know/query_log.h"

#include <fmt/format.h>

#include "know/adguard_log.h"
#include "know/text_table.h"

namespace know {

void QueryLog::refuse(NotHeard reason) {
  ++counts_.lines;
  ++counts_.of(reason);
  last_refused_ = to_text(reason);
}

void QueryLog::take(std::string_view line, base::UnixMs now) {
  while (!line.empty() && (line.back() == '\r' || line.back() == '\0')) line.remove_suffix(1);
  if (line.size() > kLogLineOctetsMax) return refuse(NotHeard::LineTooLong);
  ++counts_.lines;
  const auto taken = line.starts_with('{') ? take_adguard_line(line, hear_)
                                           : dnsmasq_.take(without_prefix(line), now, hear_);
  if (!taken) {
    ++counts_.of(taken.error());
    if (taken.error() != NotHeard::NoQuestion) {
      last_refused_ = fmt::format("{}: {}", to_text(taken.error()), shown_text(line));
    }
    return;
  }
  switch (*taken) {
    case LineKind::Question:
      ++counts_.questions;
      break;
    case LineKind::Answer:
      ++counts_.answers;
      break;
    case LineKind::Other:
      ++counts_.other;
      break;
  }
}

}  // namespace know
