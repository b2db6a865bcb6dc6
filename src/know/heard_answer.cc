#include "know/heard_answer.h"

#include "base/check.h"
#include "base/letters.h"
#include "know/names.h"

namespace know {

std::string_view to_text(NotHeard reason) {
  switch (reason) {
    case NotHeard::LineTooLong:
      return "line too long";
    case NotHeard::LineCut:
      return "datagram cut";
    case NotHeard::NotUnderstood:
      return "not understood";
    case NotHeard::NotAName:
      return "no host name";
    case NotHeard::NotAnAddress:
      return "no address";
    case NotHeard::NotADnsMessage:
      return "no DNS message";
    case NotHeard::NoQuestion:
      return "answer without a question";
  }
  CHECK(false);
}

void LogCounts::add(const LogCounts& more) {
  lines += more.lines;
  questions += more.questions;
  answers += more.answers;
  other += more.other;
  for (std::size_t i = 0; i < not_heard.size(); ++i) not_heard[i] += more.not_heard[i];
}

std::string heard_name(std::string_view text) {
  const auto name = host_name(text);
  return name ? base::lower(*name) : std::string();
}

}  // namespace know
