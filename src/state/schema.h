#pragma once

#include <span>

namespace state {

// The steps that lead from an empty state.db to the present schema; `PRAGMA user_version` counts
// the steps a file has seen. A released step is never changed: add another.
std::span<const char* const> schema_steps();

}  // namespace state
