#include "base/result.h"

#include <fmt/format.h>

#include <system_error>

namespace base {

std::string to_text(const UserError& error) {
  std::string text =
      error.where.empty() ? error.what : fmt::format("{}: {}", error.where, error.what);
  if (!error.hint.empty()) text += fmt::format(" ({})", error.hint);
  return text;
}

std::string to_text(const IoError& error) {
  std::string reason = error.detail;
  if (error.errno_value != 0) {
    // strerror() may share its buffer between threads; the category's message does not.
    reason = std::generic_category().message(error.errno_value);
    if (!error.detail.empty()) reason += fmt::format(" ({})", error.detail);
  }
  return fmt::format("{} {}: {}", error.operation, error.target, reason);
}

}  // namespace base
