#pragma once

namespace base {

[[noreturn]] void check_failed(const char* condition, const char* file, int line);

}  // namespace base

// An invariant of ours. On in release too; a failure aborts with its place and is never caught.
#define CHECK(condition) \
  ((condition) ? static_cast<void>(0) : ::base::check_failed(#condition, __FILE__, __LINE__))
